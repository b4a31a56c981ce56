"""The key of a sealed store: where it is stored, how it is opened, and how it is replaced."""
