"""Writes a planned form as a printable workbook with drop-downs and cell checks; everything but counts and dates is text."""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from math import ceil

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from notify.forms.cell_checks import PLACES_NAME, CheckedColumns, check_column, identity_formula
from notify.forms.form_paper import Paper, lay_out
from notify.forms.form_plan import FormColumn, FormPlan
from notify.spreadsheet.long_table import LINE_HEIGHT, count_lines
from notify.spreadsheet.sheet_tables import BODY_FONT, BORDER, FONT, HEAD_FILL, CellValue, write_cell
from notify.spreadsheet.workbook_files import save_workbook
from parsers.formats.filled_row_marks import HEADING
from parsers.formats.form_origin import PROPERTY, write_mark

_STANDARD_FONT = "宋体"
"""The font whose digits are the unit of column widths; Calibri, openpyxl's default, is not on every computer."""
_OPTIONS_SHEET = "选项"
_PLACES = 17
_SPARE_ROWS = 15
_ROW_HEIGHT = 20.0
_TITLE_SIZE, _TITLE_CHARACTER = 16, 3.4
"""The title's font size in points, and the width of a character in widths of a digit."""
_MOST_ROWS = 3000
"""The last row whose cells are checked; a county's largest school has fewer children."""
_TEXT_FORMAT, _DAY_FORMAT = "@", "yyyy-mm-dd"
_REQUIRED_FILL = PatternFill("solid", fgColor="FCE4D6")
_WRONG_FILL = PatternFill("solid", bgColor="F8CBAD")
_NUMBERED = frozenset({"int"})


def build_form_workbook(plan: FormPlan, *, office: str, as_of: datetime) -> bytes:
    """Returns the workbook; the same plan and day give the same bytes."""
    workbook = Workbook()
    standard = Font(name=_STANDARD_FONT, size=11)
    workbook._fonts = IndexedList([standard])  # type: ignore[attr-defined]
    workbook._named_styles["Normal"].font = standard  # type: ignore[attr-defined]
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = plan.form.key[:31]
    names = _write_options(workbook, plan.columns)
    paper = lay_out(plan.columns)
    plan = replace(plan, columns=paper.columns)
    heading_row = _write_top(sheet, plan, paper)
    first = _write_heading(sheet, plan, heading_row) + 1
    last = _write_rows(sheet, plan, paper, first)
    _write_row_marks(sheet, plan, first)
    _add_checks(sheet, plan, names, first)
    _set_up_paper(sheet, plan, paper, heading_row, first, last)
    mark = StringProperty(name=PROPERTY, value=write_mark(plan.origin))
    workbook.custom_doc_props.append(mark)  # type: ignore[attr-defined]
    workbook.properties.subject = plan.unit.name
    return save_workbook(workbook, title=plan.title, author=office, as_of=as_of)


def _write_options(workbook: Workbook, columns: Sequence[FormColumn]) -> dict[tuple[str, ...], str]:
    """Writes a hidden sheet with the choices, one list a column; returns the cell range of each list."""
    lists = list(dict.fromkeys(column.choices for column in columns if column.choices))
    has_number = any(column.kind == "id" for column in columns)
    if not lists and not has_number:
        return {}
    sheet = workbook.create_sheet(_OPTIONS_SHEET)
    sheet.sheet_state = "hidden"
    names = {}
    for position, choices in enumerate(lists, start=1):
        letter = get_column_letter(position)
        for row, choice in enumerate(choices, start=1):
            write_cell(sheet.cell(row, position), choice)
        name = f"kc_list_{position}"
        _define(workbook, name, f"'{_OPTIONS_SHEET}'!${letter}$1:${letter}${len(choices)}")
        names[choices] = name
    if has_number:
        _define(workbook, PLACES_NAME, f"'{_OPTIONS_SHEET}'!$A$1:$A${_PLACES}")
    return names


def _define(workbook: Workbook, name: str, cells: str) -> None:
    workbook.defined_names[name] = DefinedName(name, attr_text=cells)


