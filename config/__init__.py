"""Reads the configuration files (settings, notices, roster) into typed values.

The lowest room: it imports no other. The notices' TOML files are in ``config/notices``;
they hold every rule of a notice, and the code holds none.
"""
