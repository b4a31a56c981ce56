"""Rows of a form that fills itself, when it comes back: known again, and never taken for a child pasted over them."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from config.records.record import ROW_MARK
from parsers.formats.filled_row_marks import HEADING
from tests.builders.counties.scenario_county import a_child, address_of
from tests.builders.offices.forms_office import REGISTER, SCHOOL, FormsOffice

FIRST = {
    key: value for key, value in REGISTER.before[0].items() if key not in ("id_number", "student_number")
} | {
    "name": "甲一",
    "birth_date": "2012-03-04",
}
SENT = replace(REGISTER, before=(FIRST, *REGISTER.before[1:]))
MENDED = {"出生日期": date(2012, 8, 9), "联系电话": "13900002222"}
"""Of a child without a number: too much for the rules that compare what is written."""
SECOND, THIRD = (str(row["name"]) for row in REGISTER.told[1:3])


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FormsOffice:
    """An office to which a school sent its register; the first child has no number."""
    office = FormsOffice(tmp_path / "office", monkeypatch)
    office.gets(SENT.filled(), "1.xlsx", address_of(SCHOOL).author)
    return office


class FilledForm:
    """The sheet of a form of ours, as a clerk sees it: cells by heading, rows from 0."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        (self.heading,) = {
            int(row[0].row or 0)
            for row in sheet.iter_rows(max_row=12)
            if "姓名*" in {cell.value for cell in row}
        }
        self.columns = {
            str(cell.value).rstrip("*"): int(cell.column or 0)
            for row in sheet.iter_rows(min_row=self.heading, max_row=self.heading + 1)
            for cell in row
            if cell.value
        }
        self.first = self.heading + (2 if sheet.cell(self.heading + 1, 1).value is None else 1)

    def write(self, place: int, **cells: object) -> None:
        for heading, value in cells.items():
            self.sheet.cell(self.first + place, self.columns[heading]).value = value or None  # type: ignore[assignment]

    def row(self, place: int) -> list[Any]:
        return [cell.value for cell in self.sheet[self.first + place]]

    @property
    def mark_column(self) -> int:
        return self.columns[HEADING]


def changed(data: bytes, change: Any) -> bytes:
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    sheet = workbook.worksheets[0]
    assert isinstance(sheet, Worksheet)
    change(FilledForm(sheet))
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def next_form(office: FormsOffice) -> bytes:
    return (office.make_forms("--unit", SCHOOL, "--form", "4") / SCHOOL / "西沱镇小学附件4.xlsx").read_bytes()


def cases_of(office: FormsOffice, name: str) -> list[dict[str, Any]]:
    return [one for one in office.cases() if one["name"] == name]


def test_a_child_whose_birth_date_was_mended_is_the_same_child(office: FormsOffice) -> None:
    form = changed(next_form(office), lambda form: form.write(0, **MENDED))
    office.gets(form, "2.xlsx", address_of(SCHOOL).author, day=25)

    assert len(cases_of(office, "甲一")) == 1
    assert all(ROW_MARK not in row for row in office.records("附件4"))


def test_without_its_mark_the_same_row_is_another_child(office: FormsOffice) -> None:
    def mend(form: FilledForm) -> None:
        form.write(0, **MENDED)
        form.sheet.delete_cols(form.mark_column)

    office.gets(changed(next_form(office), mend), "2.xlsx", address_of(SCHOOL).author, day=25)

    assert len(cases_of(office, "甲一")) == 2


def test_rows_are_known_in_any_order(office: FormsOffice) -> None:
    def sort(form: FilledForm) -> None:
        form.write(0, **MENDED)
        first, third = form.row(0), form.row(2)
        for cells, place in ((first, 2), (third, 0)):
            for column, value in enumerate(cells, start=1):
                form.sheet.cell(form.first + place, column).value = value

    office.gets(changed(next_form(office), sort), "2.xlsx", address_of(SCHOOL).author, day=25)

    assert [len(cases_of(office, name)) for name in ("甲一", SECOND, THIRD)] == [1, 1, 1]


def test_other_children_pasted_over_the_rows_are_mixed_with_nobody(office: FormsOffice) -> None:
    """The cells that are seen are written over; the marks that are not seen stay."""
    others = [a_child(name, f"2013060{n}") for n, name in enumerate(("戊五", "己六", "庚七"), start=1)]

    def paste(form: FilledForm) -> None:
        for place, child in enumerate(others):
            form.write(
                place, 姓名=child.name, 身份证号=child.number, 性别="男", 监护人="", 联系电话="", 学籍号=""
            )

    before = {(case["name"], case["id_number"]) for case in office.cases()}
    office.gets(changed(next_form(office), paste), "2.xlsx", address_of(SCHOOL).author, day=25)

    assert {(case["name"], case["id_number"]) for case in office.cases()} == before | {
        (child.name, child.number) for child in others
    }


def test_a_second_child_of_the_name_pasted_over_the_first_is_not_the_first(office: FormsOffice) -> None:
    def paste(form: FilledForm) -> None:
        form.write(
            1,
            姓名=SECOND,
            身份证号=a_child(SECOND, "20140101").number,
            性别="男",
            监护人="周大海",
            联系电话="13900009999",
        )

    office.gets(changed(next_form(office), paste), "2.xlsx", address_of(SCHOOL).author, day=25)

    assert len({case["id_number"] for case in cases_of(office, SECOND)}) == 2
