"""What people decide before anything arrives: settings, the notice and the roster, as typed values.

The ground floor: it imports no other room. The notices' TOML files lie in ``config/notices``;
every rule of a notice stands there and none in code.
"""
