"""Building, encrypting and sending one mail."""
