"""Headings that nobody listed: bound where the words in them and the cells below them fit one missing field, and no other."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from config.notice import FormSpec, Notice
from parsers.fields.normalise import Normaliser, cell_text, is_placeholder
from parsers.forms.columns import Column, FormColumns, fold_heading
from parsers.forms.layout import Table

_CELLS_SAMPLED = 30
_FITTING_SHARE = 0.8
_LEAST_WORD = 2
_NAME = re.compile("[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8})+")
_SCHOOL = re.compile("校|小学|中学|幼儿园|学院|教学点")


@dataclass(frozen=True, slots=True)
class LikelyColumn:
    """A column that may be a missing field: ``is_sure`` where its cells say so too and no other field fits."""

    column: Column
    key: str
    is_sure: bool


def find_likely_columns(
    form: FormSpec, binding: FormColumns, table: Table, notice: Notice, normalisers: Mapping[str, Normaliser]
) -> tuple[LikelyColumn, ...]:
    """For each required field that no heading claims, the one unclaimed column that may be it."""
    missing = [key for key in dict.fromkeys((*form.columns, *form.required)) if key not in binding.keys]
    unclaimed = [column for column in binding.columns if column.kind == "extra"]
    if not missing or not unclaimed:
        return ()
    named = {
        (column, key)
        for column in unclaimed
        for key in missing
        if _shares_word(column.heading.rpartition("/")[2], key, notice)
    }
    fitting = {
        (column, key) for column, key in named if _cells_fit(column, key, table, notice, normalisers[key])
    }
    result = []
    for key in missing:
        columns = [column for column in unclaimed if (column, key) in fitting]
        rivals = [other for column, other in fitting if columns and column == columns[0] and other != key]
        if len(columns) == 1 and not rivals:
            result.append(LikelyColumn(columns[0], key, is_sure=True))
        elif candidates := [column for column in unclaimed if (column, key) in named]:
            result.append(LikelyColumn(candidates[0], key, is_sure=False))
    return tuple(result)


def bind_likely_columns(binding: FormColumns, likely: Sequence[LikelyColumn]) -> FormColumns:
    """The columns with the sure ones bound to their fields."""
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


def _shares_word(heading: str, key: str, notice: Notice) -> bool:
    """Whether a heading holds a whole spelling of the field, or is held by one."""
    folded = fold_heading(heading)
    spec = notice.fields[key]
    spellings = [fold_heading(text) for text in (spec.heading, *spec.synonyms)]
    return len(folded) >= _LEAST_WORD and any(
        len(spelling) >= _LEAST_WORD and (spelling in folded or folded in spelling) for spelling in spellings
    )


def _cells_fit(column: Column, key: str, table: Table, notice: Notice, normalise: Normaliser) -> bool:
    cells = [
        row[column.index]
        for index in table.body[:_CELLS_SAMPLED]
        if column.index < len(row := table.row(index))
        and (text := cell_text(row[column.index]))
        and not is_placeholder(text)
    ]
    if not cells:
        return False
    match notice.fields[key].kind:
        case "id":
            fits = [sum(char.isdigit() for char in cell_text(cell)) >= 15 for cell in cells]
        case "name":
            fits = [_NAME.fullmatch(cell_text(cell)) is not None for cell in cells]
        case "text" | "answer":
            fits = [_SCHOOL.search(cell_text(cell)) is not None for cell in cells]
        case _:
            fits = [normalise(cell).problem_code is None for cell in cells]
    return sum(fits) >= _FITTING_SHARE * len(fits)
