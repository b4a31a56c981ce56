"""Normalises cells: one normaliser for each kind of field."""
