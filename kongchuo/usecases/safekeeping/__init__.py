"""Keeps an office safe: verification, backup, restoring and rebuilding."""
