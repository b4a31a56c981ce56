"""Unpacks archives and other containers into their members, within limits."""
