"""Cells that no reader of a sheet used, and whether they mention a child."""
