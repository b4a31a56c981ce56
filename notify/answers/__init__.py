"""Mails that answer the office's answers: what was done, what was not, and how to say it."""
