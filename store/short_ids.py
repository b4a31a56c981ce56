"""Short ids of what people refer to: the same on every run for the same parts."""

import hashlib


def short_id(*parts: str) -> str:
    """Returns twelve hexadecimal digits of the SHA-256 of the parts, joined by NUL."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
