"""What the properties of a form of ours add to what stands in it."""

import io
from collections.abc import Callable
from dataclasses import replace

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from parsers.read_file import read_file
from parsers.reading_choices import ReadingChoices
from parsers.records import ParsedFile
from tests.builders.files.filled_forms import every_form, names_of

REGISTER, ROLL = (
    next(made for made in every_form(("2023-autumn.toml",)) if str(made) == f"2023-autumn-{key}-西沱镇小学")
    for key in ("附件4", "附件2")
)


def read_changed(change: Callable[[Worksheet], object], name: str = "1.xlsx") -> ParsedFile:
    workbook = openpyxl.load_workbook(io.BytesIO(REGISTER.filled()))
    change(workbook.worksheets[0])
    out = io.BytesIO()
    workbook.save(out)
    return read_file(out.getvalue(), name, "", REGISTER.notice, names_of(REGISTER.file))


def delete_top(sheet: Worksheet) -> None:
    for merged in [*sheet.merged_cells.ranges]:
        sheet.unmerge_cells(str(merged))
    for row in sheet.iter_rows(max_row=5):
        for cell in row:
            cell.value = None


def test_a_form_without_title_and_unit_is_still_known():
    (form,) = read_changed(delete_top, "附件3.xlsx").forms

    assert (form.form, form.stated_unit, form.made_for) == ("附件4", None, "西沱镇小学")
    assert [signal.source for signal in form.signals] == ["properties"]
    assert len(form.records) == len(REGISTER.told)


def test_a_title_that_says_otherwise_goes_before_and_is_shown():
    def retitle(sheet: Worksheet) -> None:
        sheet["A1"] = "附件3"
        sheet["C2"] = (
            "石柱县2023年秋季学期西沱镇辖区6-16周岁义务教育适龄学生县外失学、辍学、休学、延缓入学信息台账"
        )

    (form,) = read_changed(retitle).forms

    assert (form.form, form.made_for) == ("附件3", None)
    assert [problem.value for problem in form.problems if problem.code == "form-conflict"] == ["附件4"]


def test_a_persons_word_goes_before_the_properties():
    parsed = read_file(
        REGISTER.filled(),
        "1.xlsx",
        "",
        REGISTER.notice,
        names_of(REGISTER.file),
        ReadingChoices(decided_form="附件3"),
    )

    assert [(form.form, form.made_for) for form in parsed.forms] == [("附件3", None)]


def test_last_semesters_form_is_read_like_any_other():
    spring = next(made for made in every_form(("2024-spring.toml",)) if made.form.key == "附件4")
    (form,) = read_file(spring.filled(), "1.xlsx", "", REGISTER.notice, names_of(REGISTER.file)).forms

    assert form.made_for is None
    assert "other-period" in {problem.code for problem in form.problems}


def test_rows_pasted_into_another_form_of_ours_are_not_taken_for_it():
    """The sheet of a roll put into the file of a register keeps its own title."""
    roll = openpyxl.load_workbook(io.BytesIO(ROLL.filled())).worksheets[0]

    def overwrite(sheet: Worksheet) -> None:
        for merged in [*sheet.merged_cells.ranges]:
            sheet.unmerge_cells(str(merged))
        sheet.delete_rows(1, sheet.max_row)
        for row in roll.iter_rows():
            for cell in row:
                if cell.value is not None:
                    sheet.cell(cell.row, cell.column).value = cell.value

    forms = read_changed(overwrite).forms

    assert {form.form for form in forms} == {"附件2"}
    assert "form-conflict" in {problem.code for form in forms for problem in form.problems}


def test_a_subject_alone_makes_an_unfilled_form_no_zero_report():
    blank = replace(REGISTER, before=(), more=())
    parsed = read_file(blank.filled(), "1.xlsx", "零报告", REGISTER.notice, names_of(REGISTER.file))

    assert [(form.nil, [problem.code for problem in form.problems]) for form in parsed.forms] == [
        (False, ["empty-form"])
    ]
