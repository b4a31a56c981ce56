"""Makes short ids for things that people refer to; equal parts always give equal ids."""

import hashlib


def short_id(*parts: str) -> str:
    """Returns twelve hexadecimal digits of the SHA-256 of the parts, joined by NUL."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
