"""Shows each kind of answer as a table on the terminal: status, cases, files, rows, decisions, rolls."""
