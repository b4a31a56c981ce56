"""A unit's own workbook back, each wrong cell coloured and told in a note what to do; pure bytes to bytes."""

import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO

import openpyxl
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from notify.paper import Column, same_bytes, saved, table
from store.facts import ProblemFact

ERROR = PatternFill("solid", fgColor="FFC7C2")
WARNING = PatternFill("solid", fgColor="FFF1B8")
AUTHOR = "控辍"
_WIDTH, _LINE = 300, 22  # of a note, in points


def annotated(data: bytes, problems: Sequence[ProblemFact], as_of: datetime) -> bytes | None:
    """The workbook with its problems marked; None where it cannot be written back (only .xlsx and .xlsm can).

    Formatting, widths, merged cells and other sheets stay as they are; pictures and charts may not.
    """
    try:
        macros = _has_macros(data)
        book = openpyxl.load_workbook(BytesIO(data), keep_vba=macros)
    except (
        InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError, EOFError, IndexError,
    ):  # fmt: skip
        return None
    by_sheet: dict[str, list[ProblemFact]] = {}
    for problem in problems:
        name = problem.sheet if problem.sheet in book.sheetnames else book.sheetnames[0]
        by_sheet.setdefault(name, []).append(problem)
    for name, own in by_sheet.items():
        sheet = book[name]
        if isinstance(sheet, Worksheet):
            _mark(sheet, own)
    out = BytesIO()
    book.save(out)
    return same_bytes(out.getvalue(), as_of)


def _has_macros(data: bytes) -> bool:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return any(name.endswith("vbaProject.bin") for name in package.namelist())


def _mark(sheet: Worksheet, problems: Iterable[ProblemFact]) -> None:
    by_cell: dict[str, list[ProblemFact]] = {}
    for problem in problems:
        by_cell.setdefault(problem.cell or (f"A{problem.row}" if problem.row else "A1"), []).append(problem)
    for place, own in by_cell.items():
        cell = _writable(sheet, place)
        cell.fill = ERROR if any(p.severity == "error" for p in own) else WARNING
        said = "\n".join(dict.fromkeys(p.message for p in own))
        old = f"{cell.comment.text}\n" if cell.comment else ""
        note = Comment(old + said, AUTHOR)
        note.width, note.height = _WIDTH, _LINE * (2 + len(said) // 18 + said.count("\n"))
        cell.comment = note


def _writable(sheet: Worksheet, place: str) -> Cell:
    """The cell, or the top left one of the merged area that it is in."""
    cell = sheet[place]
    if isinstance(cell, MergedCell):
        area = next(each for each in sheet.merged_cells.ranges if place in each)
        cell = sheet.cell(area.min_row, area.min_col)
    assert isinstance(cell, Cell)
    return cell


def listed(name: str, problems: Sequence[ProblemFact], as_of: datetime) -> bytes:
    """A new workbook that lists the problems, for a file that cannot be written back."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "需更正"
    table(
        sheet,
        [
            Column("序号", 6),
            Column("工作表", 14),
            Column("行", 7),
            Column("单元格", 9),
            Column("填的是", 24, wrap=True),
            Column("问题与改法", 60, wrap=True),
        ],
        [(number, p.sheet, p.row, p.cell, p.value, p.message) for number, p in enumerate(problems, start=1)],
        filtered=True,
    )
    return saved(book, title=name, author=AUTHOR, as_of=as_of)
