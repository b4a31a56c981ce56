"""Folds, masks and punctuates text, in the same way for every room."""
