"""Reads file formats: finds the kind of a file from its bytes, and reads each kind into plain sheets."""
