"""Holds the numbered migrations, oldest first."""
