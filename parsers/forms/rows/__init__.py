"""The rows below a heading: which kind each is, and a student's values."""
