"""Reads forms of counts (月报), whose rows or grid hold numbers under the form's headings and never children.

A 0 or 无 under a heading is the number 0. Such a form is never a zero report.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from config.notice import FormSpec, Notice
from config.records.record import Json, Record
from config.records.row_block import RowBlock
from config.text.text_folding import fold_text
from config.units.resolve_unit_names import UnitNames
from parsers.fields.normalise import cell_text, is_placeholder
from parsers.formats.workbook import Cell, Sheet
from parsers.forms.classify import find_form_by_title
from parsers.forms.headings.heading_text import fold_heading
from parsers.forms.layout import MOST_TITLE_LINES
from parsers.forms.left_over.account import SheetAccount, find_mentions
from parsers.forms.sheet_rows import count_filled, row_text
from parsers.forms.sheets.workbook_content import WorkbookContent
from parsers.forms.stated_unit import find_stated_unit
from parsers.forms.zero_report import is_nil_cell
from parsers.problem_sentences import make_problem
from parsers.records import ParsedForm, Signal

_NUMBER = re.compile("(?:共?计|共)?([0-9]{1,7})(?:[.]0+)?[人名个次件]?")


def read_counts(
    sheet: Sheet, notice: Notice, names: UnitNames, account: SheetAccount, made_as: str | None = None
) -> WorkbookContent | None:
    """Returns the form of counts that the sheet's title names, with its rows; None if it names none.

    Args:
        made_as: the form the file was made as by its properties, for a sheet with rows and without a title.
    """
    lines = [row_text(row) for row in sheet.rows[:MOST_TITLE_LINES] if 1 <= count_filled(row) <= 2]
    titled = find_form_by_title(lines, notice)
    key = titled or made_as
    if key is None or notice.form(key).role != "counts":
        return None
    spec = notice.form(key)
    titles = [line for line in lines if find_form_by_title([line], notice) == key] or [""]
    rows = RowBlock.of(_read_rows(sheet, spec, notice, names, account))
    if titled is None and not rows:
        return None
    return WorkbookContent(
        forms=(
            ParsedForm(
                form=key,
                sheet=sheet.name,
                title=titles[0][:200],
                stated_unit=find_stated_unit([row_text(row) for row in sheet.rows], notice),
                unit_values=(),
                nil=False,
                rows=rows,
                problems=() if rows else (make_problem("empty-form", sheet=sheet.name),),
                signals=(
                    Signal(
                        source="title" if titled else "properties",
                        value=key,
                        weight=10.0,
                        text=titles[0][:80],
                    ),
                ),
            ),
        ),
        form_hint=key,
    )


def _read_rows(
    sheet: Sheet, spec: FormSpec, notice: Notice, names: UnitNames, account: SheetAccount
) -> Iterator[Record]:
    """Yields the rows below the headings without totals; without headings in one row, the one record of the grid.

    A column in which every row names a unit is the unit column, whatever its heading.
    """
    fields = _fields_by_heading(spec, notice)
    counts = {key for key in spec.fields if notice.fields[key].kind == "int" and key != "seq"}
    heads = [[fields.get(fold_heading(cell_text(cell))) for cell in row] for row in sheet.rows]
    best = max(range(len(heads)), key=lambda index: len(counts.intersection(heads[index])), default=None)
    if best is None or not counts.intersection(heads[best]):
        return
    columns = {key: position for position, key in enumerate(heads[best]) if key is not None}
    if spec.unit_field is not None and spec.unit_field not in columns:
        below = sheet.rows[best + 1 :]
        columns |= _find_column_of_units(spec.unit_field, below, columns.values(), names, notice)
    rows = []
    for index in range(best + 1, len(sheet.rows)):
        values = _values(sheet.rows[index], columns, counts, notice)
        if counts.intersection(values):
            is_total = any(
                fold_text(cell_text(cell)).startswith((*notice.wording.totals, *notice.wording.whole_county))
                for cell in sheet.rows[index]
            )
            rows.append((index, values, is_total))
    if rows:
        account.place_furniture(best)
        count_positions = {
            columns[key] for key in columns if key in counts or key in ("seq", spec.unit_field)
        }
        for index, values, is_total in rows:
            row = sheet.rows[index]
            # Cells that mention a child, perhaps in a remark, stay left over.
            with_child = {
                place for place in columns.values() if place < len(row) and find_mentions(row[place], notice)
            }
            account.place_columns(index, frozenset(count_positions | set(columns.values()) - with_child))
            if not is_total or len(rows) == 1:
                yield Record(sheet=sheet.name, row=sheet.first_row + index, values=values)
        return
    yield from _read_grid(sheet, heads, counts, account, notice)


def _find_column_of_units(
    key: str, rows: Sequence[Sequence[Cell]], taken: Collection[int], names: UnitNames, notice: Notice
) -> dict[str, int]:
    """Maps ``key`` to the column without heading in which each filled cell except totals names a unit; else empty."""
    width = max((len(row) for row in rows), default=0)
    for position in (position for position in range(width) if position not in taken):
        texts = [cell_text(row[position]) for row in rows if position < len(row) and cell_text(row[position])]
        texts = [
            text
            for text in texts
            if not fold_text(text).startswith((*notice.wording.totals, *notice.wording.whole_county))
        ]
        if texts and all(names.resolve(text) is not None for text in texts):
            return {key: position}
    return {}


def _read_grid(
    sheet: Sheet,
    heads: Sequence[Sequence[str | None]],
    counts: set[str],
    account: SheetAccount,
    notice: Notice,
) -> Iterator[Record]:
    """Yields one record for a sheet that has each number beside its heading."""
    values: dict[str, Json] = {}
    first: int | None = None
    for index, row in enumerate(sheet.rows):
        for position, key in enumerate(heads[index]):
            beside = next((cell for cell in row[position + 1 :] if cell_text(cell)), None)
            if key in counts and key is not None and (number := _number(beside, notice)) is not None:
                values.setdefault(key, number)
                first = index if first is None else first
                account.place_row(index)
    if first is not None:
        yield Record(sheet=sheet.name, row=sheet.first_row + first, values=values)


def _values(
    row: Sequence[Cell], columns: dict[str, int], counts: set[str], notice: Notice
) -> dict[str, Json]:
    values: dict[str, Json] = {}
    for key, position in columns.items():
        cell = row[position] if position < len(row) else None
        if key in counts:
            if (number := _number(cell, notice)) is not None:
                values[key] = number
        elif key != "seq" and (text := cell_text(cell)):
            values[key] = text
    return values


def _number(cell: Cell, notice: Notice) -> int | None:
    text = fold_text(cell_text(cell))
    if text and (is_placeholder(text, notice) or is_nil_cell(text, notice)):
        return 0
    match = _NUMBER.fullmatch(text)
    return int(match[1]) if match else None


def _fields_by_heading(spec: FormSpec, notice: Notice) -> dict[str, str]:
    return {
        fold_heading(word): key
        for key in spec.fields
        for word in (notice.fields[key].heading, *notice.fields[key].synonyms)
    }
