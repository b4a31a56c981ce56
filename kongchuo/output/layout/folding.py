"""Folds text into lines without breaking numbers, names or identifiers.

Chinese has no spaces, so a terminal breaks a sentence anywhere: 224 became 22/4, and case numbers could not be
copied. Here a line ends between two Chinese characters or at a space, never in a run of letters and digits, in the
name of a unit or form, or before a closing mark.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from contextvars import ContextVar

from kongchuo.output.layout.text_width import cell_len

_RUN = re.compile(r"[!-~]+(?: [!-~]+)*")
"""Matches letters, digits and their marks, also across one space: a command with its options, a day with its time."""
_WORD = re.compile(r"[!-~]+")
_NOT_FIRST = frozenset(".\uff0c。、\uff1b\uff1a\uff09”’》】\uff01\uff1f…·")
_NOT_LAST = frozenset("\uff08“‘《【")
_CLOSED = re.compile("(?<=[\u4e00-\u9fff])(?=[0-9])")
"""Matches a number with the word before it, which stay together: 附件2, 第11行, 八年级26."""
_LONGEST_NAME = 20  # characters; what is longer is a sentence

_names: ContextVar[frozenset[str]] = ContextVar("names that no line breaks", default=frozenset())


def keep_whole(names: Iterable[str]) -> None:
    """Keeps the names of an office's units and forms whole in all that is shown from now on."""
    _names.set(frozenset(name for name in names if len(name) > 1))


def fold(text: str, width: int, names: Collection[str] = ()) -> list[str]:
    """Returns the text as lines of at most ``width`` columns; ``names`` are kept whole beside the office's own.

    What is wider than a line by itself (the path of a file) is broken where the line ends.
    """
    lines = [""]
    whole = {*_names.get(), *(name for name in names if 1 < len(name) <= _LONGEST_NAME)}
    for piece in _pieces(text, width, whole):
        line = lines[-1]
        if cell_len(line) + cell_len(piece.rstrip()) <= width:
            lines[-1] = line + piece
            continue
        if line.strip():
            lines[-1] = line.rstrip()
            lines.append("")
        parts = list(_cut(piece.lstrip(), width))
        lines[-1] = parts[0]
        lines.extend(parts[1:])
    lines[-1] = lines[-1].rstrip()
    return lines


def _pieces(text: str, width: int, names: Collection[str]) -> Iterator[str]:
    """Yields the parts of a text between which a line may end."""
    breaks = _possible_breaks(text, width, names)
    begin = 0
    for at in breaks:
        yield text[begin:at]
        begin = at
    if begin < len(text):
        yield text[begin:]


def _possible_breaks(text: str, width: int, names: Collection[str]) -> list[int]:
    closed = bytearray(len(text) + 1)
    for number in _CLOSED.finditer(text):
        closed[number.start()] = 1
    for begin, end in _whole(text, width, names):
        for at in range(begin + 1, end):
            closed[at] = 1
    return [
        at
        for at in range(1, len(text))
        if not closed[at] and text[at] not in _NOT_FIRST and text[at] != " " and text[at - 1] not in _NOT_LAST
    ]


def _whole(text: str, width: int, names: Collection[str]) -> Iterator[tuple[int, int]]:
    for run in _RUN.finditer(text):
        if cell_len(run[0]) <= width:
            yield run.span()
        else:
            for word in _WORD.finditer(text, run.start(), run.end()):
                yield word.span()
    for name in names:
        at = text.find(name)
        while at >= 0:
            end = at + len(name)
            if not (name[-1].isdigit() and text[end : end + 1].isdigit()):
                yield at, end
            at = text.find(name, at + 1)


def _cut(piece: str, width: int) -> Iterator[str]:
    """Yields a piece in parts that each fit into a line."""
    part = ""
    for character in piece:
        if part and cell_len(part + character) > width:
            yield part
            part = ""
        part += character
    yield part
