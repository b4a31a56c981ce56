"""Pages as a real browser lays them out."""
