"""Headings: folding their text, binding them to a form's fields, and recognising parts of a visit."""
