"""Headings: their text folded, what they mean for a form, and which of them are parts of a visit."""
