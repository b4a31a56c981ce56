"""Adds what the properties of a file made from our template say: unit, period, conflicts, marks of rows."""

from collections.abc import Sequence
from dataclasses import replace

from config.notice import Notice
from config.records.record import ROW_MARK, Problem
from config.records.row_block import RowBlock
from config.text.text_folding import fold_text
from parsers.fields.normalise import cell_text
from parsers.formats.filled_row_marks import RowMarks
from parsers.formats.form_origin import FormOrigin
from parsers.formats.workbook import Sheet, Workbook
from parsers.forms.classify import DECIDED
from parsers.forms.zero_report import is_nil_cell
from parsers.problem_sentences import make_problem
from parsers.records import ParsedFile, ParsedForm, Signal


def apply_origin(parsed: ParsedFile, origin: FormOrigin, workbook: Workbook, notice: Notice) -> ParsedFile:
    """Returns the file with unit and period of the template it was made from; contradicting content wins with a problem.

    Our templates have unit and title filled in already, so an empty one is a zero report only if it says so.
    """
    forms = [
        _of_origin(form, origin, workbook.sheets, notice)
        if form.form == origin.form
        else replace(form, problems=(*form.problems, _conflict(form, origin)))
        for form in parsed.forms
    ]
    filled = [form for form in forms if form.rows or form.nil or form.unchanged]
    return replace(parsed, forms=tuple(filled or forms))  # a spare page for one more child may be blank


def apply_row_marks(parsed: ParsedFile, marks: RowMarks) -> ParsedFile:
    """Returns the file with each row's mark, where it has one, among the row's values."""
    return replace(parsed, forms=tuple(_with_row_marks(form, marks) for form in parsed.forms))


def _with_row_marks(form: ParsedForm, marks: RowMarks) -> ParsedForm:
    records = [
        replace(record, values=record.values | {ROW_MARK: mark})
        if (mark := marks.get((record.sheet, record.row))) is not None
        else record
        for record in form.records
    ]
    return replace(form, rows=replace(RowBlock.of(records), table_problems=form.rows.table_problems))


def _of_origin(form: ParsedForm, origin: FormOrigin, sheets: Sequence[Sheet], notice: Notice) -> ParsedForm:
    signals = form.signals
    if not any(signal.source == "properties" for signal in signals):
        signals = (*signals, Signal(source="properties", value=origin.form, weight=DECIDED))
    unfilled = form.nil and not any(_says_nil(sheet, notice) for sheet in sheets if sheet.name == form.sheet)
    problems = (*form.problems, make_problem("empty-form", sheet=form.sheet)) if unfilled else form.problems
    return replace(
        form,
        made_for=origin.unit,
        made_period=origin.period,
        nil=form.nil and not unfilled,
        problems=problems,
        signals=signals,
    )


def _says_nil(sheet: Sheet, notice: Notice) -> bool:
    texts = (fold_text(cell_text(cell)) for row in sheet.rows for cell in row if isinstance(cell, str))
    return any(text and is_nil_cell(text, notice) for text in texts)


def _conflict(form: ParsedForm, origin: FormOrigin) -> Problem:
    return make_problem("form-conflict", sheet=form.sheet, value=origin.form, form=form.form)
