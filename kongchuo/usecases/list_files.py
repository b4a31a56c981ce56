"""Reads the tables of a file that a person was handed: a list of children, or numbers by unit."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from config.errors import ConfigError
from config.identity_numbers import read_identity
from config.notice import Notice
from ledger.lists.listed_children import ListedChild
from parsers.formats.clean_sheets import clean_workbook
from parsers.formats.csv import decode_text
from parsers.formats.sniff import sniff
from parsers.formats.workbook import Sheet, UnreadableWorkbook, Workbook, WorkbookTooLarge
from parsers.forms.headings.heading_text import fold_heading
from parsers.read_file import read_sheets
from parsers.records import FileKind

UNIT_HEADINGS = ("单位", "单位名称", "报送单位", "学校(机构)名称", "学校机构名称", "乡镇", "乡镇(街道)")
TOTAL_WORDS = ("合计", "总计", "小计", "全县", "累计")
_SIGNERS = ("填表", "制表", "审核")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row below the headings."""

    number: int
    """As the sheet shows it."""
    location: str
    """第3行, with the sheet's name where there are several."""
    cells: Sequence[object]
    columns: Mapping[str, int]

    def text(self, key: str) -> str:
        """Returns what stands in the column of this key, or nothing."""
        return cell_text(self.value(key))

    def value(self, key: str) -> object:
        column = self.columns.get(key)
        return self.cells[column] if column is not None and column < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Table:
    """The table of one sheet: its headings as written, and which columns are known."""

    headings: tuple[str, ...]
    columns: Mapping[str, int]
    rows: tuple[TableRow, ...]

    @property
    def lists_children(self) -> bool:
        return {"name", "id_number"} <= self.columns.keys()


def keys_by_heading(notice: Notice) -> dict[str, str]:
    """From a folded heading to what stands below it: a child's name and number, its unit."""
    headings: dict[str, list[str]] = {"unit": list(UNIT_HEADINGS)}
    for key, field in (
        ("unit", "household_township"),
        ("unit", "school"),
        ("name", "name"),
        ("id_number", "id_number"),
    ):
        if spec := notice.fields.get(field):
            headings.setdefault(key, []).extend((spec.heading, *spec.synonyms))
    return {fold_heading(word): key for key, words in headings.items() for word in words}


def read_tables(file: Path, headings: Mapping[str, str], wanted: frozenset[str]) -> Iterator[Table]:
    """Yields of each sheet the table below its first row of known headings.

    Args:
        headings: from a folded heading to the key of what stands below it.
        wanted: keys of which one beside a unit makes a table, too.

    Raises:
        ConfigError: the file cannot be read.
    """
    sheets = _sheets(file)
    for sheet in sheets:
        where = f"“{sheet.name}”" if len(sheets) > 1 else ""
        for start, row in enumerate(sheet.rows):
            columns: dict[str, int] = {}
            for column, cell in enumerate(row):
                if (key := headings.get(fold_heading(cell_text(cell)))) is not None:
                    columns.setdefault(key, column)
            if {"name", "id_number"} <= columns.keys() or ("unit" in columns and columns.keys() & wanted):
                rows = tuple(
                    TableRow(
                        sheet.first_row + number, f"{where}第{sheet.first_row + number}行", cells, columns
                    )
                    for number, cells in enumerate(sheet.rows[start + 1 :], start + 1)
                )
                yield Table(tuple(map(cell_text, row)), columns, rows)
                break


def read_children(table: Table, remarks: list[str]) -> Iterator[tuple[TableRow, ListedChild]]:
    """Yields the rows of a list that name a child, each with the child; what a person should look at is remarked."""
    for row in table.rows:
        name = row.text("name").replace(" ", "")
        id_cell = row.value("id_number")
        identity = read_identity(id_cell) if cell_text(id_cell) else None
        if not name and identity is None:
            continue  # a blank row
        if identity is None and (_is_total(row) or name.startswith(_SIGNERS)):
            continue
        if identity is None or identity.number is None:
            remarks.append(f"{row.location}{name}没有身份证号,只能按姓名对照")
        elif identity.fault is not None:
            remarks.append(f"{row.location}{name}的身份证号有误,请核对")
        number = (identity.number or "") if identity else ""
        yield row, ListedChild(name=name, id_number=number, unit=row.text("unit"))


def _is_total(row: TableRow) -> bool:
    return any(cell_text(cell) in TOTAL_WORDS for cell in row.cells)


def cell_text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _sheets(file: Path) -> tuple[Sheet, ...]:
    try:
        data = file.read_bytes()
        if file.suffix.lower() == ".csv" and sniff(data) is FileKind.TEXT:  # two columns are a table here
            rows = list(csv.reader(StringIO(decode_text(data), newline="")))
            sheet = Sheet(name="", hidden=False, rows=rows, first_row=1, first_col=1, merged=())
            return clean_workbook(Workbook(sheets=(sheet,))).sheets
        return read_sheets(data).sheets
    except OSError as error:
        raise ConfigError(f"{file} 打不开({error.strerror}):请检查路径") from error
    except (UnreadableWorkbook, WorkbookTooLarge, csv.Error) as error:
        raise ConfigError(f"{file} 读不出表格:请另存为 .xlsx 或 .csv 再试") from error
