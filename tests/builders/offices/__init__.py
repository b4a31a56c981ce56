"""Builds offices on disk, with mails to read, in which a test runs the program."""
