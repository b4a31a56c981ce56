"""Checks rows for contradictions: within the row, its table and its unit.

A check is one function with its spec above it; a form's ``checks`` choose among them by name.
"""
