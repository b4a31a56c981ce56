"""A workbook for one unit: what it holds before a person touches it, and what comes back filled in."""

import io
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from notify.forms.form_plan import plan_form
from notify.forms.form_workbook import build_form_workbook
from parsers.read_file import read_file
from tests.builders.files.filled_forms import AS_OF, MadeForm, every_form, find_columns, names_of, without_seq

BOOKS = [made for made in every_form() if not made.is_document]
REGISTER = next(made for made in BOOKS if str(made) == "2023-autumn-附件4-西沱镇小学")


def opened(made: MadeForm) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(made.empty())).worksheets[0]


@pytest.mark.parametrize("made", BOOKS, ids=str)
def test_what_comes_back_is_read_without_a_problem(made: MadeForm):
    parsed = read_file(
        made.filled(), "新建 Microsoft Excel 工作表.xlsx", "", made.notice, names_of(made.file)
    )

    (form,) = parsed.forms
    assert (parsed.outcome, form.form, form.made_for, form.problems) == (
        "forms",
        made.form.key,
        made.unit.name,
        (),
    )
    assert without_seq(form.records) == made.told
    assert [record.problems for record in form.records] == [()] * len(made.told)


def test_the_title_names_the_unit():
    sheet = opened(REGISTER)

    assert sheet["A1"].value == "附件4"
    assert sheet["C2"].value.startswith("石柱县2023年秋季学期西沱镇小学6-16周岁")
    assert sheet["C3"].value == "填报单位\uff08盖章\uff09\uff1a西沱镇小学"


def test_numbers_are_text_and_days_are_days():
    sheet = opened(REGISTER)
    columns = find_columns(sheet, REGISTER)
    formats = {
        key: (sheet.cell(columns.first_row, place).number_format, sheet.cell(columns.first_row + 9, place).number_format)
        for (key, visit, _), place in columns.places.items()
        if not visit
    }  # fmt: skip

    assert {formats[key] for key in ("id_number", "guardian_phone", "student_number")} == {("@", "@")}
    assert formats["since"] == ("yyyy-mm-dd", "yyyy-mm-dd")
    assert (
        sheet.cell(columns.first_row, columns.places["id_number", 0, None]).value
        == REGISTER.before[0]["id_number"]
    )


def test_every_vocabulary_is_a_drop_down():
    sheet = opened(REGISTER)
    lists = {check.formula1: check for check in sheet.data_validations.dataValidation if check.type == "list"}
    workbook = openpyxl.load_workbook(io.BytesIO(REGISTER.empty()))
    choices = {
        name: [
            cell.value
            for row in workbook["选项"][cells.attr_text.rpartition("!")[2].replace("$", "")]
            for cell in row
        ]
        for name, cells in workbook.defined_names.items()
        if name.startswith("kc_list")
    }

    assert workbook["选项"].sheet_state == "hidden"
    assert set(choices) == set(lists)
    for key in ("status", "household_category", "reason", "outcome", "visit_result", "study_status"):
        assert list(REGISTER.notice.vocabularies[key].values) in choices.values()


def test_no_formula_is_longer_than_excel_takes():
    formulas = [
        str(check.formula1) for made in BOOKS for check in opened(made).data_validations.dataValidation
    ]

    assert max(map(len, formulas)) <= 255


def test_the_same_values_give_the_same_bytes():
    assert REGISTER.empty() == REGISTER.empty()


def test_text_that_looks_like_a_formula_stays_text():
    row = dict(REGISTER.before[0]) | {"remark": "=1+1"}
    plan = plan_form(REGISTER.notice, REGISTER.form, REGISTER.unit, _roster(), [row])
    sheet = openpyxl.load_workbook(
        io.BytesIO(build_form_workbook(plan, office="县教委", as_of=AS_OF))
    ).worksheets[0]

    assert [cell.data_type for line in sheet.iter_rows() for cell in line if cell.value == "=1+1"] == ["s"]


def test_an_unchanged_form_brings_nothing():
    parsed = read_file(REGISTER.empty(), "a.xlsx", "", REGISTER.notice, names_of(REGISTER.file))

    assert parsed.outcome == "ignored"


def test_a_saved_form_without_a_child_is_no_zero_report():
    unfilled = replace(REGISTER, before=(), more=())
    parsed = read_file(unfilled.filled(), "a.xlsx", "", REGISTER.notice, names_of(REGISTER.file))

    (form,) = parsed.forms
    assert (form.nil, [problem.code for problem in form.problems]) == (False, ["empty-form"])


def test_nothing_under_the_name_is_a_zero_report():
    unfilled = replace(REGISTER, before=(), more=({"name": "无"},))
    parsed = read_file(unfilled.filled(), "a.xlsx", "", REGISTER.notice, names_of(REGISTER.file))

    (form,) = parsed.forms
    assert (form.nil, form.problems) == (True, ())


def test_a_wide_form_breaks_its_pages_and_repeats_names():
    sheet = opened(REGISTER)

    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.print_title_cols, len(sheet.col_breaks.brk)) == ("$A:$B", 2)
    assert sheet.print_title_rows is not None


def _roster():
    from tests.builders.files.filled_forms import ROSTER

    return ROSTER
