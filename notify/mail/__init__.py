"""Builds, encrypts and sends one mail."""
