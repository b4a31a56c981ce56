"""Reads mails in processes of their own, within limits; what was read of each is kept in its journal."""
