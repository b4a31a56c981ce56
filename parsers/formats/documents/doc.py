"""Reads Word documents before 2007 (.doc, and WPS documents .wps) as sheets."""

from collections.abc import Iterator
from typing import Any

from office_oxide import Document, OfficeOxideError

from parsers.formats.documents.word_tables import WordTable, as_sheet, continues
from parsers.formats.workbook import Cell, EmptyDocument, Sheet, UnreadableWorkbook, Workbook

_MAX_LINES_ABOVE = 12


def read_doc(data: bytes) -> Workbook:
    """Every table in order, with the paragraphs before it as rows above; as :func:`parsers.formats.documents.docx.read_docx`.

    Raises:
        EmptyDocument: there is no text in it.
        UnreadableWorkbook: it cannot be opened, or is something else in the same container.
    """
    try:
        document = Document.from_bytes(data, "doc")
        ir = document.to_ir()
    except (OfficeOxideError, ValueError, RuntimeError, OSError) as error:
        raise UnreadableWorkbook(str(error)) from error
    sheets = tuple(_sheets(ir))
    if not sheets:
        raise EmptyDocument("no text")
    return Workbook(sheets=sheets)


def _sheets(ir: dict[str, Any]) -> Iterator[Sheet]:
    lines: list[str] = []
    above: list[str] = []
    number = 0
    previous: WordTable | None = None
    for section in ir.get("sections", ()):
        for element in section.get("elements", ()):
            if element.get("type") != "table":
                lines += [line for line in _text(element).splitlines() if line.strip()]
                continue
            table = _table(element)
            if previous is not None and continues(previous, table, lines):
                previous.append(table)  # the library may make a table of each row
                lines = []
                continue
            if previous is not None:
                number += 1
                yield as_sheet(previous, f"表{number}", above)
            previous, above, lines = table, lines[-_MAX_LINES_ABOVE:], []
    if previous is not None:
        yield as_sheet(previous, f"表{number + 1}", above)
    if lines:
        yield Sheet(
            name="正文", hidden=False, rows=[[line] for line in lines], first_row=1, first_col=1, merged=()
        )


def _table(element: dict[str, Any]) -> WordTable:
    table = WordTable()
    for number, tr in enumerate(element.get("rows", ()), 1):
        row: list[Cell] = []
        for cell in tr.get("cells", ()):
            across, down = max(int(cell.get("col_span") or 1), 1), max(int(cell.get("row_span") or 1), 1)
            if across > 1 or down > 1:
                table.spans.append([number, len(row) + 1, number + down - 1, len(row) + across])
            row += [_text(cell).strip() or None, *[None] * (across - 1)]
        table.rows.append(row)
    return table


def _text(node: Any) -> str:
    """All text below a node, a line a paragraph."""
    if isinstance(node, str):
        return node
    if isinstance(node, list):
        return "".join(_text(item) for item in node)
    if isinstance(node, dict):
        if node.get("type") == "text" and isinstance(node.get("text"), str):
            return str(node["text"])
        if node.get("type") == "line_break":
            return "\n"
        inner = "".join(
            _text(node[key])
            for key in ("text", "content", "runs", "children", "items", "elements")
            if key in node
        )
        return inner + ("\n" if node.get("type") in ("paragraph", "heading", "list_item") else "")
    return ""
