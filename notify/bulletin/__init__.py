"""Builds the weekly and monthly bulletin (通报) to all units."""
