"""Workbooks for signature: registers, quarterly review, platform comparison."""
