"""Keeps the store safe: the journal, checksums, verification and copies of the database."""
