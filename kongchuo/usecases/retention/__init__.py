"""Finds mails past their retention period, and removes them."""
