"""Polls one hostile mail after another, each beside a sound one, and measures what it costs (``make bombs``)."""
