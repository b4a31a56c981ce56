"""Reads a raw message into its header, its text and its attachments."""
