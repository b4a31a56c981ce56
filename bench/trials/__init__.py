"""Tests the program with crashes and failing calls: every answer must equal that of an undisturbed run (``make trials``)."""
