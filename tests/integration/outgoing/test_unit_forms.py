"""Forms that fill themselves, end to end: made, filled in, mailed under any name, read, and made again."""

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from parsers.formats.form_origin import FormOrigin, find_form_origin
from parsers.records import FileKind
from tests.builders.counties.scenario_county import address_of
from tests.builders.files.filled_forms import MadeForm
from tests.builders.offices.forms_office import FORMS, REGISTER, SCHOOL, TOWN, FormsOffice

OWED = [made for made in FORMS.values() if made.form.owed]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FormsOffice:
    return FormsOffice(tmp_path / "office", monkeypatch)


@pytest.mark.parametrize("made", OWED, ids=str)
def test_a_filled_form_is_recorded_as_its_units(made: MadeForm, office: FormsOffice):
    kind = "docx" if made.is_document else "xlsx"
    office.gets(made.filled(), f"新建文件.{kind}", address_of(made.unit.name).author)

    rows = office.records(made.form.key)
    assert {(row["unit"], row["form"]) for row in rows} == {(made.unit.name, made.form.key)}
    assert [row["id_number"] for row in rows] == [row["id_number"] for row in made.told]
    assert [row["name"] for row in rows] == [row["name"] for row in made.told]


def test_what_was_sent_stands_in_the_next_form_and_only_in_its_units(office: FormsOffice):
    office.gets(REGISTER.filled(), "1.xlsx", address_of(SCHOOL).author)
    out = office.make_forms()

    made = {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*.*"))}
    assert set(made) == {
        "西沱镇/西沱镇附件1.xlsx", "西沱镇/西沱镇附件3.xlsx", "西沱镇/西沱镇附件5.docx",
        "西沱镇小学/西沱镇小学附件2.xlsx", "西沱镇小学/西沱镇小学附件4.xlsx", "西沱镇小学/西沱镇小学附件6.docx",
        "西沱镇小学/西沱镇小学附件7.xlsx",
    }  # fmt: skip
    numbers = [str(row["id_number"]) for row in REGISTER.told]
    holding = {name for name, data in made.items() if any(number in text_of(data) for number in numbers)}
    assert holding == {"西沱镇小学/西沱镇小学附件4.xlsx", "西沱镇小学/西沱镇小学附件6.docx"}
    assert all(number in text_of(made["西沱镇小学/西沱镇小学附件4.xlsx"]) for number in numbers)
    assert find_form_origin(made["西沱镇小学/西沱镇小学附件6.docx"], FileKind.DOCX) == FormOrigin(
        notice="2023-autumn", form="附件6", unit=SCHOOL
    )


def test_the_form_made_from_the_last_one_brings_the_same_rows(office: FormsOffice):
    office.gets(REGISTER.filled(), "1.xlsx", address_of(SCHOOL).author)
    before = office.records("附件4")
    path = office.make_forms("--unit", SCHOOL, "--form", "4") / SCHOOL / "西沱镇小学附件4.xlsx"
    workbook = openpyxl.load_workbook(path)
    signed = next(cell for cell in workbook.worksheets[0][3] if str(cell.value).startswith("填报人"))
    signed.value = f"{signed.value}钱七"
    out = io.BytesIO()
    workbook.save(out)
    office.gets(out.getvalue(), "改.xlsx", address_of(SCHOOL).author, day=25)

    def told(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{key: value for key, value in row.items() if key not in PLACES} for row in rows]

    after = office.records("附件4")
    for one, other in zip(told(before), told(after), strict=True):
        assert {key: (value, other.get(key)) for key, value in one.items() if other.get(key) != value} == {}
    assert {row["file_id"] for row in after} != {row["file_id"] for row in before}


PLACES = {"file_id", "record_id", "submission_id", "received_at", "row"}


def test_the_properties_prove_no_sender(office: FormsOffice):
    office.gets(REGISTER.filled(), "1.xlsx", "stranger@example.net")

    assert office.state(SCHOOL, "附件4") == "unconfirmed"
    office.gets(REGISTER.filled(), "1.xlsx", address_of(SCHOOL).author)
    assert office.state(SCHOOL, "附件4") in ("complete", "incomplete", "on-time")


def test_what_a_person_wrote_in_a_form_is_not_written_over(
    office: FormsOffice, capsys: pytest.CaptureFixture[str]
):
    out = office.make_forms("--unit", SCHOOL)
    path = out / SCHOOL / "西沱镇小学附件4.xlsx"
    workbook = openpyxl.load_workbook(path)
    workbook.worksheets[0]["C30"] = "赵六"
    workbook.save(path)
    edited = path.read_bytes()
    capsys.readouterr()
    office.make_forms("--unit", SCHOOL)

    assert path.read_bytes() == edited
    assert "没有覆盖" in capsys.readouterr().out
    assert (out / SCHOOL / "西沱镇小学附件4 (2).xlsx").exists()


def test_a_form_that_a_unit_does_not_send_is_not_made(
    office: FormsOffice, capsys: pytest.CaptureFixture[str]
):
    assert office.run("forms", "--unit", TOWN, "--form", "4", "--out", office.folder / "forms") == 2
    assert "没有要生成的表" in capsys.readouterr().err


def text_of(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return "".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())
