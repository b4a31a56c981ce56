"""Mails to a unit carry its own forms where the office has turned that on: never another's, never to others in copy."""

from email import message_from_bytes, policy
from pathlib import Path
from random import Random

import pytest

from kongchuo.clock import parse_as_of
from kongchuo.office import open_office
from kongchuo.usecases.unit_mail import UnitMail, compose_receipts, compose_reminder_mails, find_due_reminders
from parsers.formats.form_origin import find_form_origin
from parsers.records import FileKind
from tests.builders.files.clerk_files import dropout_row, mail, register4, xlsx
from tests.builders.offices.unit_mail_office import CLERK, UnitMailOffice

TOWN_CLERK = "town@example.org"


@pytest.fixture
def polled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UnitMailOffice:
    return UnitMailOffice(tmp_path, monkeypatch, "[units]\nforms = true\n")


def reminders(polled: UnitMailOffice, on: str = "2023-09-26") -> dict[str, UnitMail]:
    with open_office(polled.folder / "kongchuo.toml") as office:
        when = parse_as_of(on, office.zone)
        letters = compose_reminder_mails(office, find_due_reminders(office, when), when)
    return {letter.recipients[0]: letter for letter in letters}


def attached(letter: UnitMail) -> dict[str, bytes]:
    parts = message_from_bytes(letter.raw, policy=policy.default).iter_attachments()
    return {str(part.get_filename()): part.get_content() for part in parts}


def test_a_reminder_carries_what_the_unit_owes_and_nobody_elses_children(polled: UnitMailOffice):
    polled.gets(mail({"附件4.xlsx": xlsx(register4(dropout_row()))}, sender=CLERK, subject="西沱中学附件4"))
    letters = reminders(polled)

    school, town = attached(letters[CLERK]), attached(letters[TOWN_CLERK])
    assert {"西沱中学附件2.xlsx", "西沱中学附件6.docx"} <= set(school)
    assert set(town) == {"西沱镇附件1.xlsx", "西沱镇附件3.xlsx"}
    kinds = {"xlsx": FileKind.XLSX, "docx": FileKind.DOCX}
    for files, unit in ((school, "西沱中学"), (town, "西沱镇")):
        origins = [find_form_origin(data, kinds[name[-4:]]) for name, data in files.items()]
        assert {origin.unit for origin in origins if origin} == {unit}
        assert len([*filter(None, origins)]) == len(files)
    assert "附件里是贵单位自己的表" in letters[CLERK].text


def test_whoever_is_in_copy_gets_no_childs_data(polled: UnitMailOffice):
    notice = polled.folder / "autumn.toml"
    notice.write_text(
        'extends = "2023-autumn.toml"\nid = "2023-autumn"\n[[reminders.copies]]\nfrom_day = 1\nto = ["zone@example.org"]\n',
        "utf-8",
    )
    config = polled.folder / "kongchuo.toml"
    config.write_text(config.read_text("utf-8").replace("2023-autumn.toml", "autumn.toml"), "utf-8")

    letter = reminders(polled)[CLERK]
    assert "zone@example.org" in letter.recipients
    assert attached(letter) == {}
    assert "附件里是贵单位自己的表" not in letter.text


def test_the_answer_to_a_file_that_nobody_can_read_carries_the_form(polled: UnitMailOffice):
    scrambled = Random(1).randbytes(4000)
    polled.gets(mail({"附件4.xlsx": b"PK\x03\x04" + scrambled}, sender=CLERK, subject="西沱中学附件4"))

    with open_office(polled.folder / "kongchuo.toml") as office:
        (letter,) = compose_receipts(office, parse_as_of("2023-09-24", office.zone))
    assert set(attached(letter)) == {"西沱中学附件4.xlsx"}
    assert "附件里是贵单位自己的表" in letter.text


def test_nothing_is_carried_until_it_is_turned_on(polled: UnitMailOffice):
    config = polled.folder / "kongchuo.toml"
    config.write_text(config.read_text("utf-8").replace("forms = true", ""), "utf-8")

    assert attached(reminders(polled)[CLERK]) == {}
