"""Sets Chinese sentences in the punctuation of GB/T 15834: full-width marks where Chinese stands beside them.

Sentences are written in the sources with ASCII marks. Each way out (templates, terminal, workbook, Word, mail
subject, JSON) sets them by :func:`set_punctuation`. Every character keeps its place: a mark becomes the one of
the same meaning in U+FF01 to U+FF5E, and nothing else changes.
"""

import re

_ASCII_MARKS = ",:;?!()"
_FULL_WIDTH = {ord(mark): ord(mark) + 0xFEE0 for mark in _ASCII_MARKS}
_MARK = re.compile(r"[,:;?!()]")
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_OPENING = "\u201c\u2018\u300a\u3008\u300c\u300e\u3010\uff08"
_CLOSING = "\u201d\u2019\u300b\u3009\u300d\u300f\u3011\uff09"
_OTHER_MARKS = "\u3001\u3002\u2026\u2014\u00b7\uff0c\uff1a\uff1b\uff1f\uff01"
_CHINESE = re.compile(f"[{_HAN}{_OPENING}{_CLOSING}{_OTHER_MARKS}]")
_STARTS_CHINESE = re.compile(f"[{_HAN}{_OPENING}]")
_ENDS_IN_CHINESE = re.compile(f"[{_HAN}{_OPENING}{_CLOSING}{_OTHER_MARKS}][0-9.%:/-]*$")
"""Matches a number or date inside Chinese, which is part of it: 按时12(87%)."""
_NUMBER_LENGTH = 24
_BRACKETS = r"()\uff08\uff09"
_BREAKS = r"\s,:;?!\u201c\u201d\u3001\u3002\uff0c\uff1a\uff1b\uff1f\uff01"
_PLAIN = f"[^{_BREAKS}{_BRACKETS}]"
_BRACKETED = rf"\([^{_BREAKS}{_BRACKETS}]*\)"
_EXTENSIONS = (
    "xlsx?|xlsm|xlsb|et|docx?|wps|pdf|csv|txt|zip|rar|7z|png|jpe?g|gif|bmp|eml|msg|html?|toml|db|log"
)
_VERBATIM = re.compile(
    "|".join(
        (
            "\u201c[^\u201d\n]{0,300}\u201d",  # what is quoted is shown as somebody wrote it
            "\u2018[^\u2019\n]{0,300}\u2019",
            r"(?<!\S)'[^'\n]*'(?!\S)",  # an argument of a command in a shell's quotes
            rf"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+.-]*://[^\s{_HAN}()\u201c\u201d\u3001\u3002\uff00-\uffef]*[A-Za-z0-9/]",
            rf"(?<!{_PLAIN}){_PLAIN}*(?:{_BRACKETED}{_PLAIN}*){{0,4}}\.(?:{_EXTENSIONS})(?![A-Za-z0-9])",
            rf"(?<![\w)\uff09])(?:~|\.{{1,2}}|[A-Za-z]:)?[/\\](?:{_PLAIN}|{_BRACKETED}(?=[\w/\\]))+",
            rf"(?<![A-Za-z0-9])[a-z]+(?::[^{_BREAKS}]+){{2,}}",  # a key of the outbox
            r"&#?\w+;",  # a character of HTML
        )
    )
)
"""Matches text that keeps its marks whatever is beside them."""
_NUMBER = re.compile(r"(?<![0-9,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|(?<=[0-9]):(?=[0-9])")
"""Matches numbers with marks: 1,234 and 8:00."""

_TOML_COMMENT = re.compile(r"""((?:[^#"']|"(?:\\.|[^"\\])*"|'[^']*')*)(#.*)""")
"""Matches a line up to its comment, and the comment; a # in quotes begins none."""


def set_punctuation(text: str) -> str:
    """Returns the text with full-width marks wherever they belong to Chinese.

    A comma, colon or semicolon does where Chinese (or a number after Chinese) ends before it or Chinese begins
    after it, a question or exclamation mark where Chinese ends before it; brackets do in pairs, by what stands in
    them, before or after. Numbers, times, file names, paths, addresses, keys, and all in Chinese quotation marks
    stay as they are. Setting a text again changes nothing.
    """
    if not _MARK.search(text) or not _CHINESE.search(text):
        return text
    kept = {
        position
        for pattern in (_VERBATIM, _NUMBER)
        for match in pattern.finditer(text)
        for position in range(*match.span())
    }
    positions = [match.start() for match in _MARK.finditer(text) if match.start() not in kept]
    pairs = _bracket_pairs(text, positions)
    waiting = [position for position in positions if text[position] not in "()" or position in pairs]
    characters = list(text)
    while True:  # a mark that was set is Chinese for its neighbours on either side
        left = [each for each in waiting if not _set_mark(characters, each, pairs)]
        left = [each for each in reversed(left) if not _set_mark(characters, each, pairs)][::-1]
        if len(left) == len(waiting):
            return "".join(characters)
        waiting = left


def set_comment_punctuation(text: str) -> str:
    """Returns a TOML file with its comments set; keys and values stay as they are."""
    return "\n".join(
        line if (match := _TOML_COMMENT.match(line)) is None else match[1] + set_punctuation(match[2])
        for line in text.split("\n")
    )


def _bracket_pairs(text: str, positions: list[int]) -> dict[int, tuple[int, int]]:
    """Maps the position of each bracket with a partner to the positions of the pair."""
    pairs: dict[int, tuple[int, int]] = {}
    opened: list[int] = []
    for position in positions:
        if text[position] == "(":
            opened.append(position)
        elif text[position] == ")" and opened:
            pair = (opened.pop(), position)
            pairs |= dict.fromkeys(pair, pair)
    return pairs


def _set_mark(characters: list[str], position: int, pairs: dict[int, tuple[int, int]]) -> bool:
    """Sets one mark, a bracket with its partner, if it belongs to Chinese; returns whether it is set now."""
    if characters[position] not in _ASCII_MARKS:
        return True
    pair = pairs.get(position, (position, position))
    if not _belongs_to_chinese(characters, *pair):
        return False
    for each in pair:
        characters[each] = characters[each].translate(_FULL_WIDTH)
    return True


def _belongs_to_chinese(characters: list[str], start: int, end: int) -> bool:
    if _ENDS_IN_CHINESE.search("".join(characters[max(start - _NUMBER_LENGTH, 0) : start])):
        return True
    if characters[start] in "?!":
        return False
    after = characters[end + 1] if end + 1 < len(characters) else ""
    if start == end:
        return _STARTS_CHINESE.match(after) is not None
    return _CHINESE.search("".join(characters[start + 1 : end]) + after) is not None
