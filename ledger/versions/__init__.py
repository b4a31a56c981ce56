"""Versions of a submission: which count now, which rows they correct, and which rows are overruled."""
