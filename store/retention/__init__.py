"""Removal of personal data whose time of retention is over, and the figures that remain of it."""
