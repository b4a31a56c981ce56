"""Measurements side by side: what the program does against a floor and against a plain script.

Timing lives here and never in a test.
"""
