"""Holds the commands that keep an office safe."""
