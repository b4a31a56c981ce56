"""Contradictions between submissions, and rows that may be one child."""
