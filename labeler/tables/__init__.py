"""Label tables: their codes, names and columns; reading, writing and encoding them."""
