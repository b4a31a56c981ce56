"""Mails that reply to the office's answers: what was done, what was not, and how to write it."""
