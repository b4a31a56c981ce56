"""Reads mails in separate processes, within limits; the results of each mail are kept in its journal."""
