"""Holds the commands about settings."""
