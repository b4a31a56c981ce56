"""Judgements on units: what is owed, its status, gaps, rates and current problems."""
