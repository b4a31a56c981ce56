"""Tries the program by crashes and failing calls: each answer must be as if nothing had happened (``make trials``)."""
