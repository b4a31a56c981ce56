"""Mail to units: receipts (回执) with the annotated workbook, and reminders (催报)."""
