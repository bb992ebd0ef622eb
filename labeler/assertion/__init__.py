"""Stage 2: each mention is positive, negative or uncertain, with the cue that decided it."""
