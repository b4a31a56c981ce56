"""Reads Word documents before 2007 (.doc, and WPS documents .wps) as sheets."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import olefile

from config.installation.extras import Extra, is_installed
from parsers.formats.documents.word_programs import read_by_program
from parsers.formats.documents.word_tables import WordTable, as_sheets
from parsers.formats.workbook import Cell, EmptyDocument, UnreadableWorkbook, Workbook

_OBJECTS = "ObjectPool"  # [MS-DOC] 2.1.5
_FILES = frozenset({"Workbook", "Book", "WordDocument", "Package", "CONTENTS", "\x01Ole10Native"})
"""The streams with objects that people insert: workbooks, documents, files behind an icon."""


def read_doc(data: bytes) -> Workbook:
    """Returns every table in order, with the paragraphs before it as rows above, like ``docx.read_docx``.

    Raises:
        EmptyDocument: there is no text in it.
        NoReaderInstalled: neither the library nor a program for such files is installed.
        UnreadableWorkbook: it cannot be opened, or is something else in the same container.
    """
    if not is_installed(Extra.DOC):
        return replace(read_by_program(data), unread=_find_unread(data))
    from office_oxide import Document, OfficeOxideError  # an extra

    try:
        document = Document.from_bytes(data, "doc")
        ir = document.to_ir()
    except (OfficeOxideError, ValueError, RuntimeError, OSError) as error:
        raise UnreadableWorkbook(str(error)) from error
    sheets = tuple(as_sheets(_blocks(ir)))  # the library may make a table of each row
    if not sheets:
        raise EmptyDocument("no text")
    return Workbook(sheets=sheets, unread=_find_unread(data))


def _find_unread(data: bytes) -> tuple[str, ...]:
    """Returns in Chinese which embedded objects of a document are not read; formulas and drawings are not counted."""
    if _OBJECTS.encode("utf-16-le") not in data:
        return ()
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            paths = file.listdir()
    except (OSError, ValueError, IndexError, TypeError):
        return ("文档里嵌入的内容",)
    inserted = {path[1] for path in paths if path[0] == _OBJECTS and len(path) > 2 and path[-1] in _FILES}
    return (f"文档里嵌入的{len(inserted)}个表格或文件",) if inserted else ()


def _blocks(ir: dict[str, Any]) -> Iterator[str | WordTable]:
    for section in ir.get("sections", ()):
        for element in section.get("elements", ()):
            yield _table(element) if element.get("type") == "table" else _text(element)


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
    """Returns all text below a node, one line a paragraph."""
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
