"""Versions of a submission: which count now, which rows they correct, which problems they change."""