def _write_top(sheet: Worksheet, plan: FormPlan, paper: Paper) -> int:
    """Writes form, title, unit and notes above the first page's columns; returns the row of the heading."""
    start, end = paper.repeated + 1 if len(paper.ends) > 1 else 1, paper.ends[0]
    width = sum(column.width for column in paper.columns[start - 1 : end])
    sheet["A1"] = plan.form.key
    sheet["A1"].font = Font(name=FONT, size=10)
    sheet.row_dimensions[1].height = LINE_HEIGHT
    title = sheet.cell(2, start)
    write_cell(title, plan.title)
    title.font = Font(name=FONT, size=_TITLE_SIZE, bold=True)
    title.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    lines = ceil(len(plan.title) * _TITLE_CHARACTER / width)
    sheet.row_dimensions[2].height = 26.0 * lines
    sheet.merge_cells(start_row=2, end_row=2, start_column=start, end_column=end)
    _write_unit_line(sheet, plan, paper, start, end)
    for row, note in enumerate(plan.notes, start=4):
        cell = sheet.cell(row, start)
        write_cell(cell, note)
        cell.font = Font(name=FONT, size=10, color="7F3F00")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.merge_cells(start_row=row, end_row=row, start_column=start, end_column=end)
        sheet.row_dimensions[row].height = LINE_HEIGHT * count_lines(note, width) + 2
    return 4 + len(plan.notes)


def _write_unit_line(sheet: Worksheet, plan: FormPlan, paper: Paper, start: int, last: int) -> None:
    """Writes the parts of the line over columns in proportion; in a narrow form the others go on the next line."""
    columns = paper.columns
    share = sum(column.width for column in columns[start - 1 : last]) / len(plan.unit_line)
    taken = 0.0
    for number, text in enumerate(plan.unit_line, start=1):
        end = start
        taken += columns[start - 1].width
        while end < last and (
            number == len(plan.unit_line) or taken + columns[end].width / 2 < share * number
        ):
            end += 1
            taken += columns[end - 1].width
        cell = sheet.cell(3, start)
        write_cell(cell, text)
        cell.font = Font(name=FONT, size=10)
        cell.alignment = Alignment(vertical="center")
        if end > start:
            sheet.merge_cells(start_row=3, end_row=3, start_column=start, end_column=end)
        start = end + 1
        if start > last:
            break
    sheet.row_dimensions[3].height = 20


def _write_heading(sheet: Worksheet, plan: FormPlan, row: int) -> int:
    """Writes one heading row, or two if columns have groups; returns the number of the last one."""
    below = row + 1 if plan.has_groups else row
    lines = [1, 1]
    for position, column in enumerate(plan.columns, start=1):
        for number in range(row, below + 1):
            cell = sheet.cell(number, position)
            cell.font = Font(name=FONT, size=10, bold=True)
            cell.fill = _REQUIRED_FILL if column.required else HEAD_FILL
            cell.border = BORDER
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        heading = f"{column.heading}*" if column.required else column.heading
        sheet.column_dimensions[get_column_letter(position)].width = column.width
        top = row if not column.group else below
        write_cell(sheet.cell(top, position), heading)
        lines[column.group != "" and below > row] = max(
            lines[column.group != "" and below > row], count_lines(heading, column.width)
        )
        if not column.group and below > row:
            sheet.merge_cells(start_row=row, end_row=below, start_column=position, end_column=position)
    for group in dict.fromkeys(column.group for column in plan.columns if column.group):
        positions = [place for place, column in enumerate(plan.columns, start=1) if column.group == group]
        write_cell(sheet.cell(row, positions[0]), group)
        sheet.merge_cells(start_row=row, end_row=row, start_column=positions[0], end_column=positions[-1])
    if below > row:
        sheet.row_dimensions[row].height = LINE_HEIGHT + 3
        sheet.row_dimensions[below].height = LINE_HEIGHT * max(lines[1], lines[0] - 1) + 3
    else:
        sheet.row_dimensions[row].height = LINE_HEIGHT * lines[0] + 3
    return below


