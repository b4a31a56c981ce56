"""Checks rows for contradictions: within the row, its table and its unit."""
