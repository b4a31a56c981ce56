"""The program: command line, service loop, demo and the wiring between all rooms.

The only room that knows all others. What a command answers is computed elsewhere; here it is asked
for, shown (tables for people, JSON for machines) and given its exit code.
"""
