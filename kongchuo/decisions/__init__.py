"""Checks and makes people's decisions, for the command line and for answers by mail."""
