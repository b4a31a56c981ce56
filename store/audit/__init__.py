"""The audit trail: access to data and changes, in a chain that shows altered or missing entries."""
