"""Builds the digest's lines about children."""
