"""Readers of one sheet: registers under headings, records of visits in grids and letters, sentences without a table."""
