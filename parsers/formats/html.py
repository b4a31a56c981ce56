"""Tables of web pages and of XML spreadsheets that programs save under the name .xls."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from parsers.formats.csv import decode_text
from parsers.formats.workbook import Cell, Sheet, UnreadableWorkbook, Workbook

_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_WIDEST, _TALLEST = 512, 60_000
_CHARSET = re.compile(r"<\?xml[^>]*\?>")

Merged = tuple[int, int, int, int]


def read_html(data: bytes) -> Workbook:
    """Every table of a page, each as a sheet, with the text before it as rows above it.

    Raises:
        UnreadableWorkbook: there is no table.
    """
    return Workbook(sheets=tuple(tables_of(decode_text(data))))


def tables_of(text: str) -> list[Sheet]:
    """The outermost tables of a page.

    Raises:
        UnreadableWorkbook: the page cannot be parsed, or has none.
    """
    try:
        root = html.fromstring(_CHARSET.sub("", text).replace("\x00", "") or "<p/>")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise UnreadableWorkbook(str(error)) from error
    sheets = [
        _table(table, number)
        for number, table in enumerate(root.iter("table"), 1)
        if not _inside_another(table)
    ]
    if not sheets:
        raise UnreadableWorkbook("no table")
    return sheets


def _inside_another(table: Any) -> bool:
    """A table inside a table is read with its outer one, unless that one only lays out the page."""
    outer = next((a for a in table.iterancestors("table")), None)
    return outer is not None and sum(1 for _ in outer.iter("tr")) < 3 * sum(1 for _ in table.iter("tr"))


def _table(table: Any, number: int) -> Sheet:
    rows: list[list[Cell]] = []
    merged: list[Merged] = []
    pending: dict[tuple[int, int], bool] = {}
    for index, tr in enumerate(table.iter("tr")):
        if index >= _TALLEST:
            break
        row: list[Cell] = []
        for cell in tr.iterchildren("td", "th"):
            while pending.pop((index, len(row)), False):
                row.append(None)
            across, down = _span(cell, "colspan", _WIDEST), _span(cell, "rowspan", 2_000)
            column = len(row)
            row += [_text(cell), *[None] * (across - 1)]
            if across > 1 or down > 1:
                merged.append((index + 1, column + 1, index + down, column + across))
            for below in range(index + 1, index + down):
                for place in range(column, column + across):
                    pending[below, place] = True
        while pending.pop((index, len(row)), False):
            row.append(None)
        rows.append(row[:_WIDEST])
    before = [text for text in _lines_before(table) if text]
    return Sheet(
        name=f"表{number}",
        hidden=False,
        rows=[*([text] for text in before), *rows],
        first_row=1 - len(before),
        first_col=1,
        merged=tuple(merged),
    )


def _span(cell: Any, name: str, most: int) -> int:
    text = str(cell.get(name) or "1")
    return min(max(int(text), 1), most) if text.isdigit() else 1


def _text(cell: Any) -> str:
    for line in cell.iter("br"):
        line.tail = "\n" + (line.tail or "")
    return re.sub(r"[ \t\u00a0]+", " ", str(cell.text_content())).strip()


def _lines_before(table: Any) -> Iterator[str]:
    """The last few lines of text above a table: its title may stand there."""
    found: list[str] = []
    for element in table.itersiblings(preceding=True):
        if element.tag == "table" or len(found) >= 6:
            break
        if isinstance(element.tag, str):
            found.append(_text(element)[:200])
    yield from reversed(found)


def is_spreadsheet_xml(data: bytes) -> bool:
    """Whether bytes are Excel's XML of 2003."""
    return _SPREADSHEET.encode() in data[:4096]


def read_spreadsheet_xml(data: bytes) -> Workbook:
    """Every worksheet of Excel's XML of 2003.

    Raises:
        UnreadableWorkbook: it is not well formed beyond repair.
    """
    try:
        root = etree.fromstring(
            data, etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
        )
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableWorkbook(str(error)) from error
    if root is None:
        raise UnreadableWorkbook("empty")
    space = f"{{{_SPREADSHEET}}}"
    sheets = []
    for number, page in enumerate(root.iter(f"{space}Worksheet"), 1):
        rows: list[list[Cell]] = []
        merged: list[Merged] = []
        for tr in page.iter(f"{space}Row"):
            place = int(tr.get(f"{space}Index") or len(rows) + 1)
            rows += [[] for _ in range(min(place - 1, _TALLEST) - len(rows))]
            row: list[Cell] = []
            for cell in tr.iterchildren(f"{space}Cell"):
                column = min(int(cell.get(f"{space}Index") or len(row) + 1), _WIDEST)
                row += [None] * (column - 1 - len(row))
                across, down = (
                    int(cell.get(f"{space}MergeAcross") or 0),
                    int(cell.get(f"{space}MergeDown") or 0),
                )
                if across or down:
                    merged.append((len(rows) + 1, column, len(rows) + 1 + down, column + across))
                row += ["".join(cell.itertext()).strip() or None, *[None] * min(across, _WIDEST)]
            rows.append(row)
        sheets.append(
            Sheet(
                name=str(page.get(f"{space}Name") or f"Sheet{number}"),
                hidden=False,
                rows=rows,
                first_row=1,
                first_col=1,
                merged=tuple(merged),
            )
        )
    if not sheets:
        raise UnreadableWorkbook("no worksheet")
    return Workbook(sheets=tuple(sheets))
