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

from notify.spreadsheet import Column, same_bytes, saved, table
from store.stored_values import StoredProblem

ERROR = PatternFill("solid", fgColor="FFC7C2")
WARNING = PatternFill("solid", fgColor="FFF1B8")
_OURS = tuple(fill.fgColor.rgb[2:] for fill in (ERROR, WARNING))
AUTHOR = "控辍"
MARK = "【回执】"
"""Our part of a note begins with this: a workbook that was marked before comes back mended, and is marked anew."""
_WIDTH, _LINE = 300, 22  # of a note, in points


def annotated(data: bytes, problems: Sequence[StoredProblem], as_of: datetime) -> bytes | None:
    """The workbook with its problems marked; None where it cannot be written back (only .xlsx and .xlsm can).

    Formatting, widths, merged cells and other sheets stay as they are; charts and drawn shapes may not.
    What an earlier receipt marked is taken off first. May need minutes and gigabytes for a sheet formatted
    down to its last row: :class:`notify.units.annotate_process.Marker` sets limits.
    """
    try:
        book = openpyxl.load_workbook(BytesIO(data), keep_vba=has_macros(data))
    except (
        InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError, EOFError, IndexError,
    ):  # fmt: skip
        return None
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if not sheets:
        return None
    first = next(iter(sheets))
    by_sheet: dict[str, list[StoredProblem]] = {}
    for problem in problems:
        by_sheet.setdefault(problem.sheet if problem.sheet in sheets else first, []).append(problem)
    for name, sheet in sheets.items():
        _unmark(sheet)
        _mark(sheet, by_sheet.get(name, ()))
    out = BytesIO()
    book.save(out)
    return same_bytes(out.getvalue(), as_of)


def has_macros(data: bytes) -> bool:
    """Whether a workbook must be called .xlsm: Excel refuses macros in an .xlsx, and an .xlsm without.

    Raises:
        zipfile.BadZipFile: it is no workbook of this kind.
    """
    with zipfile.ZipFile(BytesIO(data)) as package:
        return any(name.endswith("vbaProject.bin") for name in package.namelist())


def _unmark(sheet: Worksheet) -> None:
    """Take off what an earlier receipt put on; a mended cell must not come back red."""
    for cell in list(sheet._cells.values()):
        if not isinstance(cell, Cell) or cell.comment is None or MARK not in cell.comment.text:
            continue
        theirs = cell.comment.text.partition(MARK)[0].rstrip()
        cell.comment = Comment(theirs, cell.comment.author) if theirs else None
        if cell.fill.fill_type == "solid" and str(cell.fill.fgColor.rgb)[2:] in _OURS:
            cell.fill = PatternFill()


def _mark(sheet: Worksheet, problems: Iterable[StoredProblem]) -> None:
    by_cell: dict[str, list[StoredProblem]] = {}
    for problem in problems:
        by_cell.setdefault(problem.cell or (f"A{problem.row}" if problem.row else "A1"), []).append(problem)
    for place, own in by_cell.items():
        cell = _writable(sheet, place)
        cell.fill = ERROR if any(p.severity == "error" for p in own) else WARNING
        said = MARK + "\n".join(dict.fromkeys(p.message for p in own))
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


def listed(name: str, problems: Sequence[StoredProblem], as_of: datetime) -> bytes:
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
