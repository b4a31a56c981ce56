"""Reads Word documents as sheets: each table is a sheet, with the paragraphs before it as rows above.

It parses the document's XML itself (ECMA-376 part 1, 17), because python-docx skips content controls, symbols, form
fields and tracked changes. The text is that which a person sees once every change is accepted.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence

from lxml import etree
from lxml.etree import _Element as Element

from parsers.formats.documents.symbol_fonts import BOX, TICK, read_letters, read_symbol
from parsers.formats.documents.word_tables import DocumentSheets, WordTable
from parsers.formats.workbook import (
    PICTURE_TEXT,
    Cell,
    EmptyDocument,
    Sheet,
    UnreadableWorkbook,
    Workbook,
    WorkbookTooLarge,
)
from parsers.formats.workbooks.row_marks import is_struck_out
from parsers.zip_files import open_zip_file

_MAX_XML_BYTES = 100_000_000
_MAX_COLUMNS = 512
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_VML_PICTURE = "{urn:schemas-microsoft-com:vml}imagedata"
_DOCUMENT_RELATION = re.compile(
    rb'<[^>]*\bType="[^"]*/officeDocument"[^>]*\bTarget="([^"]+)"|<[^>]*\bTarget="([^"]+)"[^>]*\bType="[^"]*/officeDocument"'
)
_HEX = re.compile("[0-9A-Fa-f]{1,6}")
_TRANSPARENT = frozenset(
    _W + name for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink", "fldSimple", "ruby", "rubyBase", "dir", "bdo")
) | {_COMPATIBILITY + "AlternateContent", _COMPATIBILITY + "Choice", _COMPATIBILITY + "Fallback"}  # fmt: skip
"""The elements around content that do not change it."""
_UNSEEN = frozenset(
    _W + name for name in ("del", "moveFrom", "delText", "instrText", "delInstrText", "rt", "sdtPr", "pPr", "rPr", "tblPr", "trPr", "tcPr")
)  # fmt: skip


def read_docx(data: bytes) -> Workbook:
    """Returns every table in order; a last sheet without a table holds the paragraphs after the last table.

    ``first_row`` is set so that the first row of the table itself is row 1.

    Raises:
        EmptyDocument: there is no text in it.
        UnreadableWorkbook: it cannot be opened.
        WorkbookTooLarge: it has more than 100 MB of text, or a row has more cells than any form.
    """
    try:
        with open_zip_file(data) as package:
            if (
                sum(info.file_size for info in package.infolist() if info.filename.endswith(".xml"))
                > _MAX_XML_BYTES
            ):
                raise WorkbookTooLarge("document")
            parts = {info.filename.replace("\\", "/").lower(): info for info in package.infolist()}
            body, headers, hidden_styles = _read_parts(package, parts)
        sheets = tuple(_Reader(hidden_styles).read(body, headers))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, AttributeError, TypeError, IndexError, etree.XMLSyntaxError,
            NotImplementedError, EOFError, RuntimeError, zlib.error) as error:  # fmt: skip
        if isinstance(error, WorkbookTooLarge):
            raise
        raise UnreadableWorkbook(repr(error)) from error
    if not sheets:
        raise EmptyDocument("no text")
    return Workbook(sheets=sheets)


def _read_parts(
    package: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]
) -> tuple[Element, list[Element], frozenset[str]]:
    """Returns the body, the header of the first section (if any), and the ids of styles that hide text."""
    relations = package.read(parts["_rels/.rels"]) if "_rels/.rels" in parts else b""
    target = _DOCUMENT_RELATION.search(relations)
    name = (target[1] or target[2]).decode().lstrip("/").lower() if target else "word/document.xml"
    root = _parse(package.read(parts[name]))
    body = root.find(f"{_W}body")
    if body is None:
        raise UnreadableWorkbook("no body")
    folder = posixpath.dirname(name)
    headers = [
        _parse(package.read(parts[part]))
        for part in sorted(parts)
        if re.fullmatch(rf"{re.escape(folder)}/header[0-9]*\.xml", part)
    ]
    styles = f"{folder}/styles.xml"
    hidden = _hidden_styles(_parse(package.read(parts[styles]))) if styles in parts else frozenset()
    return body, headers, hidden


def _parse(xml: bytes) -> Element:
    """Returns the parsed XML; a part that is not well-formed is parsed as far as possible."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True)
    root = etree.fromstring(xml.replace(_STRICT.encode(), _W[1:-1].encode()), parser)
    if root is None:
        raise UnreadableWorkbook("no XML")
    return root


