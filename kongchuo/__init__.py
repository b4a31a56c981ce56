"""Joins all rooms into the program: command line, service, use cases, output and demo.

The only room that knows all others. What a command answers is computed elsewhere; here it is asked
for, shown (tables for people, JSON for machines) and given its exit code.
"""
