"""Reads workbooks: the readers of cells, and what they leave out of a good file."""
