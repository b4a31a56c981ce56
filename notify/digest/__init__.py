"""Builds the daily digest (简报) as a value, with its lines, chart and workbook."""
