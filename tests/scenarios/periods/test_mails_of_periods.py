"""Digest, 通报, reminders and receipts name the period of what they speak of."""

from datetime import datetime
from pathlib import Path

import pytest

from kongchuo.office import open_office
from kongchuo.usecases.unit_mail import compose_receipts, find_due_reminders
from tests.builders.offices.periods_office import NOTICE, ZONE, PeriodsOffice, a_row, a_table

WEST, WATER = "西沱中学", "黄水中学"
SEPTEMBER, OCTOBER = "附件4\uff082026年9月\uff09", "附件4\uff082026年10月\uff09"


@pytest.fixture
def autumn(tmp_path: Path) -> PeriodsOffice:
    """西沱中学 has sent September and October, 黄水中学 September's late; the weekly report is nobody's."""
    office = PeriodsOffice(tmp_path, NOTICE.replace('due = "每周五12:00"', "owed = false"))
    for when, unit, month in (
        ("2026-09-20T10:00", WEST, "9月"),
        ("2026-10-08T10:00", WATER, "9月"),
        ("2026-10-20T10:00", WEST, "10月"),
    ):
        table = a_table(
            f"{unit}{month}县内失学辍学学生月度台账", [a_row("甲一", 101)] if unit == WEST else []
        )
        office.send(when, unit, "月报", {"台账.xlsx": table})
    office.poll()
    return office


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=ZONE)


def test_the_digest_lists_what_is_missing_by_period(autumn: PeriodsOffice) -> None:
    autumn.run("digest", "--as-of", "2026-10-28")
    page = (autumn.folder / "digest" / "digest.html").read_text("utf-8")

    assert f"缺{OCTOBER}" in page
    assert f"缺{SEPTEMBER}" not in page


def test_only_the_unit_that_owes_october_is_reminded_of_it(autumn: PeriodsOffice) -> None:
    with open_office(autumn.folder / "kongchuo.toml") as office:
        reminders = find_due_reminders(office, at("2026-10-28"))

    assert [(reminder.unit, reminder.items[0]) for reminder in reminders] == [
        (WATER, "附件4县内失学辍学台账(2026年10月)还没有报")
    ]


@pytest.mark.parametrize(
    ("day", "opening"),
    [("2026-09-08", "请于9月11日12:00前报送"), ("2026-09-14", "应于9月11日12:00前报送,已过3天")],
)
def test_a_reminder_of_a_form_that_is_due_at_noon_says_the_hour(
    office: PeriodsOffice, day: str, opening: str
) -> None:
    office.send("2026-09-03T10:00", WEST, "周报", {"周报.xlsx": a_table("控辍保学周报")})
    office.poll()
    with open_office(office.folder / "kongchuo.toml") as opened:
        (reminder,) = [one for one in find_due_reminders(opened, at(day)) if one.unit == WEST]

    weekly = next(one for one in reminder.forms if "表8" in one.items[0])
    assert opening in weekly.opening


def test_a_reminder_names_days_that_are_missing_in_one_line(tmp_path: Path) -> None:
    daily = NOTICE.replace('due = "每周五12:00"', 'due = "每日17:00"')
    office = PeriodsOffice(tmp_path, daily)
    office.send("2026-09-01T10:00", WEST, "日报", {"周报.xlsx": a_table("控辍保学周报")})
    office.poll()

    with open_office(office.folder / "kongchuo.toml") as opened:
        (reminder,) = [one for one in find_due_reminders(opened, at("2026-09-21")) if one.unit == WEST]
    (late,) = [one for one in reminder.forms if one.days_late]

    assert "自9月2日17:00起按期应报,已过19天" in late.opening
    assert late.items == ("表8(9月2日至20日间19期)还没有报",)
    assert reminder.days_late == 19


def test_a_receipt_says_of_which_period_a_form_was_received(autumn: PeriodsOffice) -> None:
    with open_office(autumn.folder / "kongchuo.toml") as office:
        (mail,) = compose_receipts(office, at("2026-10-21"))

    assert mail.subject == f"回执:{WEST}附件4(2026年10月)已收到"


def test_a_triggered_form_is_owed_in_each_period(tmp_path: Path) -> None:
    notice = NOTICE.replace('"附件6" = "removed"\n', "").replace('due = "每周五12:00"', "owed = false")
    office = PeriodsOffice(tmp_path, f'{notice}\n[forms."附件6"]\ndue = "每月25日"\npaper = false\n')
    table = a_table(f"{WEST}9月县内失学辍学学生月度台账", [a_row("甲一", 101)])
    office.send("2026-09-20T10:00", WEST, "月报", {"台账.xlsx": table})
    office.poll()

    assert office.states("2026-10-20", "附件6") == {
        (WEST, "2026-09"): "missing",
        (WEST, "2026-10"): "pending",
        (WATER, "2026-09"): "not_owed",
        (WATER, "2026-10"): "not_owed",
    }
