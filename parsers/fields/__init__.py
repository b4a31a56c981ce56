"""One cell into one value, a normaliser a kind of field."""
