"""Readers of one sheet: registers under headings, records of visits in grids and letters, text without a table."""
