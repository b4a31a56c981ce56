"""Mails to units, end to end: a mail arrives, the clerk gets an answer, once, and only the clerk."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from kongchuo.clock import parse_as_of
from kongchuo.office import Office, open_office
from kongchuo.usecases.unit_mail import (
    UnitMail,
    compose_receipts,
    compose_reminder_mails,
    compose_sweep_mails,
    compose_waiting_mails,
    find_due_reminders,
    queue_unit_mails,
)
from tests.builders.files.clerk_files import dropout_row, mail, register4, xlsx
from tests.builders.offices.office_folder import run_kongchuo

CLERK, OFFICE = "clerk@example.org", "office@example.org"
UNITS = f"name,kind,stage,township,aliases,emails\n西沱镇,township,,,,town@example.org\n西沱中学,school,初中,西沱镇,,{CLERK}\n"
BROKEN = (1, "甲一", None, "509999201203", "甲父", "13800000001", "辍学", "2023-9-10", "厌学")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mail").mkdir()
    (tmp_path / "units.csv").write_text(UNITS, "utf-8")
    (tmp_path / "kongchuo.toml").write_text(
        f"""
[office]
name = "县教委"
recipients = ["{OFFICE}"]
[notice]
file = "2023-autumn.toml"
roster = "units.csv"
[[mailbox]]
maildir = "mail"
[smtp]
host = "127.0.0.1"
port = 2525
security = "none"
sender = "{OFFICE}"
""",
        "utf-8",
    )
    return tmp_path


@pytest.fixture
def polled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> "Polled":
    return Polled(folder, monkeypatch)


class Polled:
    """An office into which mails drop."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._monkeypatch, self._count = folder, monkeypatch, 0

    def gets(self, raw: bytes, on: str = "2023-09-24 10:00:00") -> None:
        self._count += 1
        head = f"Received: from a by b; {_rfc(on)}\r\nMessage-ID: <m{self._count}@example.org>\r\n".encode()
        (self.folder / "mail" / f"{self._count}.eml").write_bytes(head + raw)
        assert run_kongchuo(self._monkeypatch, "poll", "--config", self.folder) in (0, 1)

    def answers(self, on: str = "2023-09-24") -> list[UnitMail]:
        with open_office(self.folder / "kongchuo.toml") as office:
            letters = list(compose_receipts(office, parse_as_of(on, office.zone)))
            queue_unit_mails(office, letters)
        return letters

    def notices(self, on: str = "2023-09-24") -> list[UnitMail]:
        with open_office(self.folder / "kongchuo.toml") as office:
            letters = list(compose_waiting_mails(office, parse_as_of(on, office.zone)))
            queue_unit_mails(office, letters)
        return letters


def _rfc(moment: str) -> str:
    day, time = moment.split()
    months = {"09": "Sep", "10": "Oct"}
    year, month, number = day.split("-")
    return f"{number} {months[month]} {year} {time} +0800"


def a_report(*rows: object, sender: str = CLERK, extra: dict[str, str] | None = None) -> bytes:
    return mail({"附件4.xlsx": xlsx(register4(*rows))}, sender=sender, subject="西沱中学附件4", extra=extra)  # type: ignore[arg-type]


