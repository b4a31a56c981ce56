"""Joins all rooms into the program: command line, service, use cases, output and demo.

It is the only room that imports all others. Answers are computed in the other rooms; this one asks for them, prints
them (tables for people, JSON for machines) and sets the exit code.
"""
