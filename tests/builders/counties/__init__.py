"""Makes up counties: one for scenarios, one for each other bundled notice with the expected results, and pairs of rolls."""