def parsed(letter: UnitMail) -> EmailMessage:
    found = message_from_bytes(letter.raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_clerk_gets_one_answer_with_the_workbook_marked(polled: Polled) -> None:
    polled.gets(a_report(BROKEN))

    (letter,) = polled.answers()

    told = parsed(letter)
    assert (letter.recipients, told["In-Reply-To"], told["Auto-Submitted"]) == (
        (CLERK,),
        "<m1@example.org>",
        "auto-replied",
    )
    assert told["Subject"] == "回执\uff1a西沱中学附件4已收到\uff0c但有1处请更正"
    assert [part.get_filename() for part in told.iter_attachments()] == ["附件4(已标注).xlsx"]
    assert polled.answers() == []


@pytest.mark.parametrize(
    ("sender", "extra"),
    [
        ("stranger@example.net", {}),
        (OFFICE, {}),
        (CLERK, {"Auto-Submitted": "auto-replied"}),
        (CLERK, {"Precedence": "bulk"}),
        (CLERK, {"List-Id": "<schools.example.org>"}),
        (CLERK, {"Return-Path": "<>"}),
    ],
)
def test_strangers_machines_lists_bounces_and_ourselves_are_not_answered(
    polled: Polled, sender: str, extra: dict[str, str]
) -> None:
    polled.gets(a_report(dropout_row(), sender=sender, extra=extra))

    assert polled.answers() == []


@pytest.mark.parametrize(
    ("sender", "extra", "told"),
    [
        ("stranger@example.net", {}, [(CLERK,)]),
        (
            "stranger@example.net",
            {"Authentication-Results": "mx.example.org; spf=fail; dmarc=fail"},
            [(CLERK,)],
        ),
        (CLERK, {}, []),
    ],
    ids=["unknown", "failed at a server that is not believed", "known"],
)
def test_a_unit_is_told_once_a_day_that_mail_in_its_name_waits(
    polled: Polled, sender: str, extra: dict[str, str], told: list[tuple[str, ...]]
) -> None:
    polled.gets(a_report(dropout_row(), sender=sender, extra=extra))
    polled.gets(a_report(dropout_row(), dropout_row(), sender=sender), on="2023-09-24 11:00:00")

    notices = polled.notices()

    assert [notice.recipients for notice in notices] == told
    assert all(
        "9月24日" in each.text and "附件4" in each.text and sender not in each.text for each in notices
    )
    assert polled.notices() == []


def test_a_mail_that_failed_its_checks_is_told_to_nobody(polled: Polled) -> None:
    failed = {"Authentication-Results": "mx.qq.com; spf=fail; dmarc=fail"}
    polled.gets(a_report(dropout_row(), sender="stranger@example.net", extra=failed))
    polled.gets(a_report(dropout_row(), sender=CLERK, extra=failed))

    assert polled.notices() == []


def test_a_corrected_version_is_answered_by_what_was_mended(polled: Polled) -> None:
    polled.gets(a_report(BROKEN))
    polled.answers()
    polled.gets(a_report(dropout_row("甲一")), on="2023-09-24 11:00:00")

    (letter,) = polled.answers()

    assert "与上次相比\uff1a已改好1处" in letter.text


def test_mail_of_last_week_is_not_answered_any_more(polled: Polled) -> None:
    polled.gets(a_report(dropout_row()))

    assert polled.answers("2023-10-01") == []


def test_an_answer_that_comes_back_makes_no_loop(polled: Polled) -> None:
    polled.gets(a_report(BROKEN))
    (letter,) = polled.answers()
    polled.gets(letter.raw, on="2023-09-24 12:00:00")

    assert polled.answers() == []


def test_what_came_is_not_reminded_of_any_more(polled: Polled) -> None:
    def reminded() -> dict[str, tuple[str, ...]]:
        with open_office(polled.folder / "kongchuo.toml") as office:
            return {
                one.unit: one.items
                for one in find_due_reminders(office, parse_as_of("2023-09-26", office.zone))
            }

    assert reminded()["西沱中学"] == ("附件2县内就读情况摸排表还没有报", "附件4县内失学辍学台账还没有报")
    polled.gets(a_report(dropout_row()))
    assert reminded()["西沱中学"][:2] == (
        "附件2县内就读情况摸排表还没有报",
        "附件6劝返登记表还没有报",
    )  # a child is out, with no 附件6


def test_R20_a_silent_unit_is_asked_once_in_the_month(polled: Polled) -> None:
    def asked(day: str) -> dict[str, str]:
        with open_office(polled.folder / "kongchuo.toml") as office:
            when = parse_as_of(day, office.zone)
            return {mail.key: mail.text for mail in compose_sweep_mails(office, when, ())}

    assert asked("2023-10-24") == {}
    silent = asked("2023-10-25")
    assert "sweep:2023-autumn:西沱中学:2023-10" in silent
    assert all("只作提醒" in text for text in silent.values())

    polled.gets(mail(subject="西沱中学", body="本月无变化", sender=CLERK), on="2023-10-25 09:00:00")
    assert "sweep:2023-autumn:西沱中学:2023-10" not in asked("2023-10-25")


def test_one_reminder_a_unit_and_day(polled: Polled) -> None:
    def letters(office: Office) -> list[UnitMail]:
        when = parse_as_of("2023-09-26", office.zone)
        return compose_reminder_mails(office, find_due_reminders(office, when), when)

    with open_office(polled.folder / "kongchuo.toml") as office:
        assert queue_unit_mails(office, letters(office)) == 2
        assert queue_unit_mails(office, letters(office)) == 0
