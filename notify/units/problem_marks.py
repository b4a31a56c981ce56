"""Colours the wrong cells of a unit's own workbook and adds a note to each; pure bytes to bytes."""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from types import MappingProxyType

import openpyxl
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from config.text.punctuation import set_punctuation
from notify.spreadsheet.sheet_tables import FONT, SentenceColumn, SheetColumn, write_cell, write_table
from notify.spreadsheet.workbook_files import finish_workbook, save_workbook
from parsers.own_workbooks import NOTE_PREFIX
from store.stored_values import StoredProblem

ERROR_FILL = PatternFill("solid", fgColor="FFC7C2")
WARNING_FILL = PatternFill("solid", fgColor="FFF1B8")
_OUR_COLOURS = tuple(fill.fgColor.rgb[2:] for fill in (ERROR_FILL, WARNING_FILL))
NOTE_AUTHOR = "控辍"
SUMMARY = NOTE_PREFIX + "需更正"
"""The sheet of a marked workbook that lists its problems."""
_SUMMARY_HEADING = 3
_LINK_FONT = Font(name=FONT, size=10, color="0563C1", underline="single")
_NOBODY: Mapping[str, str] = MappingProxyType({})
_WIDTH, _LINE = 300, 22  # of a note, in points


def add_problem_marks(
    data: bytes, problems: Sequence[StoredProblem], as_of: datetime, names: Mapping[str, str] = _NOBODY
) -> bytes | None:
    """Returns the workbook with its problems marked; None if it cannot be written back (only .xlsx and .xlsm can).

    Formatting, widths, merged cells and other sheets are kept; charts and drawn shapes may be lost. A first sheet
    lists the problems with links to their cells; readers skip it when it comes back. Marks of an earlier receipt
    are removed. A sheet formatted to its last row may take minutes and gigabytes:
    :class:`notify.units.marking_process.WorkbookMarker` sets limits.

    Args:
        names: maps a row's id to its child's name as it may be shown.
    """
    try:
        workbook = openpyxl.load_workbook(BytesIO(data), keep_vba=has_macros(data))
    except (
        InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError, EOFError, IndexError,
    ):  # fmt: skip
        return None
    for sheet in [one for one in workbook.worksheets if one.title.startswith(NOTE_PREFIX)]:
        workbook.remove(sheet)
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
    if problems:
        _add_summary(workbook, first, problems, names)
    out = BytesIO()
    workbook.save(out)
    return finish_workbook(out.getvalue(), as_of)


def has_macros(data: bytes) -> bool:
    """Returns whether a workbook must be named .xlsm: Excel refuses macros in an .xlsx, and an .xlsm without.

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


def _add_summary(
    workbook: openpyxl.Workbook, first: str, problems: Sequence[StoredProblem], names: Mapping[str, str]
) -> None:
    """Adds a protected first sheet that lists the problems, errors first."""
    sheet = workbook.create_sheet(SUMMARY, 0)
    listed = sorted(problems, key=lambda p: p.severity != "error")
    errors = sum(problem.severity == "error" for problem in problems)
    doubts = len(problems) - errors
    counts = (f"{errors}处必须更正(标红)" if errors else "", f"{doubts}处请核对(标黄)" if doubts else "")
    write_cell(sheet["A1"], set_punctuation("、".join(filter(None, counts))))
    sheet["A1"].font = Font(name=FONT, bold=True, size=13)
    write_cell(
        sheet["A2"], set_punctuation("点“位置”到那一格,直接改好,保存后回复邮件发回。本页由程序生成,不用填。")
    )
    columns = [
        SheetColumn("序号", 6),
        SheetColumn("位置", 20, wrap=True),
        SheetColumn("填的是", 24, wrap=True),
        SentenceColumn("问题与改法", 60, wrap=True),
    ]
    places = [
        _place(problem, first if problem.sheet not in workbook.sheetnames else None) for problem in listed
    ]
    rows = [
        (
            number,
            " ".join(filter(None, (f"{sheet_name}!{reference}", names.get(problem.record_id or "")))),
            problem.value,
            problem.message,
        )
        for number, (problem, (sheet_name, reference)) in enumerate(zip(listed, places, strict=True), start=1)
    ]
    write_table(sheet, columns, rows, heading_row=_SUMMARY_HEADING)
    for row, (problem, (sheet_name, reference)) in enumerate(
        zip(listed, places, strict=True), start=_SUMMARY_HEADING + 1
    ):
        cell = sheet.cell(row, 2)
        quoted = sheet_name.replace("'", "''")
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{reference}")
        cell.font = _LINK_FONT
        sheet.cell(row, 1).fill = ERROR_FILL if problem.severity == "error" else WARNING_FILL
    sheet.freeze_panes = f"A{_SUMMARY_HEADING + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{_SUMMARY_HEADING}:{_SUMMARY_HEADING}"
    sheet.protection.sheet = True
    for other in workbook.worksheets:
        other.sheet_view.tabSelected = other is sheet
    workbook.active = 0


def _place(problem: StoredProblem, sheet: str | None) -> tuple[str, str]:
    """Returns sheet and cell to mark for a problem; ``sheet`` is used if the problem names none of the workbook's."""
    reference = problem.cell or (f"A{problem.row}" if problem.row else "A1")
    return sheet or problem.sheet or "", reference.partition(":")[0]


def _writable_cell(sheet: Worksheet, reference: str) -> Cell:
    """Returns the cell, or the top left cell of its merged area."""
    cell = sheet[reference]
    if isinstance(cell, MergedCell):
        merged_range = next(each for each in sheet.merged_cells.ranges if reference in each)
        cell = sheet.cell(merged_range.min_row, merged_range.min_col)
    assert isinstance(cell, Cell)
    return cell


def build_problem_list(name: str, problems: Sequence[StoredProblem], as_of: datetime) -> bytes:
    """Returns a new workbook that lists the problems, for a file that cannot be written back."""
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
