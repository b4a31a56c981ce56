"""Open questions for people, and the reading of what people write in answer to them."""
