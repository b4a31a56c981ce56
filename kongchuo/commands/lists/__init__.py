"""Holds the commands about lists that others made."""