def _hidden_styles(styles: Element) -> frozenset[str]:
    return frozenset(
        style.get(f"{_W}styleId", "")
        for style in styles.iter(f"{_W}style")
        if _is_on(style.find(f"{_W}rPr/{_W}vanish"))
    )


def _is_on(element: Element | None) -> bool:
    """Returns whether a switch element is on, which it is without a value too (17.17.4)."""
    return element is not None and element.get(f"{_W}val", "true") not in ("0", "false", "off")


class _Reader:
    """Reads the paragraphs and tables of one document."""

    def __init__(self, hidden_styles: frozenset[str]) -> None:
        self._hidden_styles = hidden_styles
        self._inner_tables: list[Element] = []

    def read(self, body: Element, headers: Sequence[Element]) -> Iterator[Sheet]:
        lines = [line for header in headers for line in self._lines_of(header)]
        lines = list(dict.fromkeys(line.strip() for line in lines))
        sheets = DocumentSheets()
        sheets.add_lines(lines)
        for block in _blocks(body):
            if block.tag == f"{_W}p":
                sheets.add_lines(self._paragraph_lines(block))
                continue
            table, inner = self._table(block), []
            while self._inner_tables:
                inner.append(self._table(self._inner_tables.pop(0)))
            yield from sheets.add_table(table, inner)
        yield from sheets.finish()

    def _lines_of(self, root: Element) -> list[str]:
        return [line for paragraph in root.iter(f"{_W}p") for line in self._paragraph_lines(paragraph)]

    def _paragraph_lines(self, paragraph: Element) -> list[str]:
        """Returns the lines of a paragraph and of the text boxes in it."""
        return [line for line in re.split(r"[\r\n\v]+", self._text(paragraph)) if line.strip()]

    def _table(self, table: Element) -> WordTable:
        grid = WordTable()
        for tr in _children(table, f"{_W}tr"):
            properties = tr.find(f"{_W}trPr")
            if properties is not None and properties.find(f"{_W}del") is not None:
                continue
            row: list[Cell] = [None] * _number(properties, "gridBefore")
            cells = list(_children(tr, f"{_W}tc"))
            if len(cells) > _MAX_COLUMNS:
                raise WorkbookTooLarge("columns")
            for tc in cells:
                self._add_cell(grid, row, tc)
            grid.rows.append(row[:_MAX_COLUMNS])
            if is_struck_out(sum(map(_is_struck, cells)), sum(cell is not None for cell in row)):
                grid.struck_rows.add(len(grid.rows))
        return grid

    def _add_cell(self, grid: WordTable, row: list[Cell], tc: Element) -> None:
        properties = tc.find(f"{_W}tcPr")
        if properties is not None and properties.find(f"{_W}cellDel") is not None:
            return
        number, column = len(grid.rows) + 1, len(row) + 1
        span = max(_number(properties, "gridSpan", 1), 1)
        if _merge(properties, "vMerge") == "continue":
            start = next((s for s in grid.spans if s[2] == number - 1 and s[1] == column), None)
            if start is not None:
                start[2] = number
            row += [None] * span
            return
        if _merge(properties, "hMerge") == "continue" and grid.spans and grid.spans[-1][0] == number:
            grid.spans[-1][3] = column + span - 1
            row += [None] * span
            return
        grid.spans.append([number, column, number, column + span - 1])
        text = self._cell_text(tc)
        if any(True for _ in tc.iter(_BLIP, _VML_PICTURE)):
            grid.pictures.add((number, column))
            text = text or PICTURE_TEXT
        row += [text or None, *[None] * (span - 1)]

    def _cell_text(self, tc: Element) -> str:
        lines: list[str] = []
        if any(map(_is_invitation, tc.iterancestors(f"{_W}sdt"))):
            return ""
        for block in _blocks(tc):
            if block.tag == f"{_W}p":
                lines += self._paragraph_lines(block)
            else:
                self._inner_tables.append(block)
        return "\n".join(lines).strip()

    def _text(self, node: Element) -> str:
        tag = node.tag
        if not isinstance(tag, str) or tag in _UNSEEN:
            return ""
        if tag == f"{_W}t":
            return node.text or ""
        if tag in (f"{_W}br", f"{_W}cr"):
            return "\n"
        if tag == f"{_W}tab":
            return " "
        if tag == f"{_W}noBreakHyphen":
            return "-"
        if tag == f"{_W}sym":
            code = node.get(f"{_W}char", "")
            return read_symbol(node.get(f"{_W}font", ""), int(code, 16) if _HEX.fullmatch(code) else 0)
        if tag == f"{_W}ffData":
            return _form_field(node)
        if _is_invitation(node):
            return ""
        if tag == f"{_COMPATIBILITY}AlternateContent":  # the same text box for new and old programs
            return next((text for child in node if (text := self._text(child))), "")
        if tag == f"{_W}r" and self._is_hidden(node):
            return ""
        if tag == f"{_W}txbxContent":
            return "".join(f"\n{''.join(map(self._text, block))}" for block in node.iter(f"{_W}p")) + "\n"
        text = "".join(map(self._text, node))
        return _letters_as_symbols(node, text) if tag == f"{_W}r" else text

    def _is_hidden(self, run: Element) -> bool:
        properties = run.find(f"{_W}rPr")
        if properties is None:
            return False
        vanish = properties.find(f"{_W}vanish")
        if vanish is not None:
            return _is_on(vanish)
        style = properties.find(f"{_W}rStyle")
        return style is not None and style.get(f"{_W}val") in self._hidden_styles


