"""Finds identity numbers in a text, whole or masked."""

import re

from config.identity_numbers import is_valid_number
from config.text.masking import HALF_WIDTH, SPACED_ID

_WHOLE_ID = re.compile(
    rf"(?<![0-9])(?:{SPACED_ID.pattern})(?![0-9A-Za-z])|(?<=[GJLgjl])(?:{SPACED_ID.pattern})(?![0-9A-Za-z])"
)
_MASKED_ID = re.compile(r"(?<![0-9])[1-9][0-9]{5}\*{8}[0-9]{3}[0-9Xx]")


def find_whole_ids(text: str) -> frozenset[str]:
    """Returns the unmasked identity numbers in a text, without separators between their digits.

    Digits with separators count only if the last is the check digit, since telephone numbers and dates may be
    adjacent.
    """
    found = set()
    for match in _WHOLE_ID.finditer(text.translate(HALF_WIDTH)):
        number = "".join(char for char in match.group() if char.isalnum()).upper()
        if len(number) == len(match.group()) or is_valid_number(number):
            found.add(number)
    return frozenset(found)


def find_masked_ids(text: str) -> frozenset[str]:
    """Returns the masked identity numbers of a text, as :func:`mask_id` writes them."""
    return frozenset(match.upper() for match in _MASKED_ID.findall(text))
