"""Fetches mail from a mailbox on an IMAP server or from a folder of mail files."""
