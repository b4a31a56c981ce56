"""Reads Word documents before 2007 (.doc, and WPS documents .wps) as sheets."""

from collections.abc import Iterator
from typing import Any

from office_oxide import Document, OfficeOxideError

from parsers.formats.workbook import Cell, Sheet, UnreadableWorkbook, Workbook

_MAX_LINES_ABOVE = 12


def read_doc(data: bytes) -> Workbook:
    """Every table in order, with the paragraphs before it as rows above; as :func:`parsers.formats.word.read_docx`.

    Raises:
        UnreadableWorkbook: it cannot be opened, or is something else in the same container.
    """
    try:
        document = Document.from_bytes(data, "doc")
        ir = document.to_ir()
    except (OfficeOxideError, ValueError, RuntimeError, OSError) as error:
        raise UnreadableWorkbook(str(error)) from error
    sheets = tuple(_sheets(ir))
    if not sheets:
        raise UnreadableWorkbook("empty document")
    return Workbook(sheets=sheets)


def _sheets(ir: dict[str, Any]) -> Iterator[Sheet]:
    lines: list[str] = []
    number = 0
    for section in ir.get("sections", ()):
        for element in section.get("elements", ()):
            if element.get("type") == "table":
                number += 1
                yield _table(element, f"表{number}", lines[-_MAX_LINES_ABOVE:])
                lines = []
            else:
                lines += [line for line in _text(element).splitlines() if line.strip()]
    if lines:
        yield Sheet(
            name="正文", hidden=False, rows=[[line] for line in lines], first_row=1, first_col=1, merged=()
        )


def _table(element: dict[str, Any], name: str, above: list[str]) -> Sheet:
    rows: list[list[Cell]] = []
    merged: list[tuple[int, int, int, int]] = []
    for number, tr in enumerate(element.get("rows", ()), 1):
        row: list[Cell] = []
        for cell in tr.get("cells", ()):
            across, down = max(int(cell.get("col_span") or 1), 1), max(int(cell.get("row_span") or 1), 1)
            if across > 1 or down > 1:
                merged.append((number, len(row) + 1, number + down - 1, len(row) + across))
            row += [_text(cell).strip() or None, *[None] * (across - 1)]
        rows.append(row)
    return Sheet(
        name=name,
        hidden=False,
        rows=[*([line] for line in above), *rows],
        first_row=1 - len(above),
        first_col=1,
        merged=tuple(merged),
    )


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
