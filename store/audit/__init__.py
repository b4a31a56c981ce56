"""The audit trail: who saw and did what, in a chain that shows when an entry was changed or taken out."""
