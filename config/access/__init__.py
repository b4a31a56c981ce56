"""Defines which roles the commands and mail requests need."""
