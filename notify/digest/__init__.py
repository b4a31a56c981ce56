"""Builds the daily digest (简报), and renders it as a mail, a workbook and a paragraph for the units' chat group."""
