"""Stage 3: a report's mentions -> its labels; and `Labeler`, the three stages behind one object."""
