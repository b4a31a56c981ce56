"""One class for each aggregate of the store: what may be asked of it and changed in it."""
