"""A report's text -> named sections, then sentences, then normalised tokens; offsets are kept."""
