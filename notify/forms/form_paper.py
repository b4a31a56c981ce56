"""Lays a form's columns out on A4 across: how large it is printed, where its pages end, which columns come again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor

from notify.forms.form_plan import FormColumn

_PAGE_PIXELS = 1030.0
"""The width of A4 landscape between margins of 0.4 inches, at 96 pixels per inch, less rounding by programs."""
_PAGE_POINTS = 470.0
"""The height of A4 landscape between the margins, in points."""
_PIXELS_PER_DIGIT, _PIXELS_PER_COLUMN = 8.0, 5.0
"""Pixels for 宋体 in 11 points, the standard font of a Chinese Excel."""
_WIDER_FONT = 1.17
"""The ratio by which the digits of DejaVu Sans are wider, which is used where 宋体 is not installed."""
_LEAST_SCALE = 0.58
"""The smallest scale in percent that can be read: 10 points become 6."""
_MOST_STRETCHED = 1.9
_STRETCHED = frozenset({"text", "answer", "choice", "choices", "phone"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The columns with their widths on paper, and the page breaks."""

    columns: tuple[FormColumn, ...]
    ends: tuple[int, ...]
    """The number of the last column of each page, from 1."""
    repeated: int
    """The number of first columns, up to the child's name, that every page repeats."""
    scale: int
    """The scale in percent."""

    @property
    def height(self) -> float:
        """The height of a page in points, at the sheet's scale."""
        return _PAGE_POINTS * 100 / self.scale


def lay_out(columns: Sequence[FormColumn]) -> Paper:
    """Returns the fewest pages beside each other at which the form can be read."""
    repeated = next((place for place, column in enumerate(columns, start=1) if column.key == "name"), 0)
    columns = _stretch(columns)
    head = sum(map(_pixels, columns[:repeated]))
    for pages in range(1, len(columns) + 1):
        ends = _split(columns, pages, head)
        starts = (0, *ends[:-1])
        widest = max(
            sum(map(_pixels, columns[start:end])) + (head if start else 0)
            for start, end in zip(starts, ends, strict=True)
        )
        scale = min(_PAGE_PIXELS / widest, 1.0)
        if scale >= _LEAST_SCALE or pages == len(columns):
            break
    if pages > 1:  # one page is fitted by the program that prints, breaks between several stand fast
        scale = min(scale, _PAGE_PIXELS / widest / _WIDER_FONT)
    return Paper(columns=tuple(columns), ends=ends, repeated=repeated, scale=floor(scale * 100))


def _split(columns: Sequence[FormColumn], pages: int, head: float) -> tuple[int, ...]:
    """Returns the last column of each page, pages about equally wide; a group stays together."""
    share = (sum(map(_pixels, columns)) + head * (pages - 1)) / pages
    ends: list[int] = []
    taken = 0.0
    for place, column in enumerate(columns):
        together = column.group != "" and place > 0 and columns[place - 1].group == column.group
        block = (
            sum(_pixels(other) for other in columns[place:] if other.group == column.group)
            if column.group
            else _pixels(column)
        )
        if place and not together and len(ends) < pages - 1 and taken + block / 2 > share:
            ends.append(place)
            taken = head
        taken += _pixels(column)
    return (*ends, len(columns))


def _stretch(columns: Sequence[FormColumn]) -> list[FormColumn]:
    """Returns the columns with text columns widened if the form would leave much of the page blank."""
    words = sum(_pixels(column) for column in columns if column.kind in _STRETCHED)
    free = _PAGE_PIXELS - sum(map(_pixels, columns))
    if free <= 0 or not words:
        return list(columns)
    factor = min(1 + free / words, _MOST_STRETCHED)
    return [
        replace(column, width=floor(column.width * factor * 2) / 2) if column.kind in _STRETCHED else column
        for column in columns
    ]


def _pixels(column: FormColumn) -> float:
    return column.width * _PIXELS_PER_DIGIT + _PIXELS_PER_COLUMN
