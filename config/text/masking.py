"""Masks identity numbers: only the region code and the last four digits are shown."""

import re

_HEAD, _TAIL = 6, 4
_PREFIX = re.compile(r"^[GJLgjl](?=[0-9])")
# An 18-digit number (GB 11643-1999: region, birth date, serial, check), its digits perhaps set apart.
_GAP_MARK = "[ \\-\u00a0\u200b-\u200f\u2060\ufeff]"
_GAP = f"{_GAP_MARK}?"
SPACED_ID = re.compile(
    rf"[1-9](?:{_GAP}[0-9]){{5}}{_GAP}(?:1{_GAP}[89]|2{_GAP}0)(?:{_GAP}[0-9]){{2}}"
    rf"{_GAP}[01]{_GAP}[0-9]{_GAP}[0-3]{_GAP}[0-9](?:{_GAP}[0-9]){{3}}{_GAP}[0-9Xx]"
)
_DIGIT_RUN = re.compile(r"[0-9]{15,}[Xx]?")
_SPACED_DIGITS = re.compile(
    rf"(?<![0-9])[0-9]{{2,14}}(?:{_GAP_MARK}[0-9]{{2,14}}){{1,5}}(?:{_GAP}[Xx](?![A-Za-z]))?(?![0-9])"
)
_OWN_ID = r"(?<![0-9A-Za-z])(?:(?=[0-9]*[a-f])(?:[0-9a-f]{12}|[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{64})|k[0-9a-f]{11})(?![0-9A-Za-z])"
"""Matches an id of the program by its exact length: 12 characters for a case, finding or audit head, 16 for a file, 64 for a mail."""
_MOBILE = re.compile(rf"{_OWN_ID}|(?<![0-9])(?P<mobile>1[3-9][0-9]{{9}})(?![0-9])")
"""Matches a mobile number that is no part of a longer number, or a whole id, so that no part of an id is taken for a number."""
_MOBILE_SAID = re.compile(
    rf"{_OWN_ID}|(?<![0-9.])(?P<mobile>(?:\+?86[ \-]?)?1[3-9][0-9](?:[ \-]?[0-9]{{4}}){{2}})"
    r"(?![0-9]|\.[0-9]|[0-9A-Za-z._\-]*@)"
)
"""Matches a mobile number with separators (138 0000 0001) that is no part of an address or a longer number."""
_MOBILE_SIZE = 11
HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_MAILBOX = re.compile(r"(?<![\w.+-])[\w.+-]++(?=@[\w.-])")
_DATES = re.compile(r"(?:(?:19|20)[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}[ \-]?)+")


def mask_id(text: str) -> str:
    """Returns a number masked: ``500240********1234``.

    The G, J or L of a student number stays; of a shorter number the last quarter is shown; a mobile number becomes
    ``138****0001``.
    """
    text = text.strip()
    if prefix := _PREFIX.match(text):
        return prefix.group() + mask_id(text[1:])
    if (mobile := _MOBILE.fullmatch(text)) and mobile["mobile"]:
        return _mask_mobile(text)
    size = len(text)
    head, tail = (_HEAD, _TAIL) if size >= 15 else (0, size // 4)
    return text[:head] + "*" * (size - head - tail) + text[size - tail :]


def mask_text(text: str) -> str:
    """Returns text with every run of digits masked that may be an identity number, including full-width digits.

    It also works on text that was not cleaned (file names, subjects, a problem's value).
    """
    plain = text.translate(HALF_WIDTH)
    masked = SPACED_ID.sub(_mask_digits, plain)
    masked = _DIGIT_RUN.sub(lambda match: mask_id(match.group()), masked)
    masked = _SPACED_DIGITS.sub(_mask_groups, masked)
    if masked == plain:
        return text
    return "".join("*" if mark == "*" else char for char, mark in zip(text, masked, strict=True))


def mask_mobiles(text: str) -> str:
    """Returns text with every mobile number masked: 138****0001."""
    return _MOBILE_SAID.sub(_mask_match, _MOBILE.sub(_mask_match, text))


def find_mobiles(text: str) -> frozenset[str]:
    """Returns the mobile numbers that a text shows whole, without what sets their digits apart."""
    said = (match["mobile"] for match in _MOBILE_SAID.finditer(text.translate(HALF_WIDTH)))
    return frozenset(_bare_mobile(one) for one in said if one)


def mask_quoted(text: str) -> str:
    """Returns quoted text with identity numbers and mobile numbers masked."""
    return mask_mobiles(mask_text(text))


def mask_fault(text: str) -> str:
    """Returns a fault's text as it may be recorded or logged, since it may quote data: numbers masked, names before @ as ``o***@``."""
    return mask_quoted(_MAILBOX.sub(lambda match: f"{match[0][0]}***", text))


def _mask_match(match: re.Match[str]) -> str:
    """Returns the number masked; an id of this program unchanged."""
    return _mask_mobile(_bare_mobile(match["mobile"])) if match["mobile"] else match.group()


def _bare_mobile(said: str) -> str:
    return "".join(filter(str.isdigit, said))[-_MOBILE_SIZE:]


def _mask_mobile(number: str) -> str:
    return f"{number[:3]}****{number[-4:]}"


def _mask_groups(match: re.Match[str]) -> str:
    digits = sum(char.isalnum() for char in match.group())
    if not 15 <= digits <= 19 or _DATES.fullmatch(match.group()):
        return match.group()
    return _mask_digits(match)


def _mask_digits(match: re.Match[str]) -> str:
    """Returns the digits masked, with the marks between them kept."""
    text = match.group()
    positions = [position for position, char in enumerate(text) if char.isalnum()]
    hidden = set(positions[_HEAD:-_TAIL])
    return "".join("*" if position in hidden else char for position, char in enumerate(text))
