"""Holds what ``kongchuo doctor`` checks, a module for each thing that may fail."""
