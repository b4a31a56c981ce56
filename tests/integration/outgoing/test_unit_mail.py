"""Mails to units, end to end: a mail arrives, the clerk gets an answer, once, and only the clerk."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from kongchuo.clock import parse_as_of
from kongchuo.office import Office, open_office
from kongchuo.usecases.unit_mail import (
    UnitMail,
    compose_reminder_mails,
    compose_sweep_mails,
    find_due_reminders,
    queue_unit_mails,
)
from tests.builders.files.clerk_files import dropout_row, mail, register4, xlsx
from tests.builders.offices.unit_mail_office import CLERK, OFFICE, UnitMailOffice

BROKEN = (1, "甲一", None, "509999201203", "甲父", "13800000001", "辍学", "2023-9-10", "厌学")


@pytest.fixture
def polled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UnitMailOffice:
    return UnitMailOffice(tmp_path, monkeypatch)


def a_report(*rows: object, sender: str = CLERK, extra: dict[str, str] | None = None) -> bytes:
    return mail({"附件4.xlsx": xlsx(register4(*rows))}, sender=sender, subject="西沱中学附件4", extra=extra)  # type: ignore[arg-type]


def parsed(letter: UnitMail) -> EmailMessage:
    found = message_from_bytes(letter.raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_clerk_gets_one_answer_with_the_workbook_marked(polled: UnitMailOffice) -> None:
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
    polled: UnitMailOffice, sender: str, extra: dict[str, str]
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
    polled: UnitMailOffice, sender: str, extra: dict[str, str], told: list[tuple[str, ...]]
) -> None:
    polled.gets(a_report(dropout_row(), sender=sender, extra=extra))
    polled.gets(a_report(dropout_row(), dropout_row(), sender=sender), on="2023-09-24 11:00:00")

    notices = polled.notices()

    assert [notice.recipients for notice in notices] == told
    assert all(
        "9月24日" in each.text and "附件4" in each.text and sender not in each.text for each in notices
    )
    assert polled.notices() == []


def test_a_mail_that_failed_its_checks_is_told_to_nobody(polled: UnitMailOffice) -> None:
    failed = {"Authentication-Results": "mx.qq.com; spf=fail; dmarc=fail"}
    polled.gets(a_report(dropout_row(), sender="stranger@example.net", extra=failed))
    polled.gets(a_report(dropout_row(), sender=CLERK, extra=failed))

    assert polled.notices() == []


def test_a_corrected_version_is_answered_by_what_was_mended(polled: UnitMailOffice) -> None:
    polled.gets(a_report(BROKEN))
    polled.answers()
    polled.gets(a_report(dropout_row("甲一")), on="2023-09-24 11:00:00")

    (letter,) = polled.answers()

    assert "与上次相比\uff1a已改好1处" in letter.text


def test_mail_of_last_week_is_not_answered_any_more(polled: UnitMailOffice) -> None:
    polled.gets(a_report(dropout_row()))

    assert polled.answers("2023-10-01") == []


def test_an_answer_that_comes_back_makes_no_loop(polled: UnitMailOffice) -> None:
    polled.gets(a_report(BROKEN))
    (letter,) = polled.answers()
    polled.gets(letter.raw, on="2023-09-24 12:00:00")

    assert polled.answers() == []


def test_what_came_is_not_reminded_of_any_more(polled: UnitMailOffice) -> None:
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


def test_R20_a_silent_unit_is_asked_once_in_the_month(polled: UnitMailOffice) -> None:
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


def test_one_reminder_a_unit_and_day(polled: UnitMailOffice) -> None:
    def letters(office: Office) -> list[UnitMail]:
        when = parse_as_of("2023-09-26", office.zone)
        return compose_reminder_mails(office, find_due_reminders(office, when), when)

    with open_office(polled.folder / "kongchuo.toml") as office:
        assert queue_unit_mails(office, letters(office)) == 2
        assert queue_unit_mails(office, letters(office)) == 0
