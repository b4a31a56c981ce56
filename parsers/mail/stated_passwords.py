"""Finds passwords in a mail's text, to be tried on its locked attachments."""

import re

MAX_PASSWORDS = 8
"""The most passwords that are tried; each takes at least a fifth of a second on each locked file."""
_WORD = "(?:密码|密碼|口令|pass ?word|passwd|pwd)"
_LINK = r"(?:统一|一[律致]|都|均|就)?(?:设置|设定|设)?(?:是|为|成)?[\s:=,、\-\u201c\u201d\"'\u2018\u2019\u300c\u300e(\[\u3010]*"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_WORD}{_LINK}([^\s\u201c\u201d\"\u2018\u2019\u300d\u300f\u3011\u3002,;、]{{1,40}})",
        rf"{_WORD}[^\n]{{0,12}}?[:=]\s*([!-~]{{1,40}})",
        rf"([0-9A-Za-z@#$%^&*!_.\-]{{3,40}})\s*(?:是|为)[^\n]{{0,8}}{_WORD}",
        rf"{_WORD}[^\n]{{0,12}}\n\s*([!-~]{{3,40}})\s*(?:\n|$)",
    )
)
_RUNS = (re.compile("[!-~]+"), re.compile("[0-9A-Za-z]+"))
"""Match the beginning of a candidate, before Chinese words or before marks of a file's name."""
_TRAILING_MARKS = ".,;:!?)]}>\"'"


def find_passwords(text: str) -> tuple[str, ...]:
    """Returns possible passwords, most likely first, each as written and without a mark behind it.

    Args:
        text: cleaned text (:func:`config.text.text_folding.clean_text`).
    """
    candidates: list[str] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            written = match[1]
            starts = [start[0] for run in _RUNS if (start := run.match(written))]
            candidates += [
                *(start.rstrip(_TRAILING_MARKS) for start in (*starts[:1], written, *starts[1:])),
                written,
            ]
    return tuple(dict.fromkeys(filter(None, candidates)))[:MAX_PASSWORDS]
