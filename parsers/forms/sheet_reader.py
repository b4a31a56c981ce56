"""Reads a workbook's sheets into forms: finds the tables of each, reads them, and merges the forms."""

from collections.abc import Sequence
from dataclasses import replace

from config.notice import Notice
from config.units.resolve_unit_names import UnitNames
from parsers.fields.normalise import build_normalisers
from parsers.formats.workbook import Sheet, Workbook
from parsers.forms.classify import Recognition, find_form_by_title
from parsers.forms.headings.bind_columns import Headings
from parsers.forms.layout import MOST_TITLE_LINES, Table, find_tables
from parsers.forms.left_over.account import LeftOver, SheetAccount, leave_out_recorded
from parsers.forms.left_over.child_mentions import is_unit_in_title
from parsers.forms.left_over.filling_notes import is_sheet_of_choices
from parsers.forms.odd_tables.count_tables import is_count_table
from parsers.forms.odd_tables.sheet_shapes import TurnedSheet, continue_table, turn_sheet
from parsers.forms.sheet_rows import count_filled, row_text
from parsers.forms.sheets.cell_comments import take_comments
from parsers.forms.sheets.count_forms import read_counts
from parsers.forms.sheets.merge_forms import (
    merge_by_unit,
    without_answered_conflicts,
    without_old_sheets,
)
from parsers.forms.sheets.running_text import read_running_text
from parsers.forms.sheets.table_reader import TableReader, has_students
from parsers.forms.sheets.text_below import join_text_below
from parsers.forms.sheets.visit_form_reader import VisitFormReader
from parsers.forms.sheets.workbook_content import DecidedForm, SheetSource, WorkbookContent
from parsers.records import ParsedForm, Signal


