"""Builds files as clerks and their programs make them, among them formats that no library of the project writes."""
