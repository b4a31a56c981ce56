"""Controls what people may see on the command line, and records what they saw."""
