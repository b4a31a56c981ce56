"""Processes what the office's people answer and ask by mail: checks it, carries it out, and sends the result back."""
