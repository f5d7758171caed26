"""Is the picture what was asked for? Independent judges, and the rows of do and given."""
