"""The weekly and monthly bulletin (通报) to all units."""
