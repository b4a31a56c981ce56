"""Holds the schema changes, one file each; opening a store applies those that are missing."""
