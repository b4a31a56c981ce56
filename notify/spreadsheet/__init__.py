"""Workbooks that an office can filter and print: tables, long tables, files."""
