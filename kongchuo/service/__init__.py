"""The service: its scheduled jobs and its log."""
