"""Reads sheets into records of the notice's forms: tables, columns, rows, label grids and served notices."""
