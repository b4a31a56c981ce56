"""Drafts what the store records of a mail that was read: files, submissions, proofs."""
