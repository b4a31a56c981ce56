"""Checks of rows against themselves, their table and their unit."""
