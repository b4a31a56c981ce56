"""Cases of children out of school: visits, proofs, closing, timeline, and suspected dropouts."""
