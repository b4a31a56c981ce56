"""What people may see on the command line, and the record of what they saw."""
