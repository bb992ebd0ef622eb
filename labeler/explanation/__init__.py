"""Why a label is what it is: sentences, cues and rule lines, for people."""
