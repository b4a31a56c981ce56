"""Reads a corpus with the reader of another checkout and with this one's, and reports where their results differ."""
