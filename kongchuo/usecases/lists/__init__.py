"""Reads the lists that a person hands over, and understands their headings."""
