"""Holds the commands about what waits for a person."""
