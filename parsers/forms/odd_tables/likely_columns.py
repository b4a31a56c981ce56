"""Binds unknown headings whose words and cells fit one missing field and no other."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from config.notice import FieldSpec, FormSpec, Notice
from parsers.fields.normalise import Normaliser, cell_text, is_placeholder
from parsers.formats.workbook import Cell
from parsers.forms.headings.columns import Column, FormColumns
from parsers.forms.headings.heading_text import fold_heading
from parsers.forms.layout import Table

_CELLS_SAMPLED = 30
_FITTING_SHARE = 0.8
_LEAST_WORD = 2
_LEAST_PHRASE = 3
_TELLING_KINDS = frozenset({"grade", "class", "phone", "id", "student_number"})
"""The kinds of fields with unmistakable cells, for which a short matching word in the heading is enough."""
_LEAST_DIGITS = 15
_NAME = re.compile("[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8})+")


@dataclass(frozen=True, slots=True)
class LikelyColumn:
    """A column that may be a missing field; ``is_sure`` where its cells fit too and no other field does."""

    column: Column
    key: str
    is_sure: bool


def find_likely_columns(
    form: FormSpec, binding: FormColumns, table: Table, notice: Notice, normalisers: Mapping[str, Normaliser]
) -> tuple[LikelyColumn, ...]:
    """Returns for each field without a column the one free column that may be it; unsure ones only for required fields."""
    missing = [key for key in form.fields if key not in binding.keys]
    needed = {*form.columns, *form.required}
    unclaimed = [column for column in binding.columns if column.kind == "extra"]
    if not missing or not unclaimed:
        return ()
    named = {
        (column, key): length
        for column in unclaimed
        for key in missing
        if (length := _count_shared(column.heading.rpartition("/")[2], notice.fields[key]))
        >= (_LEAST_WORD if key in needed or notice.fields[key].kind in _TELLING_KINDS else _LEAST_PHRASE)
    }
    fitting = {
        (column, key): length
        for (column, key), length in named.items()
        if _cells_fit(column, notice.fields[key], table, normalisers[key], notice)
    }
    result = []
    for key in missing:
        columns = [column for column in unclaimed if (column, key) in fitting]
        rivals = [
            other
            for (column, other), length in fitting.items()
            if columns and column == columns[0] and other != key and length >= fitting[column, key]
        ]
        if len(columns) == 1 and not rivals:
            result.append(LikelyColumn(columns[0], key, is_sure=True))
        elif key in needed:
            named_only = [column for column in unclaimed if (column, key) in named]
            candidates = named_only or [
                column
                for column in unclaimed
                if _is_told_by_cells(notice.fields[key], notice)
                and not any(word in fold_heading(column.heading) for word in notice.fields[key].unless)
                and _cells_fit(column, notice.fields[key], table, normalisers[key], notice)
            ]
            if named_only or len(candidates) == 1:
                result.append(LikelyColumn(candidates[0], key, is_sure=False))
    return tuple(result)


def bind_likely_columns(binding: FormColumns, likely: Sequence[LikelyColumn]) -> FormColumns:
    """Returns the columns with the sure ones bound to their fields."""
    keys = {one.column: one.key for one in likely if one.is_sure}
    if not keys:
        return binding
    return FormColumns(
        binding.form,
        tuple(
            replace(column, kind="value", key=keys[column]) if column in keys else column
            for column in binding.columns
        ),
    )


def _count_shared(heading: str, spec: FieldSpec) -> int:
    """Returns the length of the longest spelling of the field that contains the heading or is contained in it; else 0."""
    folded = fold_heading(heading)
    if len(folded) < _LEAST_WORD or any(word in folded for word in spec.unless):
        return 0
    spellings = (fold_heading(text) for text in (spec.heading, *spec.synonyms))
    return max(
        (
            min(len(spelling), len(folded))
            for spelling in spellings
            if len(spelling) >= _LEAST_WORD and (spelling in folded or folded in spelling)
        ),
        default=0,
    )


def _is_told_by_cells(spec: FieldSpec, notice: Notice) -> bool:
    """Returns whether cells of this field look unlike others', so that they alone suggest the column."""
    if spec.kind == "choice" and spec.choices is not None:
        return notice.vocabularies[spec.choices].other is None
    return spec.cells is not None or spec.kind in _TELLING_KINDS


def _cells_fit(column: Column, spec: FieldSpec, table: Table, normalise: Normaliser, notice: Notice) -> bool:
    cells = [
        row[column.index]
        for index in table.body[:_CELLS_SAMPLED]
        if column.index < len(row := table.row(index))
        and (text := cell_text(row[column.index]))
        and (spec.kind == "answer" or not is_placeholder(text, notice))
    ]
    if not cells:
        return False
    if spec.cells is None and spec.kind in ("text", "answer", "visits"):
        return False  # its cells may hold anything
    fits = sum(_fits(cell, spec, normalise) for cell in cells)
    return fits >= _FITTING_SHARE * len(cells)


def _fits(cell: Cell, spec: FieldSpec, normalise: Normaliser) -> bool:
    text = cell_text(cell)
    if spec.cells is not None:
        return re.search(spec.cells, text) is not None
    match spec.kind:
        case "id":
            return sum(char.isdigit() for char in text) >= _LEAST_DIGITS
        case "name":
            return _NAME.fullmatch(text) is not None
        case _:
            return normalise(cell).problem_code is None
