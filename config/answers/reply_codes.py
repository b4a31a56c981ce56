"""Makes and finds reply codes, which prove that a mail answers one that we sent to the same person.

A code is an HMAC over the person's address and the key of the mail in the outbox (RFC 2104; 80 bits, as a tapped link
must stay short). Only the office's key can make one, and a code is valid for one person only.
"""

import hmac
import re
from base64 import b32encode

_BYTES = 10
_CODE = re.compile(r"(?<![A-Za-z0-9])kc-([A-Za-z2-7]{16})(?![A-Za-z0-9])", re.IGNORECASE)
_IN_MESSAGE_ID = re.compile(r"kongchuo\.[0-9a-f]{32}\.([a-z2-7]{16})@")
_TAPPED = re.compile(r"\s*([0-9]{1,5}[a-z])\s+kc-[a-z2-7]{16}\s*", re.IGNORECASE)
PLACEHOLDER = "a" * 16
"""The placeholder in a page for the reply code of its recipient."""


def reply_code(key: str, address: str, mail_key: str) -> str:
    """Returns the code by which a reply to one mail to one person is recognised: an HMAC-SHA-256, cut and in Base32."""
    payload = f"kongchuo-reply\0{address.lower()}\0{mail_key}".encode()
    digest = hmac.digest(key.encode(), payload, "sha256")
    return b32encode(digest[:_BYTES]).decode().lower()


def is_code_of(code: str, key: str, address: str, mail_key: str) -> bool:
    """Returns whether a code belongs to this mail to this person; compares in constant time."""
    return hmac.compare_digest(code.encode(), reply_code(key, address, mail_key).encode())


def write_code(code: str) -> str:
    """Returns a code as it is written in a subject or in a workbook's properties."""
    return f"kc-{code}"


def find_codes(text: str) -> tuple[str, ...]:
    """Returns the codes in a subject or in a workbook's properties."""
    return tuple(dict.fromkeys(match[1].lower() for match in _CODE.finditer(text)))


def codes_of_message_ids(message_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the codes in the Message-IDs that a mail refers to."""
    matches = (_IN_MESSAGE_ID.search(one) for one in message_ids)
    return tuple(dict.fromkeys(match[1] for match in matches if match))


def find_tapped(subject: str) -> str | None:
    """Returns the answer (``12b``) in a subject that a link in a digest filled in (``12b kc-…``); None for any other subject."""
    match = _TAPPED.fullmatch(subject)
    return match[1].lower() if match else None
