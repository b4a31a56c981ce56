"""Colours the wrong cells of a unit's own workbook and adds a note to each; pure bytes to bytes."""

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

from config.text.punctuation import set_punctuation
from notify.spreadsheet.sheet_tables import SentenceColumn, SheetColumn, write_table
from notify.spreadsheet.workbook_files import finish_workbook, save_workbook
from parsers.own_workbooks import NOTE_PREFIX
from store.stored_values import StoredProblem

ERROR_FILL = PatternFill("solid", fgColor="FFC7C2")
WARNING_FILL = PatternFill("solid", fgColor="FFF1B8")
_OUR_COLOURS = tuple(fill.fgColor.rgb[2:] for fill in (ERROR_FILL, WARNING_FILL))
NOTE_AUTHOR = "控辍"
_WIDTH, _LINE = 300, 22  # of a note, in points


def add_problem_marks(data: bytes, problems: Sequence[StoredProblem], as_of: datetime) -> bytes | None:
    """The workbook with its problems marked; None where it cannot be written back (only .xlsx and .xlsm can).

    Formatting, widths, merged cells and other sheets stay as they are; charts and drawn shapes may not.
    What an earlier receipt marked is taken off first. May need minutes and gigabytes for a sheet formatted
    down to its last row: :class:`notify.units.marking_process.WorkbookMarker` sets limits.
    """
    try:
        workbook = openpyxl.load_workbook(BytesIO(data), keep_vba=has_macros(data))
    except (
        InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError, EOFError, IndexError,
    ):  # fmt: skip
        return None
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}
    if not sheets:
        return None
    first = next(iter(sheets))
    by_sheet: dict[str, list[StoredProblem]] = {}
    for problem in problems:
        by_sheet.setdefault(problem.sheet if problem.sheet in sheets else first, []).append(problem)
    for name, sheet in sheets.items():
        _remove_marks(sheet)
        _mark_cells(sheet, by_sheet.get(name, ()))
    out = BytesIO()
    workbook.save(out)
    return finish_workbook(out.getvalue(), as_of)


def has_macros(data: bytes) -> bool:
    """Whether a workbook must be called .xlsm: Excel refuses macros in an .xlsx, and an .xlsm without.

    Raises:
        zipfile.BadZipFile: it is no workbook of this kind.
    """
    with zipfile.ZipFile(BytesIO(data)) as package:
        return any(name.endswith("vbaProject.bin") for name in package.namelist())


def _remove_marks(sheet: Worksheet) -> None:
    """Takes off the marks of an earlier receipt: a corrected cell must not come back red."""
    for cell in list(sheet._cells.values()):
        if not isinstance(cell, Cell) or cell.comment is None or NOTE_PREFIX not in cell.comment.text:
            continue
        unit_note = cell.comment.text.partition(NOTE_PREFIX)[0].rstrip()
        cell.comment = Comment(unit_note, cell.comment.author) if unit_note else None
        if cell.fill.fill_type == "solid" and str(cell.fill.fgColor.rgb)[2:] in _OUR_COLOURS:
            cell.fill = PatternFill()


def _mark_cells(sheet: Worksheet, problems: Iterable[StoredProblem]) -> None:
    by_cell: dict[str, list[StoredProblem]] = {}
    for problem in problems:
        by_cell.setdefault(problem.cell or (f"A{problem.row}" if problem.row else "A1"), []).append(problem)
    for reference, cell_problems in by_cell.items():
        cell = _writable_cell(sheet, reference.partition(":")[0])
        cell.fill = ERROR_FILL if any(p.severity == "error" for p in cell_problems) else WARNING_FILL
        note_text = NOTE_PREFIX + "\n".join(dict.fromkeys(set_punctuation(p.message) for p in cell_problems))
        note_before = f"{cell.comment.text}\n" if cell.comment else ""
        note = Comment(note_before + note_text, NOTE_AUTHOR)
        note.width, note.height = _WIDTH, _LINE * (2 + len(note_text) // 18 + note_text.count("\n"))
        cell.comment = note


def _writable_cell(sheet: Worksheet, reference: str) -> Cell:
    """The cell, or the top left one of the merged area that it is in."""
    cell = sheet[reference]
    if isinstance(cell, MergedCell):
        merged_range = next(each for each in sheet.merged_cells.ranges if reference in each)
        cell = sheet.cell(merged_range.min_row, merged_range.min_col)
    assert isinstance(cell, Cell)
    return cell


def build_problem_list(name: str, problems: Sequence[StoredProblem], as_of: datetime) -> bytes:
    """A new workbook that lists the problems, for a file that cannot be written back."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "需更正"
    write_table(
        sheet,
        [
            SheetColumn("序号", 6),
            SheetColumn("工作表", 14),
            SheetColumn("行", 7),
            SheetColumn("单元格", 9),
            SheetColumn("填的是", 24, wrap=True),
            SentenceColumn("问题与改法", 60, wrap=True),
        ],
        [(number, p.sheet, p.row, p.cell, p.value, p.message) for number, p in enumerate(problems, start=1)],
        filtered=True,
    )
    return save_workbook(workbook, title=name, author=NOTE_AUTHOR, as_of=as_of)
