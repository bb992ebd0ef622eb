"""Two label tables, or the readers of one: how far they agree, and where not."""
