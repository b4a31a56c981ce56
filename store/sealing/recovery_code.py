"""Writes a secret as a recovery code that a person can copy by hand, and reads it back.

The code is 160 random bits in Crockford's base 32 (no I, L, O, U) and 20 bits of their SHA-256, which reveal
copying errors: nine groups of four characters.
"""

import hashlib
import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SECRET_BYTES = 20
_SECRET_DIGITS, _CHECK_DIGITS, _GROUP = 32, 4, 4
_READ_AS = str.maketrans("OIL", "011", " -\t\r\n\u3000")


def new_secret() -> bytes:
    """Returns a random secret of 20 bytes."""
    return secrets.token_bytes(_SECRET_BYTES)


def write_code(secret: bytes) -> str:
    """Returns the code of a secret, in groups of four."""
    digits = _digits(int.from_bytes(secret, "big"), _SECRET_DIGITS) + _check_digits(secret)
    return "-".join(digits[start : start + _GROUP] for start in range(0, len(digits), _GROUP))


def read_code(code: str) -> bytes | None:
    """Returns the secret of a code, in any grouping and either case, or None if it is mistyped."""
    digits = code.strip().upper().translate(_READ_AS)
    if len(digits) != _SECRET_DIGITS + _CHECK_DIGITS or not set(digits) <= set(_ALPHABET):
        return None
    number = 0
    for digit in digits[:_SECRET_DIGITS]:
        number = number * len(_ALPHABET) + _ALPHABET.index(digit)
    secret = number.to_bytes(_SECRET_BYTES, "big")
    return secret if digits[_SECRET_DIGITS:] == _check_digits(secret) else None


def _check_digits(secret: bytes) -> str:
    return _digits(int.from_bytes(hashlib.sha256(secret).digest()[:3], "big") >> 4, _CHECK_DIGITS)


def _digits(number: int, count: int) -> str:
    return "".join(_ALPHABET[number >> 5 * position & 31] for position in reversed(range(count)))
