"""Makes up counties for the other bundled notices: their units, the mails they send, and the expected results."""