class SheetReader:
    """Reads workbooks for one notice; build it once, because it caches headings and repeated values."""

    def __init__(self, notice: Notice, names: UnitNames) -> None:
        self.notice, self.names = notice, names
        self._headings = Headings(notice)
        normalisers = build_normalisers(notice, names)
        self._tables = TableReader(notice, names, self._headings, normalisers)
        self._visit_forms = VisitFormReader(notice, names, self._headings, normalisers)

    def read(
        self,
        workbook: Workbook,
        name: str,
        subject: str,
        decided_form: str | None = None,
        made_as: str | None = None,
    ) -> WorkbookContent:
        """Returns the content of every sheet, including hidden ones.

        Args:
            decided_form: the form that a person assigned; in a file with several forms, only to tables without a title.
            made_as: the form of our template the file was made from, by its properties; a title that differs wins.
        """
        decided = DecidedForm(decided_form, self._has_several_forms(workbook)) if decided_form else None
        if decided is None and made_as is not None:
            decided = DecidedForm(made_as, untitled_only=True, source="properties")
        results: list[WorkbookContent] = []
        last: Table | None = None
        workbook = replace(
            workbook, sheets=tuple(join_text_below(workbook.sheets, self._headings, self.notice))
        )
        for sheet in workbook.sheets:
            if sheet.comments_on is not None:
                continue
            tables = find_tables(sheet, self._headings)
            continued = (
                continue_table(last, sheet, self._headings) if last is not None and not tables else None
            )
            if continued is not None and results:
                results[-1] = _without_empty_forms(results[-1])
                tables = (continued,)
            if tables:
                last = _with_title_of(last, tables[-1])
            results.append(self._read_sheet(SheetSource(sheet, name, subject, decided), tables))
        forms = merge_by_unit(
            without_old_sheets([form for part in results for form in part.forms]), self.notice
        )
        whole = WorkbookContent(
            forms=tuple(without_answered_conflicts(forms)),
            unrecognised_sheets=tuple(sheet for part in results for sheet in part.unrecognised_sheets),
            blank_forms=tuple(form for part in results for form in part.blank_forms),
            count_sheets=tuple(sheet for part in results for sheet in part.count_sheets),
            form_hint=next((part.form_hint for part in results if part.form_hint), None),
            signals=tuple(signal for part in results for signal in part.signals),
            left_over=tuple(left_over for part in results for left_over in part.left_over),
        )
        whole = self._claim_untitled_sheets(whole, workbook)
        whole = self._read_comments(whole, [s for s in workbook.sheets if s.comments_on is not None])
        return replace(whole, left_over=leave_out_recorded(whole.left_over, whole.forms))

    def _has_several_forms(self, workbook: Workbook) -> bool:
        """Returns whether the titles of a file's tables name more than one form."""
        titles: set[str | None] = set()
        for sheet in workbook.sheets:
            lines = [row_text(row) for row in sheet.rows[:MOST_TITLE_LINES] if 1 <= count_filled(row) <= 2]
            title = find_form_by_title(lines, self.notice)
            tables = find_tables(sheet, self._headings)
            for table in tables:
                title = find_form_by_title(table.above[-MOST_TITLE_LINES:], self.notice) or title
                if title is not None or has_students(table, self._headings):
                    titles.add(title)
            if not tables and title is not None:
                titles.add(title)
        return len(titles) > 1

    def _read_comments(self, whole: WorkbookContent, comments: Sequence[Sheet]) -> WorkbookContent:
        """Returns the content with comments added to their rows; other comments are left over like any text."""
        forms, rest = take_comments(whole.forms, comments, self.notice)
        left_over = [one for sheet in rest for one in self._find_left_over(SheetAccount(sheet))]
        return replace(whole, forms=forms, left_over=(*whole.left_over, *left_over))

    def _find_left_over(self, account: SheetAccount) -> tuple[LeftOver, ...]:
        return tuple(
            one
            for one in account.find_left_over(self.notice)
            if not one.mentions
            or not all(is_unit_in_title(mention, self.names, self.notice) for mention in one.mentions)
        )

    def _claim_untitled_sheets(self, whole: WorkbookContent, workbook: Workbook) -> WorkbookContent:
        """Returns the content with sheets without title (one a village, one a class) read as the form of the sheet beside."""
        titled = {form.form for form in whole.forms}
        if not whole.unrecognised_sheets or len(titled) != 1:
            return whole
        title = next(form.title for form in whole.forms)
        spec = self.notice.form(titled.pop())
        more: list[ParsedForm] = []
        unclaimed: list[str] = []
        left_over = list(whole.left_over)
        for sheet in workbook.sheets:
            if sheet.name not in whole.unrecognised_sheets:
                continue
            tables = find_tables(sheet, self._headings)
            bound = [(table, self._headings.bind(spec, table.heading_levels)) for table in tables]
            account = SheetAccount(sheet)
            if (grid := self._visit_forms.read_grid_of(spec.key, sheet, tables, account)) is not None:
                more += grid.forms
                left_over += self._find_left_over(account)
            elif bound and all(set(spec.columns) <= binding.keys for _, binding in bound):
                basis = Signal(source="sheet", value=spec.key, weight=1.0, text=f"同一工作簿:{title}"[:80])
                recognition = Recognition(spec.key, (basis,), spec.key)
                more += [
                    self._tables.read_table(table, spec, recognition, binding, account)[0]
                    for table, binding in bound
                ]
                left_over += self._find_left_over(account)
            else:
                unclaimed.append(sheet.name)
        return replace(
            whole,
            forms=(*whole.forms, *more),
            unrecognised_sheets=tuple(unclaimed),
            left_over=tuple(left_over),
        )

    def _read_sheet(self, source: SheetSource, tables: Sequence[Table]) -> WorkbookContent:
        turned = None if tables else self._turn_sheet(source.sheet)
        if turned is not None:
            source = replace(source, sheet=turned.sheet)
            tables = find_tables(turned.sheet, self._headings)
        sheet = source.sheet
        if is_sheet_of_choices(sheet, self.notice, self._headings, self.names):
            return WorkbookContent()
        account = SheetAccount(sheet)
        content = self._read_content(source, tables, account)
        if not (content.forms or content.unrecognised_sheets or content.blank_forms) and is_count_table(
            sheet, self.notice
        ):
            content = replace(content, count_sheets=(sheet.name,))
        if not content.unrecognised_sheets:  # else a person decides on all of it
            content = replace(content, left_over=(*content.left_over, *self._find_left_over(account)))
        if turned is None:
            return content
        return replace(
            content,
            forms=tuple(map(turned.turn_back, content.forms)),
            left_over=tuple(map(turned.turn_back_left_over, content.left_over)),
        )

    def _turn_sheet(self, sheet: Sheet) -> TurnedSheet | None:
        title = find_form_by_title([row_text(row) for row in sheet.rows[:MOST_TITLE_LINES]], self.notice)
        single = title is not None and self.notice.form(title).role != "visits"
        return turn_sheet(sheet, self._headings, single=single)

    def _read_content(
        self, source: SheetSource, tables: Sequence[Table], account: SheetAccount
    ) -> WorkbookContent:
        sheet, decided = source.sheet, source.decided
        if decided is None or decided.source == "properties":
            counts = read_counts(sheet, self.notice, self.names, account, decided.form if decided else None)
            if counts is not None:
                return counts
        if (grid := self._visit_forms.read_register_grid(sheet, tables, account, decided)) is not None:
            return grid
        if (grid := self._visit_forms.read_grid(source, tables, account)) is not None:
            return grid
        if not tables:
            if (served := self._visit_forms.read_served_notice(sheet, account)) is not None:
                return served
            return read_running_text(sheet, self.notice)
        return self._tables.read_all(source, tables, account)


def _with_title_of(last: Table | None, table: Table) -> Table:
    """Returns the table with the lines above table ``last``, if it continues below that table's heading."""
    return table if last is None or not table.continued else replace(table, above=last.above)


def _without_empty_forms(content: WorkbookContent) -> WorkbookContent:
    """Returns the content without its last form, if that is a heading whose rows are in the next sheet."""
    if content.forms and not content.forms[-1].rows:
        return replace(content, forms=content.forms[:-1])
    return replace(content, blank_forms=content.blank_forms[:-1])
