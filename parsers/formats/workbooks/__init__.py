"""Reads workbooks: the cells, and the parts that the cell readers leave out."""
