"""Builds values of the program: notices, rosters, tables, rows, submissions and judgements; nothing on disk."""
