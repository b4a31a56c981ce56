"""Holds the sections of a notice's TOML file as typed values, a module each kind."""
