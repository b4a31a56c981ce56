"""Identity numbers as they may be shown: the place and the last four digits, never the whole."""

import re

_HEAD, _TAIL = 6, 4
_PREFIX = re.compile(r"^[GJLgjl](?=\d)")
# An 18-digit number (GB 11643-1999: region, birth date, serial, check), its digits perhaps set apart.
_GAP = "[ \\-\u00a0\u3000]?"
_SPACED_ID = re.compile(
    rf"[1-9](?:{_GAP}\d){{5}}{_GAP}(?:1{_GAP}[89]|2{_GAP}0)(?:{_GAP}\d){{2}}"
    rf"{_GAP}[01]{_GAP}\d{_GAP}[0-3]{_GAP}\d(?:{_GAP}\d){{3}}{_GAP}[\dXx]"
)
_DIGIT_RUN = re.compile(r"\d{15,}[Xx]?")
_SPACED_DIGITS = re.compile(
    r"(?<!\d)\d{2,14}(?:[ \-\u00a0\u3000]\d{2,14}){1,5}(?:[ \-\u00a0\u3000]?[Xx](?![A-Za-z]))?(?!\d)"
)
_DATES = re.compile(r"(?:(?:19|20)\d{2}-\d{1,2}-\d{1,2}[ \-]?)+")


def mask_id(text: str) -> str:
    """``500240********1234``; a student number's G, J or L stays, shorter numbers show a quarter at each end."""
    text = text.strip()
    if prefix := _PREFIX.match(text):
        return prefix.group() + mask_id(text[1:])
    size = len(text)
    head, tail = (_HEAD, _TAIL) if size >= 15 else (size // 4, size // 4)
    return text[:head] + "*" * (size - head - tail) + text[size - tail :]


def mask_text(text: str) -> str:
    """Running text with every run of digits that may be an identity number masked."""
    text = _SPACED_ID.sub(_mask_digits, text)
    text = _DIGIT_RUN.sub(lambda match: mask_id(match.group()), text)
    return _SPACED_DIGITS.sub(_mask_groups, text)


def _mask_groups(match: re.Match[str]) -> str:
    digits = sum(char.isalnum() for char in match.group())
    if not 15 <= digits <= 19 or _DATES.fullmatch(match.group()):
        return match.group()
    return _mask_digits(match)


def _mask_digits(match: re.Match[str]) -> str:
    """Masked in place: what sets the digits apart stays."""
    text = match.group()
    positions = [position for position, char in enumerate(text) if char.isalnum()]
    hidden = set(positions[_HEAD:-_TAIL])
    return "".join("*" if position in hidden else char for position, char in enumerate(text))
