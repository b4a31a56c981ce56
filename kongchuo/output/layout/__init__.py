"""Lays answers out for a terminal: text that is folded between words, tables, one screen after another."""
