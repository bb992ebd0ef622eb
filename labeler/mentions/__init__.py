"""Stage 1: a sentence's tokens -> the findings in it, and the structures with their states."""
