"""Lays a command's output out for a terminal: folds text between words, fits tables to the width, and pages long lists."""
