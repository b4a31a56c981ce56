"""Runs mail servers, databases and browsers for the length of a test, real ones and ones with bad habits."""
