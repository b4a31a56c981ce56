"""Formats answers as JSON and as terminal tables."""
