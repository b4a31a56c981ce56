"""Makes up the counties of the other bundled notices: who reports, what they sent, and what must come out."""
