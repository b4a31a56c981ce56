"""Holds the commands, one module for each subject: setup, mail, listings, decisions, lists, service."""
