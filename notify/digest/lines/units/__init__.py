"""Builds the digest's lines about units."""
