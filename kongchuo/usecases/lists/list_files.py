"""Reads the tables of a file that a person was handed: a list of children, or numbers by unit."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

from config.errors import ConfigError
from config.identity_numbers import read_identity
from config.notice import Notice
from config.text.os_reasons import reason_of
from kongchuo.usecases.lists.list_headings import ABOUT, FindKey, find_list_key
from ledger.results import ListedChild
from parsers.fields.dates import to_iso_date, whole_day
from parsers.fields.person_names import looks_like_name
from parsers.formats.clean_sheets import clean_workbook
from parsers.formats.csv import decode_text, find_delimiter
from parsers.formats.openers import read_sheets
from parsers.formats.sniff import sniff
from parsers.formats.workbook import Sheet, UnreadableWorkbook, Workbook, WorkbookTooLarge
from parsers.records import FileKind

_CHILD = frozenset({"name", "id_number"})
_MORE_OF_CHILDREN = frozenset({"unit", "birth_date", ABOUT})
_LONGEST_HEADING = 40
_NO_YEAR = 1
IsHeading = Callable[[Set[str]], bool]
"""Returns whether a row with columns of these keys is the heading of a wanted table."""
_MOST_SIDE_BY_SIDE, _NARROWEST = 4, 3
"""The most tables side by side, and the least columns of each: 姓名 and 身份证号 alone may be a guardian's."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row below the headings."""

    number: int
    """The row number that the sheet shows."""
    location: str
    """The place in words: 第3行, with the sheet's name if there are several."""
    cells: Sequence[object]
    columns: Mapping[str, int]

    def text(self, key: str) -> str:
        """Returns the text in the column of this key; empty if there is none."""
        return cell_text(self.value(key))

    def value(self, key: str) -> object:
        column = self.columns.get(key)
        return self.cells[column] if column is not None and column < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a sheet: its headings as written, and its recognised columns."""

    sheet: str
    headings: tuple[str, ...]
    columns: Mapping[str, int]
    rows: tuple[TableRow, ...]

    @property
    def lists_children(self) -> bool:
        """Returns whether it gives names and numbers."""
        return self.columns.keys() >= _CHILD


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """The lists of children in a file, and a sentence on each other sheet."""

    tables: tuple[Table, ...]
    left_out: tuple[str, ...]
    hidden: tuple[str, ...]
    """The names of sheets with a list that the file hides."""


def read_tables(file: Path, find_key: FindKey, wanted: frozenset[str]) -> Iterator[Table]:
    """Yields the tables of each sheet: those below one another, and those side by side under headings that repeat.

    Args:
        wanted: keys of counts; a column with one of them beside a unit also makes a table.

    Raises:
        ConfigError: the file cannot be read.
    """
    sheets = _sheets(file)
    for sheet in sheets:
        yield from _tables_of(
            sheet,
            f"“{sheet.name}”" if len(sheets) > 1 else "",
            find_key,
            lambda keys: keys >= _CHILD or ("unit" in keys and bool(keys & wanted)),
        )


def read_list(file: Path, notice: Notice) -> ListFile:
    """Returns every list of children in a file, and why the other sheets are none.

    A list without identity numbers counts if it has more columns on children than names, or if the file has no
    other.

    Raises:
        ConfigError: the file cannot be read.
    """
    sheets = _sheets(file)
    for is_heading in (_heads_a_list, _heads_names):
        found = _read_lists(sheets, notice, is_heading)
        if found.tables:
            return found
    return found


def _read_lists(sheets: Sequence[Sheet], notice: Notice, is_heading: IsHeading) -> ListFile:
    find_key = find_list_key(notice)
    tables: list[Table] = []
    left_out: list[str] = []
    blank: list[str] = []
    hidden: list[str] = []
    for sheet in sheets:
        where = f"“{sheet.name}”" if len(sheets) > 1 else ""
        lists = [
            table
            for table in _tables_of(sheet, where, find_key, is_heading)
            if any(read_children(table, notice, []))
        ]
        if lists:
            tables += lists
            hidden += [sheet.name] if sheet.hidden else []
        elif not any(cell_text(cell) for row in sheet.rows for cell in row):
            blank.append(f"“{sheet.name}”")
        else:
            left_out.append(f"“{sheet.name}”{_why_no_list(sheet, find_key)}")
    if blank:
        left_out.append(f"{''.join(blank)}是空表")
    return ListFile(tables=tuple(tables), left_out=tuple(left_out), hidden=tuple(hidden))


def _heads_a_list(keys: Set[str]) -> bool:
    return keys >= _CHILD or ("name" in keys and bool(keys & _MORE_OF_CHILDREN))


def _heads_names(keys: Set[str]) -> bool:
    return "name" in keys


def _why_no_list(sheet: Sheet, find_key: FindKey) -> str:
    known = [_known_columns(row, find_key).keys() & _CHILD for row in sheet.rows]
    if _CHILD in known:
        return "有表头,下面没有学生"
    if {"name"} in known:
        return "只有“姓名”,没有“身份证号”和学生的其他情况,看不出是不是学生名单:是的,请补上再核查"
    if {"id_number"} in known:
        return "没有“姓名”一列,不能逐人核查:请补上这一列再核查"
    return "不是学生名单:没有“姓名”“身份证号”两列"


def _tables_of(sheet: Sheet, where: str, find_key: FindKey, is_heading: IsHeading) -> Iterator[Table]:
    heads = list(_find_heads(sheet.rows, find_key, is_heading))
    starts = [head.first for head in heads]
    tables: list[Table] = []
    for head, end in zip(heads, [*starts[1:], len(sheet.rows)], strict=False):
        while end < len(sheet.rows) and end > head.below and _is_title(sheet.rows[end - 1]):
            end -= 1  # a title above the next headings is no child
        for part in _side_by_side(list(map(cell_text, head.cells))):
            own = head.cells[part]
            columns = _known_columns(own, find_key)
            rows = tuple(
                TableRow(
                    sheet.first_row + number,
                    f"{where}第{sheet.first_row + number}行",
                    sheet.rows[number][part],
                    columns,
                )
                for number in range(head.below, end)
            )
            written = list(map(cell_text, own))
            while not written[-1]:
                written.pop()
            table = Table(sheet.name, tuple(written), columns, rows)
            same = next((index for index, one in enumerate(tables) if one.headings == table.headings), None)
            if same is None:
                tables.append(table)
            else:  # headings that are printed again, or the second half of a list
                tables[same] = replace(tables[same], rows=(*tables[same].rows, *rows))
    yield from tables


@dataclass(frozen=True, slots=True)
class _Head:
    """The headings of a table, in one row, or in two of which the lower one has priority."""

    first: int
    below: int
    """The index of the first row below the headings."""
    cells: Sequence[object]


def _find_heads(
    rows: Sequence[Sequence[object]], find_key: FindKey, is_heading: IsHeading
) -> Iterator[_Head]:
    index = 0
    while index < len(rows):
        head = _Head(index, index + 1, rows[index])
        keys = _known_columns(rows[index], find_key).keys()
        if keys & _CHILD and not keys >= _CHILD and index + 1 < len(rows):
            below = _known_columns(rows[index + 1], find_key).keys()
            both = _in_one_row(rows[index], rows[index + 1])
            if below and (joined := _known_columns(both, find_key).keys()) > keys:
                head, keys = _Head(index, index + 2, both), joined
        if is_heading(keys):
            yield head
            index = head.below
        else:
            index += 1


def _in_one_row(upper: Sequence[object], lower: Sequence[object]) -> list[object]:
    width = max(len(upper), len(lower))
    cells = zip(
        [*upper, *[None] * (width - len(upper))], [*lower, *[None] * (width - len(lower))], strict=True
    )
    return [below if cell_text(below) else above for above, below in cells]


def _known_columns(row: Sequence[object], find_key: FindKey) -> dict[str, int]:
    columns: dict[str, int] = {}
    for column, cell in enumerate(row):
        if (
            (text := cell_text(cell))
            and len(text) <= _LONGEST_HEADING
            and (key := find_key(text)) is not None
        ):
            columns.setdefault(key, column)
    return columns


def _is_title(row: Sequence[object]) -> bool:
    return sum(bool(cell_text(cell)) for cell in row) <= 1


def _side_by_side(headings: Sequence[str]) -> list[slice]:
    """Returns the columns of tables side by side: headings that repeat as a whole, else all of them."""
    filled = [column for column, heading in enumerate(headings) if heading]
    for parts in range(_MOST_SIDE_BY_SIDE, 1, -1):
        size, rest = divmod(len(filled), parts)
        blocks = [[headings[column] for column in filled[size * n : size * (n + 1)]] for n in range(parts)]
        if not rest and size >= _NARROWEST and all(block == blocks[0] for block in blocks):
            starts = [filled[size * n] for n in range(parts)]
            return [slice(start, end) for start, end in zip(starts, [*starts[1:], None], strict=True)]
    return [slice(None)]


def read_children(
    table: Table, notice: Notice, remarks: list[str], please_check: str = "请核对"
) -> Iterator[tuple[TableRow, ListedChild]]:
    """Yields the rows of a list that name a child, each with the child; doubts are appended to ``remarks``.

    Args:
        please_check: the request in the remark on a wrong number.
    """
    totals = total_words(notice)
    for row in table.rows:
        name = row.text("name").replace(" ", "")
        id_cell = row.value("id_number")
        identity = read_identity(id_cell) if cell_text(id_cell) else None
        if not name and identity is None:
            continue  # a blank row
        if identity is None and (
            _is_total(row, totals) or name.startswith(notice.wording.signatures.below_lists)
        ):
            continue
        if "id_number" not in table.columns:
            if not looks_like_name(name):
                remarks.append(f"{row.location}“{name}”不像姓名,没有核查")
                continue
        elif identity is None or identity.number is None:
            remarks.append(f"{row.location}{name}没有身份证号,只能按姓名对照")
        elif identity.fault is not None:
            remarks.append(f"{row.location}{name}的身份证号有误,{please_check}")
        number = (identity.number or "") if identity else ""
        yield row, ListedChild(name=name, id_number=number, unit=row.text("unit"), birth=_birth(row))


def _birth(row: TableRow) -> str:
    """Returns the birth date in a row if it is a full date; else empty."""
    birth = to_iso_date(row.value("birth_date"), _NO_YEAR)
    day = whole_day(birth)
    return day.isoformat() if day is not None and day.year > _NO_YEAR else ""


def total_words(notice: Notice) -> frozenset[str]:
    """Returns the words that replace a child or unit in a row of totals."""
    return frozenset((*notice.wording.totals, *notice.wording.whole_county))


def _is_total(row: TableRow, totals: Set[str]) -> bool:
    return any(cell_text(cell) in totals for cell in row.cells)


def cell_text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _sheets(file: Path) -> tuple[Sheet, ...]:
    try:
        data = file.read_bytes()
        if file.suffix.lower() == ".csv" and sniff(data) is FileKind.TEXT:  # two columns are a table here
            text = decode_text(data)
            rows = list(csv.reader(StringIO(text, newline=""), delimiter=find_delimiter(text, 2) or ","))
            sheet = Sheet(name="", hidden=False, rows=rows, first_row=1, first_col=1, merged=())
            return clean_workbook(Workbook(sheets=(sheet,))).sheets
        return read_sheets(data).sheets
    except OSError as error:
        raise ConfigError(f"{file} 打不开({reason_of(error)}):请检查路径") from error
    except (UnreadableWorkbook, WorkbookTooLarge, csv.Error) as error:
        raise ConfigError(f"{file} 读不出表格:请另存为 .xlsx 或 .csv 再试") from error
