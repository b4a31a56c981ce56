"""Alarms for the administrator when the program does not work: conditions, mail, pings, and word to the office of a held mail."""
