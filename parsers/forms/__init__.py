"""Sheets into records of the notice's forms: tables, columns, form, rows, label grids and letters."""
