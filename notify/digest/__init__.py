"""The daily digest (简报) as a value, its lines, chart and workbook."""
