"""Adds to the TOML files: settings from the environment, the origin of each setting, and JSON Schemas."""
