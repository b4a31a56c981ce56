"""Alarms for the administrator when the program does not work: conditions, mail, and pings to a monitor."""
