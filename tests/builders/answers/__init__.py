"""Makes offices whose people answer questions by mail, and their replies."""
