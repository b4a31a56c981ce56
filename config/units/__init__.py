"""Holds the reporting units: the roster, the spellings of their names, and the search for a name."""
