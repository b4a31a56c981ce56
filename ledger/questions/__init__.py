"""What waits for a person, as questions; and what people's words answer to them."""
