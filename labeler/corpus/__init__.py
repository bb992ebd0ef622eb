"""Files of reports in, files of labels out: workers, resume, section tables."""
