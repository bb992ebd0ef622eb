"""Label rows -> files in every format and layout, written whole or not at all."""
