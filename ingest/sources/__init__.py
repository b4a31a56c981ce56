"""Where mail comes from: an IMAP mailbox or a folder of mail files."""
