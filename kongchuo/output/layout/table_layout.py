"""Lays a table out in the available width: columns by rank, sentences below their row, or one block a row.

A column holds values (never broken) or sentences (folded). If the columns do not fit, sentences move below their
row, then the columns of lowest rank are left out and named, and at last each row becomes a block of lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from kongchuo.output.layout.folding import fold
from kongchuo.output.layout.text_width import cell_len

_GAP = "  "
_NARROWEST_SENTENCE = 24
"""The least width of a column of sentences; a narrower one is hard to read, so its sentences move below their rows."""
_INDENT = "    "
_COLON = "\uff1a"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, and how its cells are laid out."""

    heading: str
    rank: int = 0
    """The rank: 0 is always shown; of the others those with the greatest rank are left out first."""
    is_sentence: bool = False


@dataclass(frozen=True, slots=True)
class LaidOutTable:
    """The lines of a table; ``left_out`` are the headings that did not fit."""

    heading: str
    lines: Sequence[str]
    left_out: Sequence[str] = ()


Rows = Sequence[Sequence[str]]


def lay_out(columns: Sequence[Column], rows: Rows, width: int) -> LaidOutTable:
    """Returns the table in lines of at most ``width`` columns; columns without any value are not shown."""
    filled = [index for index in range(len(columns)) if any(row[index] for row in rows)]
    columns = [columns[index] for index in filled]
    rows = [[row[index] for index in filled] for row in rows]
    widths = _natural_widths(columns, rows)
    if _total(widths) <= width:
        return LaidOutTable(
            _in_line([column.heading for column in columns], widths), [_in_line(row, widths) for row in rows]
        )
    values = [index for index, column in enumerate(columns) if not column.is_sentence]
    sentences = [index for index, column in enumerate(columns) if column.is_sentence]
    if sentences and _make_room(sentences, widths, width):
        return LaidOutTable(
            _in_line([column.heading for column in columns], widths),
            [line for row in rows for line in _folded_row(row, widths, sentences)],
        )
    in_line = _chosen(columns, values, widths, width)
    if _total([widths[index] for index in in_line]) > width:
        return LaidOutTable("", [line for row in rows for line in _block(columns, row, width)])
    return _ranked(columns, rows, in_line, width)


def lay_out_wide(columns: Sequence[Column], rows: Rows) -> LaidOutTable:
    """Returns the whole table, each row on one line, however long."""
    widths = _natural_widths(columns, rows)
    return LaidOutTable(
        _in_line([column.heading for column in columns], widths), [_in_line(row, widths) for row in rows]
    )


def lay_out_blocks(columns: Sequence[Column], rows: Rows, width: int) -> LaidOutTable:
    """Returns each row as a block of lines with all its values."""
    return LaidOutTable("", [line for row in rows for line in _block(columns, row, width)])


def _ranked(columns: Sequence[Column], rows: Rows, in_line: Sequence[int], width: int) -> LaidOutTable:
    """Returns a table of the chosen columns, with the sentences of a row below it."""
    widths = [
        max(cell_len(columns[index].heading), *(cell_len(row[index]) for row in rows)) for index in in_line
    ]
    lines = []
    for row in rows:
        lines.append(_in_line([row[index] for index in in_line], widths))
        texts = [
            f"{column.heading}{_COLON}{row[index]}"
            for index, column in enumerate(columns)
            if column.is_sentence and row[index]
        ]
        lines += _flow(texts, width, [row[index] for index in in_line])
    left_out = [
        column.heading
        for index, column in enumerate(columns)
        if index not in in_line and not column.is_sentence
    ]
    heading = _in_line([columns[index].heading for index in in_line], widths)
    return LaidOutTable(heading, lines, left_out)


def _chosen(columns: Sequence[Column], values: Sequence[int], widths: Sequence[int], width: int) -> list[int]:
    """Returns the columns for a row's line: all of rank 0, then as many others as fit."""
    chosen = [index for index in values if columns[index].rank == 0]
    for index in sorted(values, key=lambda index: columns[index].rank):
        if index not in chosen and _total([widths[one] for one in (*chosen, index)]) <= width:
            chosen.append(index)
    return sorted(chosen)


def _block(columns: Sequence[Column], row: Sequence[str], width: int) -> list[str]:
    """Returns a row as lines: its most important values, then the others, then an empty line."""
    first = [
        cell
        for column, cell in zip(columns, row, strict=True)
        if cell and column.rank == 0 and not column.is_sentence
    ]
    others = [
        f"{column.heading}{_COLON}{cell}"
        for column, cell in zip(columns, row, strict=True)
        if cell and (column.rank > 0 or column.is_sentence)
    ]
    return [*_joined(first, width, ""), *_flow(others, width, first), ""]


def _flow(said: Sequence[str], width: int, names: Sequence[str]) -> list[str]:
    """Returns values with their headings as lines below their row, several short ones in one line."""
    room = max(width - len(_INDENT), 1)
    lines: list[str] = []
    waiting: list[str] = []
    for one in said:
        if cell_len(_GAP.join([*waiting, one])) <= room:
            waiting.append(one)
            continue
        lines += [_GAP.join(waiting)] if waiting else []
        waiting = [one] if cell_len(one) <= room else []
        lines += [] if waiting else fold(one, room, names)
    lines += [_GAP.join(waiting)] if waiting else []
    return [_INDENT + line for line in lines]


def _joined(cells: Sequence[str], width: int, indent: str) -> list[str]:
    lines = [""]
    for cell in cells:
        longer = f"{lines[-1]}{_GAP}{cell}" if lines[-1] else indent + cell
        if lines[-1] and cell_len(longer) > width:
            lines.append(indent + cell)
        else:
            lines[-1] = longer
    return [part for line in lines for part in fold(line, width, cells)]


def _natural_widths(columns: Sequence[Column], rows: Rows) -> list[int]:
    return [
        max([cell_len(column.heading), *(cell_len(row[index]) for row in rows)])
        for index, column in enumerate(columns)
    ]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * max(len(widths) - 1, 0)


def _in_line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [f"{cell}{' ' * (width - cell_len(cell))}" for cell, width in zip(cells, widths, strict=True)]
    return _GAP.join(padded).rstrip()


def _make_room(sentences: Sequence[int], widths: list[int], width: int) -> bool:
    """Narrows the columns of sentences, the widest most; returns whether all can still be read."""
    rest = width - (_total(widths) - sum(widths[index] for index in sentences))
    waiting = sorted(sentences, key=lambda index: widths[index])
    for number, index in enumerate(waiting):
        share = max(rest, 0) // (len(waiting) - number)
        if share < min(widths[index], _NARROWEST_SENTENCE):
            return False
        widths[index] = min(widths[index], share)
        rest -= widths[index]
    return True


def _folded_row(row: Sequence[str], widths: Sequence[int], sentences: Sequence[int]) -> list[str]:
    """Returns a row as several lines, with its sentences folded into their columns."""
    values = [cell for index, cell in enumerate(row) if index not in sentences]
    cells = [
        fold(cell, widths[index], values) if index in sentences else [cell] for index, cell in enumerate(row)
    ]
    return [_in_line(line, widths) for line in zip_longest(*cells, fillvalue="")]
