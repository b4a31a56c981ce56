"""Measures the program against a lower bound and against a plain script.

Timing lives here and never in a test.
"""
