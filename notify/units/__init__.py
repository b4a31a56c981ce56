"""Builds mail to units: receipts (回执) with the marked workbook, and reminders (催报)."""
