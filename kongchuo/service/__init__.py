"""Runs the scheduled jobs, and writes the log of the service."""
