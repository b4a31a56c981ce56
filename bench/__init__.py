"""Measures the program's speed, memory and accuracy, and compares it with a lower bound and a plain script.

Time is measured here only, never in a test.
"""
