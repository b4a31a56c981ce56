"""Sealing (encryption) of stored data: the key, the values of columns, and archived files, which are compressed before."""
