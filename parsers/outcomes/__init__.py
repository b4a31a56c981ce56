"""Decides what a file is as a whole: forms, a proof, ignored, or quarantined for a person."""
