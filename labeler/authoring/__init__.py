"""Tools for those who write rules: run the examples, find unused phrases, trace a sentence."""
