"""Reads tables of web pages, and of XML spreadsheets that programs save under the name .xls."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from config.text.text_folding import clean_text
from parsers.formats.csv import decode_text
from parsers.formats.workbook import (
    MAX_COLUMNS,
    Cell,
    Merged,
    NoTable,
    Sheet,
    UnreadableWorkbook,
    Workbook,
    WorkbookTooLarge,
)

_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_MAX_ROWS = 60_000
_BLANKS = re.compile(r"[ \t]+")
_XML_DECLARATION = re.compile(r"<\?xml[^>]*\?>")


def read_html(data: bytes) -> Workbook:
    """Returns every table of a page as a sheet, with the text before it as rows above.

    Raises:
        NoTable: there is none.
        WorkbookTooLarge: a table has more rows or columns than any form.
    """
    return Workbook(sheets=tuple(find_html_tables(decode_text(data))))


def find_html_tables(text: str) -> list[Sheet]:
    """Returns the outermost tables of a page as sheets.

    Raises:
        NoTable: it has none.
        WorkbookTooLarge: a table has more rows or columns than any form.
        UnreadableWorkbook: the page cannot be parsed.
    """
    try:
        root = html.fromstring(_XML_DECLARATION.sub("", text).replace("\x00", "") or "<p/>")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise UnreadableWorkbook(str(error)) from error
    sheets = [
        _table(table, number)
        for number, table in enumerate(root.iter("table"), 1)
        if not _inside_another(table)
    ]
    if not sheets:
        raise NoTable("no table")
    return sheets


def _inside_another(table: Any) -> bool:
    """Returns whether a table is read with an outer one; not if the outer one only lays out the page."""
    outer = next((a for a in table.iterancestors("table")), None)
    return outer is not None and sum(1 for _ in outer.iter("tr")) < 3 * sum(1 for _ in table.iter("tr"))


def _table(table: Any, number: int) -> Sheet:
    rows: list[list[Cell]] = []
    merged: list[Merged] = []
    pending: dict[tuple[int, int], bool] = {}
    for index, tr in enumerate(table.iter("tr")):
        if index >= _MAX_ROWS:
            raise WorkbookTooLarge(f"more than {_MAX_ROWS} rows")
        row: list[Cell] = []
        for cell in tr.iterchildren("td", "th"):
            if len(row) >= MAX_COLUMNS:
                raise WorkbookTooLarge(f"more than {MAX_COLUMNS} columns")
            while pending.pop((index, len(row)), False):
                row.append(None)
            across, down = _span(cell, "colspan", MAX_COLUMNS), _span(cell, "rowspan", 2_000)
            column = len(row)
            row += [_text(cell), *[None] * (across - 1)]
            if across > 1 or down > 1:
                merged.append((index + 1, column + 1, index + down, column + across))
            for below in range(index + 1, index + down):
                for position in range(column, column + across):
                    pending[below, position] = True
        while pending.pop((index, len(row)), False):
            row.append(None)
        rows.append(row[:MAX_COLUMNS])
    before = [text for text in _lines_before(table) if text]
    return Sheet(
        name=f"表{number}",
        hidden=False,
        rows=[*([text] for text in before), *rows],
        first_row=1 - len(before),
        first_col=1,
        merged=tuple(merged),
    )


def _span(cell: Any, name: str, maximum: int) -> int:
    if (written := cell.get(name)) is None:
        return 1
    text = str(written)
    return min(max(int(text), 1), maximum) if text.isascii() and text.isdigit() else 1


def _text(cell: Any) -> str:
    if len(cell):
        for line in cell.iter("br"):
            line.tail = "\n" + (line.tail or "")
        text = str(cell.text_content())
    else:  # nearly all cells of a large table
        text = str(cell.text or "")
    return _BLANKS.sub(" ", clean_text(text)).strip()


def _lines_before(table: Any) -> Iterator[str]:
    """Yields the last few lines of text above a table, which may hold its title."""
    lines: list[str] = []
    for element in table.itersiblings(preceding=True):
        if element.tag == "table" or len(lines) >= 6:
            break
        if isinstance(element.tag, str):
            lines.append(_text(element)[:200])
    yield from reversed(lines)


def read_spreadsheet_xml(data: bytes) -> Workbook:
    """Returns every worksheet of an Excel 2003 XML file.

    Raises:
        UnreadableWorkbook: the XML cannot be repaired.
        WorkbookTooLarge: text lies beyond the rows and columns of any form.
    """
    try:
        root = etree.fromstring(
            data, etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
        )
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableWorkbook(str(error)) from error
    if root is None:
        raise UnreadableWorkbook("empty")
    namespace = f"{{{_SPREADSHEET}}}"
    sheets = []
    for number, page in enumerate(root.iter(f"{namespace}Worksheet"), 1):
        rows: list[list[Cell]] = []
        merged: list[Merged] = []
        hidden_rows: set[int] = set()
        for tr in page.iter(f"{namespace}Row"):
            position = int(tr.get(f"{namespace}Index") or len(rows) + 1)
            if position > _MAX_ROWS:
                _refuse_written(tr, f"row {position}")
                continue
            rows += [[] for _ in range(position - 1 - len(rows))]
            if tr.get(f"{namespace}Hidden") == "1":
                hidden_rows.add(len(rows) + 1)
            row: list[Cell] = []
            for cell in tr.iterchildren(f"{namespace}Cell"):
                column = int(cell.get(f"{namespace}Index") or len(row) + 1)
                if column > MAX_COLUMNS:
                    _refuse_written(cell, f"column {column}")
                    continue
                row += [None] * (column - 1 - len(row))
                across, down = (
                    int(cell.get(f"{namespace}MergeAcross") or 0),
                    int(cell.get(f"{namespace}MergeDown") or 0),
                )
                if across or down:
                    merged.append((len(rows) + 1, column, len(rows) + 1 + down, column + across))
                row += ["".join(cell.itertext()).strip() or None, *[None] * min(across, MAX_COLUMNS)]
            rows.append(row)
        sheets.append(
            Sheet(
                name=str(page.get(f"{namespace}Name") or f"Sheet{number}"),
                hidden=False,
                rows=rows,
                first_row=1,
                first_col=1,
                merged=tuple(merged),
                hidden_rows=frozenset(hidden_rows),
            )
        )
    if not sheets:
        raise UnreadableWorkbook("no worksheet")
    return Workbook(sheets=tuple(sheets))


def _refuse_written(element: Any, place: str) -> None:
    """Raises WorkbookTooLarge if a cell beyond the limits holds text; blank cells there are only formatting."""
    if "".join(element.itertext()).strip():
        raise WorkbookTooLarge(place)
