"""Reads RTF documents as sheets, like ``docx.py``; WPS and old systems also save them as .doc.

It follows the Rich Text Format specification 1.9.1 and reads what a person sees: no hidden or deleted text, no
style sheets, no bytes of pictures.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from parsers.formats.damage import find_damage
from parsers.formats.documents.symbol_fonts import read_letters
from parsers.formats.documents.word_tables import WordTable, as_sheets
from parsers.formats.workbook import (
    PICTURE_TEXT,
    EmptyDocument,
    UnreadableWorkbook,
    Workbook,
    WorkbookTooLarge,
)
from parsers.formats.workbooks.row_marks import is_struck_out

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+"
)
_SKIPPED = frozenset({
    "colortbl", "stylesheet", "info", "fldinst", "objdata", "objclass", "objname", "footer", "footerl", "footerr",
    "footerf", "nonshppict", "generator", "sp", "sn", "sv", "listtable", "listoverridetable", "revtbl", "rsidtbl",
    "themedata", "xmlnstbl", "latentstyles", "datastore", "pgptbl", "filetbl", "template", "annotation",
    "nesttableprops", "bkmkstart", "bkmkend", "comment", "keywords", "title", "author", "operator",
})  # fmt: skip
"""The destinations whose text is not shown."""
_READ_THOUGH_OPTIONAL = frozenset({"shpinst", "shptxt", "shppict"})
r"""The destinations after ``\*`` whose text is shown."""
_CHARACTERS = {
    "tab": " ", "line": "\n", "page": "\n", "sect": "\n", "emdash": "—", "endash": "–", "bullet": "·", "lquote": "‘",
    "rquote": "’", "ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ", "nestcell": " ", "nestrow": "\n",
}  # fmt: skip
_CODECS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5hkscs", 161: "cp1253", 204: "cp1251",
}  # fmt: skip
"""The codecs by the character set of a font (``fcharset``)."""
_SYMBOL_CHARSET = 2
_EDGE_TOLERANCE = 60  # twips, a millimetre: edges of one column that two rows place a little apart
_MAX_COLUMNS, _MAX_ROWS = 512, 60_000


def read_rtf(data: bytes) -> Workbook:
    """Returns every table in order, with the paragraphs before it as rows above.

    Raises:
        EmptyDocument: there is no text in it.
        UnreadableWorkbook: it does not begin as RTF, or its end is missing.
        WorkbookTooLarge: it has more rows or columns than any form.
    """
    start = data.find(b"{\\rtf")
    if start < 0:
        raise UnreadableWorkbook("no RTF")
    if find_damage(data) is not None:
        raise UnreadableWorkbook("cut off")
    sheets = tuple(as_sheets(_Reader(data[start:]).read()))
    if not sheets:
        raise EmptyDocument("no text")
    return Workbook(sheets=sheets)


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """The formatting in force until the current group ends."""

    skipped: bool = False
    is_font_table: bool = False
    font: int = 0
    is_hidden: bool = False
    is_deleted: bool = False
    is_struck: bool = False
    fallback_size: int = 1  # characters after a \u for programs that do not know it


@dataclass(slots=True)
class _CellText:
    """The text of a cell or paragraph, and how many of its characters are struck out."""

    parts: list[str] = field(default_factory=list)
    struck: int = 0
    shown: int = 0
    has_picture: bool = False

    def add(self, text: str, *, is_struck: bool) -> None:
        self.parts.append(text)
        size = len(text.strip())
        self.shown += size
        self.struck += size * is_struck

    @property
    def text(self) -> str:
        return "".join(self.parts).strip() or (PICTURE_TEXT if self.has_picture else "")

    @property
    def is_struck(self) -> bool:
        return 0 < self.shown == self.struck


@dataclass(slots=True)
class _CellShape:
    """The right edge of a cell (``cellx``), and whether it is merged with the cell above or to its left."""

    edge: int = 0
    goes_on_down: bool = False
    goes_on_across: bool = False


class _Reader:
    """Reads the text and tables of one document."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._state = _State()
        self._fonts: dict[int, int] = {}
        self._font_names: dict[int, str] = {}
        self._default_codec = "gb18030"
        self._bytes = bytearray()  # of characters not yet decoded: those of GBK come in two
        self._to_skip = 0
        self._paragraph = _CellText()
        self._in_table = False
        self._shapes: list[_CellShape] = []
        self._shape = _CellShape()
        self._cells: list[_CellText] = []
        self._rows: list[tuple[list[_CellText], list[_CellShape]]] = []

    def read(self) -> Iterator[str | WordTable]:
        groups: list[_State] = []
        position, optional = 0, False
        while (token := _TOKEN.match(self._data, position)) is not None:
            position = token.end()
            word, number, code, symbol, brace, text = token.groups()
            if word is not None:
                name, value = word.decode(), int(number) if number else None
                if name == "bin":
                    position += max(value or 0, 0)
                elif optional and name not in _READ_THOUGH_OPTIONAL:
                    self._state = replace(self._state, skipped=True)
                else:
                    yield from self._take_word(name, value)
            elif brace == b"{":
                self._decode()
                groups.append(self._state)
            elif brace == b"}":
                self._decode()
                if not groups:
                    break
                self._state = groups.pop()
                self._to_skip = 0
            elif code is not None:
                self._take_bytes(bytes.fromhex(code.decode()))
            elif symbol is not None:
                self._take_symbol(symbol)
            elif text is not None:
                self._take_bytes(text)
            optional = symbol == b"*"
        yield from self._end_paragraph()
        yield from self._end_table()

    def _take_word(self, name: str, value: int | None) -> Iterator[str | WordTable]:
        if name == "u":
            self._take_unicode(value or 0)
            return
        self._decode()
        self._to_skip = 0
        is_on = value != 0
        if name in _SKIPPED:
            self._state = replace(self._state, skipped=True)
        elif name == "pict":
            self._paragraph.has_picture = self._paragraph.has_picture or not self._state.skipped
            self._state = replace(self._state, skipped=True)
        elif name == "fonttbl":
            self._state = replace(self._state, is_font_table=True)
        elif name == "f":
            self._state = replace(self._state, font=value or 0)
        elif name == "fcharset" and self._state.is_font_table:
            self._fonts[self._state.font] = value or 0
        elif name == "ansicpg" and value:
            self._default_codec = {936: "gb18030", 950: "big5hkscs"}.get(value, f"cp{value}")
        elif name == "uc":
            self._state = replace(self._state, fallback_size=value if value is not None else 1)
        elif name == "v":
            self._state = replace(self._state, is_hidden=is_on)
        elif name == "deleted":
            self._state = replace(self._state, is_deleted=is_on)
        elif name in ("strike", "striked"):
            self._state = replace(self._state, is_struck=is_on)
        elif name == "plain":
            self._state = replace(self._state, is_hidden=False, is_struck=False)
        elif not self._state.skipped:
            if name in _CHARACTERS:
                self._show(_CHARACTERS[name])
            else:
                yield from self._take_table_word(name, value)

    def _take_table_word(self, name: str, value: int | None) -> Iterator[str | WordTable]:
        match name:
            case "par":
                if self._in_table or self._cells:
                    self._show("\n")
                else:
                    yield from self._end_paragraph()
            case "pard":
                self._in_table = False
            case "intbl":
                self._in_table = True
            case "trowd":
                self._shapes, self._shape = [], _CellShape()
            case "clvmrg":
                self._shape.goes_on_down = True
            case "clmrg":
                self._shape.goes_on_across = True
            case "cellx":
                self._shape.edge = value or 0
                self._shapes.append(self._shape)
                self._shape = _CellShape()
            case "cell":
                self._cells.append(self._paragraph)
                self._paragraph = _CellText()
            case "row":
                self._end_row()

    def _take_symbol(self, symbol: bytes) -> None:
        text = {b"~": " ", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n"}.get(symbol)
        if text is not None:
            self._take_bytes(text.encode())

    def _take_unicode(self, number: int) -> None:
        self._decode()
        # A character beyond the first plane comes as two halves, which are put together when text is shown.
        self._show(chr(number % 0x10000))
        self._to_skip = self._state.fallback_size

    def _take_bytes(self, text: bytes) -> None:
        skipped = min(self._to_skip, len(text))
        self._to_skip -= skipped
        self._bytes += text[skipped:]

    def _decode(self) -> None:
        """Appends the pending bytes as text, decoded by the code page of their font."""
        if not self._bytes:
            return
        raw = bytes(self._bytes)
        self._bytes.clear()
        if self._state.is_font_table:
            name = raw.decode(self._default_codec, "replace").strip(" ;")
            if name:
                self._font_names[self._state.font] = name
            return
        charset = self._fonts.get(self._state.font, 0)
        if charset == _SYMBOL_CHARSET:
            self._show(read_letters(self._font_names.get(self._state.font, ""), raw.decode("latin-1")))
            return
        self._show(_decode_bytes(raw, _CODECS.get(charset, self._default_codec), self._default_codec))

    def _show(self, text: str) -> None:
        state = self._state
        if state.skipped or state.is_font_table or state.is_hidden or state.is_deleted:
            return
        self._paragraph.add(text, is_struck=state.is_struck)

    def _end_paragraph(self) -> Iterator[str | WordTable]:
        self._decode()
        text = _join_halves(self._paragraph.text if self._paragraph.parts else "")
        self._paragraph = _CellText()
        if text:
            yield from self._end_table()
            yield text

    def _end_row(self) -> None:
        if self._cells:
            self._rows.append((self._cells, self._shapes))
        if len(self._cells) > _MAX_COLUMNS or len(self._rows) > _MAX_ROWS:
            raise WorkbookTooLarge("rows or columns")
        self._cells = []

    def _end_table(self) -> Iterator[WordTable]:
        if self._cells:  # cut off inside a row
            self._end_row()
        if self._rows:
            yield _as_table(self._rows)
        self._rows = []


def _decode_bytes(raw: bytes, codec: str, default: str) -> str:
    """Returns bytes decoded by the font's code page; in a western font the document's is tried first."""
    for one in (default, codec) if codec == "cp1252" else (codec, default):
        try:
            return raw.decode(one)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("gb18030", "replace")


def _join_halves(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _as_table(rows: list[tuple[list[_CellText], list[_CellShape]]]) -> WordTable:
    """Returns the rows on one grid; RTF gives the right edge of a cell and not how many columns it spans."""
    edges = _find_edges(rows)
    table = WordTable()
    for number, (cells, shapes) in enumerate(rows, 1):
        row: list[str | None] = []
        for place, cell in enumerate(cells):
            shape = shapes[place] if place < len(shapes) else _CellShape()
            column = len(row) + 1
            last = max(_column_of(shape.edge, edges) if shape.edge else column, column)
            text = _join_halves(cell.text)
            if shape.goes_on_across and table.spans and table.spans[-1][0] == number:
                table.spans[-1][3] = last
                text = ""
            elif above := next(
                (s for s in table.spans if shape.goes_on_down and s[2] == number - 1 and s[1] == column), None
            ):
                above[2] = number
                text = ""
            else:
                table.spans.append([number, column, number, last])
            if cell.has_picture:
                table.pictures.add((number, column))
            row += [text or None, *[None] * (last - column)]
        table.rows.append(list(row))
        filled = [cell for cell in cells if cell.shown]
        if is_struck_out(sum(cell.is_struck for cell in filled), len(filled)):
            table.struck_rows.add(number)
    return table


def _find_edges(rows: list[tuple[list[_CellText], list[_CellShape]]]) -> list[int]:
    edges: list[int] = []
    for edge in sorted({shape.edge for _, shapes in rows for shape in shapes}):
        if not edges or edge - edges[-1] > _EDGE_TOLERANCE:
            edges.append(edge)
    return edges[:_MAX_COLUMNS]


def _column_of(edge: int, edges: list[int]) -> int:
    return min(range(len(edges)), key=lambda n: abs(edges[n] - edge)) + 1
