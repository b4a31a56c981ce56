"""A person's decision on what the program could not read; it holds through every rerun."""

import contextlib
import sqlite3
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kongchuo.demo.county import County, make_county
from kongchuo.demo.made_up_mails import MadeUpMail
from tests.builders.files.clerk_files import PNG, dropout_row, mail, xlsx
from tests.builders.offices.installed_office import InstalledOffice, write_mails, write_office
from tests.builders.values.form_tables import REGISTER_HEADING, TITLES

WHEN = datetime(2023, 9, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def office(tmp_path: Path) -> InstalledOffice:
    county: County = make_county(1, schools=1, mails=1, rows=40)
    raws = [
        mail({"附件3.jpg": PNG}),
        mail({"台账.xlsx": xlsx([REGISTER_HEADING, dropout_row()])}, subject="报送"),
        mail({"错的.xlsx": xlsx([[TITLES["附件4"]], REGISTER_HEADING, dropout_row()])}, subject="报送"),
    ]
    folder = write_mails(tmp_path / "mail", [MadeUpMail(raw, WHEN) for raw in raws])
    office = write_office(tmp_path, county, f'maildir = "{folder}"')
    office.ask("poll")
    return office


def form_of(office: InstalledOffice, unit: str, form: str):
    units = office.ask("status", "--as-of", "2023-09-28")["units"]
    return next(f for u in units if u["unit"] == unit for f in u["forms"] if f["form"] == form)


def file_named(office: InstalledOffice, name: str):
    return next(file for file in office.ask("files") if file["path"] == [name])


def test_a_photographed_form_that_is_assigned_is_received_and_not_missing(office):
    assert form_of(office, "西沱镇", "附件3")["state"] == "missing"

    office.ask("assign", file_named(office, "附件3.jpg")["file_id"], "--unit", "西沱镇", "--form", "附件3")
    office.ask("rerun", "--all")

    assert form_of(office, "西沱镇", "附件3")["state"] == "incomplete"
    assert file_named(office, "附件3.jpg")["disposition"] == "recorded"
    gaps = [
        gap["gap"]
        for gap in office.ask("gaps", "--as-of", "2023-09-28")
        if (gap["unit"], gap["form"]) == ("西沱镇", "附件3")
    ]
    assert gaps == ["incomplete"]


def test_a_table_of_no_known_form_is_read_as_the_form_it_is_assigned_to(office):
    assert file_named(office, "台账.xlsx")["disposition"] == "quarantined"

    office.ask("assign", file_named(office, "台账.xlsx")["file_id"], "--unit", "西沱镇", "--form", "附件3")
    office.ask("rerun", "--all")

    assert [row["name"] for row in office.ask("records", "--form", "附件3")] == ["甲一"]


def test_a_form_that_a_person_names_stands_against_the_tables_own_title(office):
    office.ask("assign", file_named(office, "错的.xlsx")["file_id"], "--unit", "西沱镇", "--form", "附件3")
    office.ask("rerun", "--all")

    assert [(row["unit"], row["form"]) for row in office.ask("records", "--form", "附件3")] == [
        ("西沱镇", "附件3")
    ]
    assert office.ask("records", "--form", "附件4") == []


def test_a_word_whose_file_is_no_more_is_told_by_the_rerun_that_lost_it(office):
    office.ask("assign", file_named(office, "台账.xlsx")["file_id"], "--unit", "西沱镇", "--form", "附件3")
    database = sqlite3.connect(office.folder / "kongchuo.db")
    with contextlib.closing(database), database:  # as if an earlier version had seen other bytes there
        (assigned,) = database.execute("SELECT file_id FROM assignment").fetchone()
        for table, column in (("assignment", "file_id"), ("file", "id"), ("claim", "file_id")):
            database.execute(f"UPDATE {table} SET {column} = 'other' WHERE {column} = ?", (assigned,))

    (error,) = office.ask("rerun", "--all")["errors"]

    assert "other" in error
    assert "assign" in error
    assert file_named(office, "台账.xlsx")["disposition"] == "quarantined"
    assert office.ask("rerun", "--all")["errors"] == []
