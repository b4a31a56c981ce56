r"""Folds text: once where it enters (:func:`clean_text`), and again to compare two spellings (:func:`fold_text`).

Clerks and input methods write the same mark in several widths, put invisible characters into cells, and paste
ideographs that PDF printers replaced by radicals. Every text is cleaned where it enters the program: cells,
paragraphs, mail bodies, subjects and names before they are searched, rosters, notices, and what a person types.
Patterns and word lists therefore know half-width marks, ``[0-9]`` and one kind of blank only.

Cleaning is NFKC for characters that differ in width or form alone. These keep their form, because NFKC
would change what they mean: circled and bracketed numbers (``①2023`` would become ``12023``), Roman numerals,
fractions and superscripts (``½``, ``㎡``), units (``℃``), the ellipsis, middle dots (a part of names), and
accents that stand alone. Where text is shown back as written (a problem's value, the names of files and sheets,
subjects, units), the raw text is kept beside it.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_WIDTHS_AND_FORMS = (
    *range(0xFF01, 0xFFEF),  # full-width ASCII, half-width katakana and Hangul, half-width Chinese marks
    *range(0xF900, 0xFB07),  # CJK compatibility ideographs, Latin ligatures
    *range(0x2F800, 0x2FA20),  # CJK compatibility ideographs, supplement
    *range(0x2E80, 0x2FE0),  # radicals, which PDF printers write for the ideographs of the same shape
    *range(0xFE10, 0xFE19),  # vertical forms of marks
    *range(0xFE31, 0xFE50),
    *range(0xFE50, 0xFE70),  # small forms of marks
)
_BLANKS = (
    0x00A0, 0x115F, 0x1160, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x2800, 0x3000, 0x3164, 0xFFA0,
)  # fmt: skip
_LINE_BREAKS = (0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029)
_INVISIBLE = (
    *(code for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (0x09, 0x0A, *_LINE_BREAKS)),
    0x00AD,  # soft hyphen
    0x034F,
    0x061C,
    *range(0x180B, 0x180F),
    *range(0x200B, 0x2010),  # zero-width blanks and joiners, direction marks
    *range(0x202A, 0x202F),  # direction embeddings and overrides
    *range(0x2060, 0x2070),  # word joiner, direction isolates
    *range(0xFE00, 0xFE10),  # variation selectors, also behind a tick drawn as an emoji
    0xFEFF,  # byte-order mark
    *range(0xFFF9, 0xFFFD),  # annotations, object replacement
    *range(0xE0000, 0xE0080),
    *range(0xE0100, 0xE01F0),
)
# Marks that look and mean the same, though Unicode says no more than that.
_LOOKALIKES = {
    "-": (0x2010, 0x2011, 0x2012, 0x2013, 0x2212),
    "\u2014": (0x2015, 0x2500, 0x2501),
    "~": (0x02DC, 0x2053, 0x223C, 0x301C),
    ":": (0x2236, 0xA789, 0xFE30),
    "/": (0x2044, 0x2215, 0x29F8),
    ".": (0x2024,),
}
# Simplified radicals without a decomposition (Unicode's EquivalentUnifiedIdeograph.txt).
_RADICALS = {
    0x2EA0: "民", 0x2EC5: "见", 0x2EC9: "贝", 0x2ECB: "车", 0x2ED3: "长", 0x2ED4: "门", 0x2ED8: "青",
    0x2ED9: "韦", 0x2EDA: "页", 0x2EDB: "风", 0x2EDC: "飞", 0x2EDD: "食", 0x2EE2: "马", 0x2EE3: "骨",
    0x2EE4: "鬼", 0x2EE5: "鱼", 0x2EE6: "鸟", 0x2EE7: "卤", 0x2EE8: "麦", 0x2EE9: "黄", 0x2EEC: "齐",
    0x2EEE: "齿", 0x2EF0: "龙",
}  # fmt: skip


def _build_table() -> dict[int, str]:
    table = {code: mark for mark, codes in _LOOKALIKES.items() for code in codes}
    for code in _WIDTHS_AND_FORMS:
        char, folded = chr(code), unicodedata.normalize("NFKC", chr(code))
        if folded != char and not any(unicodedata.category(piece) == "Mn" for piece in folded[1:]):
            table.setdefault(code, folded.translate(table))  # U+FE32 is a vertical en dash
    table |= _RADICALS
    table |= dict.fromkeys(_BLANKS, " ")
    table |= dict.fromkeys(_LINE_BREAKS, "\n")
    return table | dict.fromkeys(_INVISIBLE, "")


def _character_class(codes: Iterable[int]) -> str:
    """Returns a class of ranges; single characters beyond the first plane would make a search ten times slower."""
    members = frozenset(codes)
    starts = sorted(code for code in members if code - 1 not in members)
    ends = sorted(code for code in members if code + 1 not in members)
    ranges = (rf"\U{first:08x}-\U{last:08x}" for first, last in zip(starts, ends, strict=True))
    return f"[{''.join(ranges)}]"


_TABLE = _build_table()
_FOLDED = re.compile(_character_class(_TABLE))
_REGEX_MARKS = {code: re.escape(folded) for code, folded in _TABLE.items() if 0xFF01 <= code <= 0xFF5E}
_BLANK = re.compile(r"\s+")


def clean_text(text: str) -> str:
    """Returns text with half-width marks, letters and digits, one kind of blank and nothing invisible.

    Text without such characters is returned as it is, which a search finds out quickly.
    """
    if _FOLDED.search(text) is None:
        return text
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").translate(_TABLE))


def clean_pattern(pattern: str) -> str:
    """Returns a regular expression that matches in cleaned text what its full-width marks meant literally."""
    return clean_text(pattern.translate(_REGEX_MARKS))


@lru_cache(maxsize=1 << 14)  # headings, units and choices come again in every row
def fold_text(text: str) -> str:
    """Returns the form in which spellings are compared: cleaned, NFKC, no blanks, lower case."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", clean_text(text))).lower()


def fold_text_with_breaks(text: str) -> tuple[str, frozenset[int]]:
    """Returns the folded text, and the places in it where a blank was (words may end there)."""
    pieces = _BLANK.split(unicodedata.normalize("NFKC", clean_text(text)).lower())
    breaks: set[int] = set()
    position = 0
    for piece in pieces:
        position += len(piece)
        breaks.add(position)
    return "".join(pieces), frozenset(breaks)
