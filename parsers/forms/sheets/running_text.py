"""Reads a sheet without headings: a sentence that is a zero report, or rows of an unknown form."""

from config.notice import Notice
from parsers.formats.workbook import Sheet
from parsers.forms.classify import find_form_by_title
from parsers.forms.left_over.child_mentions import is_id_number
from parsers.forms.sheet_rows import count_filled, row_text
from parsers.forms.sheets.workbook_content import WorkbookContent
from parsers.forms.stated_unit import find_stated_unit
from parsers.forms.zero_report import is_nil_line
from parsers.records import ParsedForm, Signal


def read_running_text(sheet: Sheet, notice: Notice) -> WorkbookContent:
    """Returns the zero report that the text is; a sheet with identity numbers is listed as unrecognised."""
    lines = [line for row in sheet.rows[:2000] if (line := row_text(row))][:60]
    titles = [
        row_text(row) for row in sheet.rows[:60] if 1 <= count_filled(row) <= 2
    ]  # a row with more cells is no title
    title = find_form_by_title(titles, notice)
    if title is not None and notice.form(title).nil_allowed:
        spec = notice.form(title)
        if any(is_nil_line(line, notice) for line in lines):
            basis = Signal(source="title", value=title, weight=10.0, text=next(iter(lines))[:80])
            return WorkbookContent(
                forms=(
                    ParsedForm(
                        form=spec.key,
                        sheet=sheet.name,
                        title=next(line for line in titles if find_form_by_title([line], notice))[:200],
                        stated_unit=find_stated_unit(lines, notice),
                        unit_values=(),
                        nil=True,
                        signals=(basis,),
                    ),
                ),
                form_hint=title,
            )
    students = any(is_id_number(cell) for row in sheet.rows for cell in row)
    return WorkbookContent(unrecognised_sheets=(sheet.name,) if students else (), form_hint=title)
