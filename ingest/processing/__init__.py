"""Holds the steps of a pass over messages: archive what arrives, read in parallel, record in order."""
