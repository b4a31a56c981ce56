"""Judges a mail's own text: alone, beside its files, and compared with its tables."""
