"""Reads what people decide before any mail arrives: settings, notices and the roster, as typed values.

The ground floor: it imports no other room. The notices' TOML files lie in ``config/notices``;
every rule of a notice stands there and none in code.
"""
