"""Forms of ours in a real office program: filled in, saved as whatever a clerk saves them as, read again.

Only where LibreOffice is installed (Debian: libreoffice-calc-nogui, libreoffice-writer-nogui).
"""

import csv
import shutil
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from config.identity_numbers import check_digit
from notify.forms.cell_checks import PLACES_NAME, identity_formula, phone_formula
from parsers.read_file import read_file
from tests.builders.files.filled_forms import MadeForm, every_form, names_of, save_by_libreoffice, without_seq

pytestmark = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")

FORMS = every_form(("2023-autumn.toml", "2024-shiqiao.toml", "2024-yunling.toml"))
SOUND = "50990120120304123"
NUMBERS = {
    SOUND + check_digit(SOUND): True,
    "50990120000101021X": check_digit("50990120000101021") == "X",
    SOUND + ("0" if check_digit(SOUND) != "0" else "1"): False,
    SOUND: False,
    (wrong_day := "50990120120231123") + check_digit(wrong_day): False,
    (wrong_month := "50990120121331123") + check_digit(wrong_month): False,
    "5099012012030412": False,
    "没有": False,
}
PHONES = {
    "13900001234": True, "12900001234": False, "1390000123": False, "023-73300000": True, "02373300000": True,
    "73300000": False, "13900001234、13900005678": True, "没有": False,
}  # fmt: skip


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_workbook_saved_in_any_format_is_read_exactly(kind: str, tmp_path: Path):
    check_saved([made for made in FORMS if not made.is_document], kind, tmp_path)


@pytest.mark.parametrize("kind", ["docx", "doc"])
def test_a_document_saved_in_any_format_is_read_exactly(kind: str, tmp_path: Path):
    check_saved([made for made in FORMS if made.is_document], kind, tmp_path)


def check_saved(forms: list[MadeForm], kind: str, folder: Path) -> None:
    files = [
        folder / f"{number}.{'docx' if made.is_document else 'xlsx'}" for number, made in enumerate(forms)
    ]
    for file, made in zip(files, forms, strict=True):
        file.write_bytes(made.filled())
    for made, data in zip(forms, save_by_libreoffice(files, kind, folder), strict=True):
        parsed = read_file(data, f"新建文件.{kind}", "", made.notice, names_of(made.file))
        records = [record for form in parsed.forms for record in form.records]
        assert (str(made), parsed.outcome) == (str(made), "forms")
        assert {(form.form, form.made_for, form.problems) for form in parsed.forms} == {
            (made.form.key, made.unit.name, ())
        }
        assert without_seq(records) == made.told
        assert [record.problems for record in records] == [()] * len(made.told)


def test_the_checks_know_a_sound_number_and_telephone(tmp_path: Path):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    workbook.create_sheet("选项")
    workbook.defined_names[PLACES_NAME] = DefinedName(PLACES_NAME, attr_text="'选项'!$A$1:$A$17")
    for row, (number, phone) in enumerate(zip(NUMBERS, PHONES, strict=True), start=1):
        sheet.cell(row, 1).value, sheet.cell(row, 2).value = number, phone
        sheet.cell(
            row, 3
        ).value = f"=IF(ISERROR({identity_formula(f'A{row}')}),FALSE,{identity_formula(f'A{row}')})"
        sheet.cell(row, 4).value = f"={phone_formula(f'B{row}')}"
        sheet.cell(row, 5).value = f"={identity_formula('A1', 9)}"
    sheet.cell(9, 1).value = sheet.cell(1, 1).value  # a second time
    file = tmp_path / "checks.xlsx"
    workbook.save(file)
    (saved,) = save_by_libreoffice([file], "csv", tmp_path)

    rows = [row for row in csv.reader(saved.decode("latin-1").splitlines()) if row[2]]
    assert dict(zip(NUMBERS, (row[2] == "TRUE" for row in rows), strict=True)) == NUMBERS
    assert dict(zip(PHONES, (row[3] == "TRUE" for row in rows), strict=True)) == PHONES
    assert {row[4] for row in rows} == {"FALSE"}
