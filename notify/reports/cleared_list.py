"""Builds the workbook of a cleared list (核查结果): the list's own columns, and the result for each child."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.lists.clearing import ClearedChild
from notify.reports.signed_pages import SignedPage, build_page_workbook
from notify.spreadsheet.sheet_tables import CellValue, SentenceColumn, SheetColumn

_FOUND = (
    SheetColumn("核查结果", 16, wrap=True), SentenceColumn("依据", 34, wrap=True), SheetColumn("单位", 15, wrap=True),
    SheetColumn("状态", 8), SheetColumn("证明材料", 24, wrap=True),
)  # fmt: skip
_SEQUENCE = frozenset({"序号", "编号"})
_WIDEST, _NARROWEST = 22, 6
_LONGEST_TAB = 31  # what Excel allows


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearedRow:
    """One row of the list with its result; ``proofs`` are the names of the exported files."""

    cells: Sequence[str]
    cleared: ClearedChild
    proofs: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearedTable:
    """One table of the list, with its own headings as written."""

    sheet: str
    """The name of its sheet, if there are several tables."""
    headings: Sequence[str]
    rows: Sequence[ClearedRow]


def build_cleared_list(
    tables: Sequence[ClearedTable],
    *,
    name: str,
    show_sentence: Callable[[str], str],
    office: str,
    as_of: datetime,
) -> bytes:
    """Returns the workbook, a sheet for each table.

    Args:
        tables: the tables, already masked for the sheet.
        show_sentence: returns one of our sentences as the sheet may show it.
    """
    tabs = _tab_names(tables)
    pages = [_page(table, name, tab, show_sentence) for table, tab in zip(tables, tabs, strict=True)]
    return build_page_workbook(pages, title=f"{name}核查结果", office=office, as_of=as_of)


def _tab_names(tables: Sequence[ClearedTable]) -> list[str]:
    """Returns the names of the sheets: the list's own, numbered if two tables were in one sheet."""
    names: list[str] = []
    for table in tables:
        name, number = table.sheet[:_LONGEST_TAB] or "核查结果", 1
        while name.casefold() in [one.casefold() for one in names]:
            number += 1
            name = f"{table.sheet[: _LONGEST_TAB - 4]}({number})"
        names.append(name)
    return names


def _page(
    table_of_list: ClearedTable, name: str, tab: str, show_sentence: Callable[[str], str]
) -> SignedPage:
    headings, rows = table_of_list.headings, table_of_list.rows
    own = [index for index, heading in enumerate(headings) if heading and heading not in _SEQUENCE]
    columns = [SheetColumn(headings[index], _width(headings[index], rows, index), wrap=True) for index in own]
    table: list[Sequence[CellValue]] = [
        (
            *(row.cells[index] if index < len(row.cells) else "" for index in own),
            row.cleared.result,
            show_sentence(row.cleared.evidence),
            row.cleared.unit,
            row.cleared.progress,
            "\n".join(row.proofs),
        )
        for row in rows
    ]
    counted = {word: sum(row.cleared.progress == word for row in rows) for word in _progress_words(rows)}
    of_sheet = f"({table_of_list.sheet})" if table_of_list.sheet else ""
    return SignedPage(
        title=f"{name}{of_sheet}核查结果",
        name=tab,
        columns=[*columns, *_FOUND],
        rows=table,
        footer=(
            f"共{len(rows)}名:{'、'.join(f'{word}{count}名' for word, count in counted.items())}。",
            "",
            "核查人(签字):                    单位负责人(签字):                    日期:      年    月    日",
        ),
    )


def _progress_words(rows: Sequence[ClearedRow]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.cleared.progress for row in rows))


def _width(heading: str, rows: Sequence[ClearedRow], index: int) -> float:
    """Returns a width for the longest cell, within limits; a Chinese character counts as two."""
    cells = [heading, *(row.cells[index] for row in rows if index < len(row.cells))]
    longest = max(sum(1 if char.isascii() else 2 for char in cell) for cell in cells)
    return min(max(longest + 2, _NARROWEST), _WIDEST)
