"""Answers as JSON and as terminal tables."""