def _is_struck(tc: Element) -> bool:
    """Returns whether all text of a cell is struck out, by one line or two (17.3.2.37, 17.3.2.9)."""
    runs = [run for run in tc.iter(f"{_W}r") if "".join(run.itertext(f"{_W}t")).strip()]
    return bool(runs) and all(
        _is_on(run.find(f"{_W}rPr/{_W}strike")) or _is_on(run.find(f"{_W}rPr/{_W}dstrike")) for run in runs
    )


def _blocks(parent: Element) -> Iterator[Element]:
    """Yields paragraphs and tables in order, including those inside content controls and other wrappers."""
    for child in parent:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag == f"{_COMPATIBILITY}AlternateContent":
            yield from _blocks(child[0] if len(child) else child)
        elif child.tag in _TRANSPARENT and not _is_invitation(child):
            yield from _blocks(child)


def _is_invitation(node: Element) -> bool:
    """Returns whether a node is a content control that still shows 单击此处输入文字 (17.5.2.39), so that nothing was entered."""
    return node.tag == f"{_W}sdt" and _is_on(node.find(f"{_W}sdtPr/{_W}showingPlcHdr"))


def _children(parent: Element, tag: str) -> Iterator[Element]:
    """Yields the rows of a table or the cells of a row, including those inside content controls."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _TRANSPARENT:
            yield from _children(child, tag)


def _number(properties: Element | None, name: str, default: int = 0) -> int:
    element = properties.find(f"{_W}{name}") if properties is not None else None
    text = element.get(f"{_W}val", "") if element is not None else ""
    return min(int(text), _MAX_COLUMNS) if re.fullmatch("[0-9]{1,6}", text) else default


def _merge(properties: Element | None, name: str) -> str | None:
    element = properties.find(f"{_W}{name}") if properties is not None else None
    return element.get(f"{_W}val", "continue") if element is not None else None


def _letters_as_symbols(run: Element, text: str) -> str:
    fonts = run.find(f"{_W}rPr/{_W}rFonts")
    return text if fonts is None else read_letters(fonts.get(f"{_W}ascii") or "", text)


def _form_field(data: Element) -> str:
    """Returns what a legacy form field shows (17.16): the chosen entry of a list, or whether a box is ticked."""
    choices = data.find(f"{_W}ddList")
    if choices is not None:
        entries = [entry.get(f"{_W}val", "") for entry in choices.iter(f"{_W}listEntry")]
        chosen = _number(choices, "result", _number(choices, "default"))
        return entries[chosen] if chosen < len(entries) else ""
    box = data.find(f"{_W}checkBox")
    if box is None:
        return ""
    checked = box.find(f"{_W}checked")
    return TICK if _is_on(checked if checked is not None else box.find(f"{_W}default")) else BOX
