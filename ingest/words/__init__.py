"""Judges what a mail says in words: alone, beside its files, and against its tables."""
