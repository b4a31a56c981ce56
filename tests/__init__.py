"""Tests by room (``unit``), with real servers (``integration``), of the notice's rules (``scenarios``) and of messes.

No test needs a network beyond loopback, a real person's data, or another test to have run before it.
"""