def _write_rows(sheet: Worksheet, plan: FormPlan, paper: Paper, first: int) -> int:
    """Writes the prefilled rows and some blank ones; returns the last one."""
    styles = [_style(sheet, column) for column in plan.columns]
    for position, column in enumerate(plan.columns, start=1):  # for rows below these, too
        sheet.column_dimensions[get_column_letter(position)].number_format = _number_format(column)
    above = sum(sheet.row_dimensions[row].height or LINE_HEIGHT for row in range(1, first))
    on_one_page = int((paper.height - above) // _ROW_HEIGHT)
    last = first + max(len(plan.rows) + _SPARE_ROWS if plan.rows else 0, on_one_page) - 1
    has_seq = any(column.key == "seq" for column in plan.columns)
    for row in range(first, last + 1):
        filled: Sequence[CellValue] = (
            plan.rows[row - first] if row - first < len(plan.rows) else [None] * len(plan.columns)
        )
        lines = 1
        for position, (column, style, value) in enumerate(
            zip(plan.columns, styles, filled, strict=True), start=1
        ):
            cell = sheet.cell(row, position)
            if value is not None:
                write_cell(cell, value)
                lines = max(lines, count_lines(value, column.width) if isinstance(value, str) else 1)
            elif has_seq and column.key == "seq":
                cell.value = row - first + 1
            cell._style = copy(style)  # type: ignore[union-attr]
        sheet.row_dimensions[row].height = LINE_HEIGHT * lines + _ROW_HEIGHT - LINE_HEIGHT
    return last


def _write_row_marks(sheet: Worksheet, plan: FormPlan, first: int) -> None:
    """Writes the row marks into a hidden column next to the last, so that they are sorted with their rows."""
    if not any(plan.row_marks):
        return
    position = len(plan.columns) + 1
    sheet.cell(first - 1, position).value = HEADING
    for row, mark in enumerate(plan.row_marks, start=first):
        if mark is not None:
            cell = sheet.cell(row, position)
            cell.value, cell.number_format = mark, _TEXT_FORMAT
    sheet.column_dimensions[get_column_letter(position)].hidden = True


def _number_format(column: FormColumn) -> str:
    if column.is_date:
        return _DAY_FORMAT
    return "General" if column.kind in _NUMBERED else _TEXT_FORMAT


def _style(sheet: Worksheet, column: FormColumn) -> StyleArray:
    """Returns the style of a column's cells, made once."""
    cell = Cell(sheet, row=1, column=1)
    cell.font, cell.border = BODY_FONT, BORDER
    centred = column.is_date or column.kind in ("int", "sex", "bool", "name", "ethnicity", "grade", "class")
    cell.alignment = Alignment(
        horizontal="center" if centred else None,
        vertical="center",
        wrap_text=column.kind not in ("id", "date"),
    )
    cell.number_format = _number_format(column)
    style: StyleArray = cell._style  # type: ignore[attr-defined]
    return style


def _add_checks(sheet: Worksheet, plan: FormPlan, names: dict[tuple[str, ...], str], first: int) -> None:
    letters = {
        (column.key, column.visit): get_column_letter(position)
        for position, column in enumerate(plan.columns, start=1)
        if column.part in (None, "date")
    }
    last = first + max(_MOST_ROWS, 2 * len(plan.rows))
    checked = CheckedColumns(form=plan.form, letters=letters, first=first, last=last)
    for position, column in enumerate(plan.columns, start=1):
        check = check_column(column, position, checked, names.get(column.choices))
        if check is not None:
            sheet.add_data_validation(check)
        if column.kind == "id":  # what is pasted is not checked as it comes in, but turns red
            letter = get_column_letter(position)
            wrong = f'AND({letter}{first}<>"",ISERROR(1/{identity_formula(f"{letter}{first}")}))'
            sheet.conditional_formatting.add(
                f"{letter}{first}:{letter}{last}",
                FormulaRule(formula=[wrong], fill=_WRONG_FILL),  # type: ignore[no-untyped-call]
            )


def _set_up_paper(
    sheet: Worksheet, plan: FormPlan, paper: Paper, heading_row: int, first: int, last: int
) -> None:
    sheet.freeze_panes = f"{get_column_letter(paper.repeated + 1)}{first}"
    sheet.print_title_rows = f"{heading_row}:{first - 1}"
    if len(paper.ends) > 1 and paper.repeated:
        sheet.print_title_cols = f"A:{get_column_letter(paper.repeated)}"
        for end in paper.ends[:-1]:
            sheet.col_breaks.append(Break(id=end))
    if len(paper.ends) > 1:
        sheet.page_setup.scale = paper.scale
    sheet.print_options.horizontalCentered = True
    sheet.print_area = f"A1:{get_column_letter(len(plan.columns))}{last}"
