"""Workbooks that the office hands on: registers, quarterly review, platform comparison."""
