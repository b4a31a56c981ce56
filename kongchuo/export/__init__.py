"""Exports all of the office's data as flat tables for analysis: the columns, the rows, and files of them."""
