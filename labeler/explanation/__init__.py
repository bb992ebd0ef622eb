"""The reasons for a label: sentences, cues and rule lines, for people."""
