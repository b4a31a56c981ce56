"""Rows of forms and what is wrong with them, from the reader that makes them to the judgement that uses them."""
