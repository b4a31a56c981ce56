"""Assigns the letters of a PDF page to the cells of a ruled table, and counts the cells that cannot be read surely.

A program that prints a workbook lets long text run over blank cells beside it, cuts it at a filled cell, and draws
overflowing lines over the row above. A PDF has no cells and not the cut-off text, only letters in drawing order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pdfplumber.table import Table
from pdfplumber.utils.text import extract_text

Char = dict[str, Any]
Box = tuple[float, float, float, float]
Place = tuple[int, int]

_SAME_LINE = 1.0  # points
_LARGEST_GAP = (
    0.05  # of the letter's size: letters of one text stand closer than those of two cells side by side
)
_STICKS_OUT = 0.05  # of a letter's width, beyond the cell that holds its middle
_OVERLAP = 0.5  # of a letter's height and width, over a letter of another run


@dataclass(frozen=True, slots=True, kw_only=True)
class TableText:
    """The texts of a table by row; ``doubtful`` counts cells that hold letters of two cells, or only a part of a text."""

    rows: tuple[tuple[str | None, ...], ...]
    doubtful: int


@dataclass(slots=True)
class _Run:
    """Letters drawn one after the other on one line."""

    chars: list[Char] = field(default_factory=list)
    places: list[Place | None] = field(default_factory=list)


def read_table(table: Table, chars: Sequence[Char]) -> tuple[TableText, list[Char]]:
    """Returns the table's text, and the letters of the page that belong to its cells."""
    boxes: dict[Place, Box] = {
        (number, column): cell
        for number, row in enumerate(table.rows)
        for column, cell in enumerate(row.cells)
        if cell is not None
    }
    runs = [run for run in _find_runs(chars, table, boxes) if any(run.places)]
    runs_in: dict[Place, list[_Run]] = {}
    for run in runs:
        for place in set(filter(None, run.places)):
            runs_in.setdefault(place, []).append(run)
    chars_in: dict[Place, list[Char]] = {}
    doubtful: set[Place] = set()
    taken: list[Char] = []
    for run in runs:
        start = next(filter(None, run.places))
        others = {place for place in run.places if place is not None and place != start}
        if others or _is_cut_off(run, boxes[start], _neighbours(start, runs_in)):
            doubtful.add(start)
        runs_over_blanks = all(len(runs_in[place]) == 1 and place[0] == start[0] for place in others)
        for char, inside in zip(run.chars, run.places, strict=True):
            target = start if runs_over_blanks else inside
            if target is not None:
                chars_in.setdefault(target, []).append(char)
                taken.append(char)
    doubtful.update(place for place, inside in runs_in.items() if _overlap(inside))
    rows = tuple(
        tuple(
            None if cell is None else extract_text(chars_in.get((number, column), []))
            for column, cell in enumerate(row.cells)
        )
        for number, row in enumerate(table.rows)
    )
    return TableText(rows=rows, doubtful=len(doubtful)), taken


def _find_runs(chars: Sequence[Char], table: Table, boxes: dict[Place, Box]) -> list[_Run]:
    rows = [(number, row.bbox) for number, row in enumerate(table.rows)]
    runs: list[_Run] = []
    before: Char | None = None
    for char in chars:
        if before is None or not _follows(before, char):
            runs.append(_Run())
        runs[-1].chars.append(char)
        runs[-1].places.append(_find_place(char, rows, boxes) if char["text"].strip() else None)
        before = char
    return runs


def _follows(before: Char, char: Char) -> bool:
    gap = abs(char["x0"] - before["x1"])
    is_beside = gap <= _LARGEST_GAP * max(char["size"], before["size"])
    return bool(is_beside and abs(char["top"] - before["top"]) <= _SAME_LINE)


def _find_place(char: Char, rows: Sequence[tuple[int, Box]], boxes: dict[Place, Box]) -> Place | None:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    for number, row in rows:
        if row[1] <= y < row[3]:
            for (inside, column), box in boxes.items():
                if inside == number and box[0] <= x < box[2] and box[1] <= y < box[3]:
                    return inside, column
    return next(
        (place for place, box in boxes.items() if box[0] <= x < box[2] and box[1] <= y < box[3]), None
    )


def _neighbours(place: Place, runs_in: dict[Place, list[_Run]]) -> list[Char]:
    """Returns the letters in the filled cells next to this one in its row."""
    columns = sorted(column for number, column in runs_in if number == place[0])
    position = columns.index(place[1])
    beside = columns[max(position - 1, 0) : position] + columns[position + 1 : position + 2]
    return [char for column in beside for run in runs_in[place[0], column] for char in run.chars]


def _is_cut_off(run: _Run, box: Box, neighbours: Sequence[Char]) -> bool:
    """Returns whether a letter at either end sticks out of the cell towards a filled one, so that the rest was cut off."""
    first, last = run.chars[0], run.chars[-1]
    left = box[0] - first["x0"] > _STICKS_OUT * (first["x1"] - first["x0"])
    right = last["x1"] - box[2] > _STICKS_OUT * (last["x1"] - last["x0"])
    return (left and any(char["x0"] < box[0] for char in neighbours)) or (
        right and any(char["x1"] > box[2] for char in neighbours)
    )


def _overlap(runs: Sequence[_Run]) -> bool:
    """Returns whether letters of two runs are drawn over each other."""
    return any(
        _is_over(one, other)
        for number, run in enumerate(runs)
        for one in run.chars
        for later in runs[number + 1 :]
        for other in later.chars
    )


def _is_over(one: Char, other: Char) -> bool:
    across = min(one["x1"], other["x1"]) - max(one["x0"], other["x0"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return bool(
        across > _OVERLAP * min(one["x1"] - one["x0"], other["x1"] - other["x0"])
        and down > _OVERLAP * min(one["bottom"] - one["top"], other["bottom"] - other["top"])
    )
