"""Holds the commands about notices."""
