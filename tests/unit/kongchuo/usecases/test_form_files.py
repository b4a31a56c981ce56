"""Forms in folders: never over what a person has written."""

import io
from pathlib import Path

import openpyxl

from kongchuo.usecases.form_files import as_file_name, write_form
from notify.mail.compose import AttachedFile
from tests.builders.files.filled_forms import every_form

FORM = next(made for made in every_form(("2023-autumn.toml",)) if made.form.key == "附件4")
FILE = AttachedFile("西沱镇小学附件4.xlsx", FORM.empty(), "xlsx")


def edit(path: Path) -> bytes:
    workbook = openpyxl.load_workbook(path)
    workbook.worksheets[0]["C40"] = "赵六"
    out = io.BytesIO()
    workbook.save(out)
    path.write_bytes(out.getvalue())
    return out.getvalue()


def test_a_form_that_nobody_touched_is_replaced(tmp_path: Path):
    write_form(tmp_path, FILE)
    again = write_form(tmp_path, FILE)

    assert (again.path.name, again.beside) == ("西沱镇小学附件4.xlsx", None)
    assert len([*tmp_path.iterdir()]) == 1


def test_what_a_person_wrote_stays_and_the_form_is_written_beside(tmp_path: Path):
    first = write_form(tmp_path, FILE).path
    edited = edit(first)
    beside = write_form(tmp_path, FILE)

    assert first.read_bytes() == edited
    assert (beside.path.name, beside.beside) == ("西沱镇小学附件4 (2).xlsx", first)
    assert write_form(tmp_path, FILE).path == beside.path
    edit(beside.path)
    assert write_form(tmp_path, FILE).path.name == "西沱镇小学附件4 (3).xlsx"


def test_any_other_file_of_this_name_stays_too(tmp_path: Path):
    (tmp_path / FILE.name).write_bytes(b"")

    assert write_form(tmp_path, FILE).path.name == "西沱镇小学附件4 (2).xlsx"


def test_names_that_windows_does_not_take():
    assert as_file_name('西沱:"小学"?') == "西沱_小学_"
    assert as_file_name("...") == "_"
