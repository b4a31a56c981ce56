"""An obligation is unit × form × period: mails in, status, gaps, rates, cases and decisions out."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.builders.files.clerk_files import Row, xlsx
from tests.builders.offices.periods_office import NOTICE, PeriodsOffice, a_row, a_table

WEST, WATER = "西沱中学", "黄水中学"


def ledger(unit: str, month: str, *rows: tuple[str | int, ...]) -> bytes:
    return a_table(f"{unit}{month}县内失学辍学学生月度台账", rows)


@pytest.fixture
def autumn(office: PeriodsOffice) -> PeriodsOffice:
    """西沱中学 sends each month, 黄水中学 sends September's in October and then nothing."""
    first, second = a_row("甲一", 101), a_row("乙二", 103)
    office.send("2026-09-20T10:00", WEST, "月报", {"台账.xlsx": ledger(WEST, "2026年9月", first, second)})
    office.send("2026-10-08T10:00", WATER, "补报", {"9月台账.xlsx": ledger(WATER, "")})
    office.send("2026-10-20T10:00", WEST, "月报", {"台账.xlsx": ledger(WEST, "10月", first)})
    office.poll()
    return office


def test_each_month_has_its_own_state_and_lateness(autumn: PeriodsOffice) -> None:
    assert autumn.states("2026-10-26") == {
        (WEST, "2026-09"): "received",
        (WEST, "2026-10"): "received",
        (WATER, "2026-09"): "received late",
        (WATER, "2026-10"): "missing",
    }


def test_a_month_is_owed_from_its_first_day(autumn: PeriodsOffice) -> None:
    assert autumn.states("2026-09-30")[WATER, "2026-09"] == "missing"
    assert autumn.states("2026-10-01")[WATER, "2026-10"] == "pending"


def test_gaps_name_the_period(autumn: PeriodsOffice) -> None:
    gaps = [gap for gap in autumn.ask("gaps", as_of="2026-10-26") if gap["form"] == "附件4"]

    assert [(gap["unit"], gap["period"], gap["gap"], gap["days_late"]) for gap in gaps] == [
        (WATER, "2026-09", "late", 13),
        (WATER, "2026-10", "missing", 1),
    ]


def test_rates_count_each_period(autumn: PeriodsOffice) -> None:
    rates = autumn.ask("status", as_of="2026-10-26")["rates"]["due"]["by_form"]["附件4"]

    assert (rates["EXPECTED_REPORTS"], rates["ACTUAL_REPORTS"], rates["ACTUAL_REPORTS_ON_TIME"]) == (4, 3, 2)
    assert (rates["missing"], rates["zero"]) == (1, 1)


def test_a_list_replaces_none_of_another_month(autumn: PeriodsOffice) -> None:
    rows = autumn.ask("records", "--form", "附件4", as_of="2026-10-26")

    assert [(row["period"], row["name"]) for row in rows] == [
        ("2026-09", "甲一"), ("2026-09", "乙二"), ("2026-10", "甲一"),
    ]  # fmt: skip


def test_a_child_left_out_of_october_stays_a_case(autumn: PeriodsOffice) -> None:
    cases = autumn.ask("cases", as_of="2026-10-26")

    assert sorted((case["name"], case["state"]) for case in cases) == [("乙二", "open"), ("甲一", "open")]


def test_the_same_answers_after_a_rerun(autumn: PeriodsOffice) -> None:
    before = autumn.run("status", "--json", "--as-of", "2026-10-26")

    autumn.run("rerun", "--all")

    assert autumn.run("status", "--json", "--as-of", "2026-10-26") == before


def test_one_file_of_every_week_is_the_report_of_each(office: PeriodsOffice) -> None:
    nothing = a_table("控辍保学周报")
    office.send("2026-09-04T11:00", WEST, "周报", {"周报.xlsx": nothing})
    office.send("2026-09-11T12:00", WEST, "周报", {"周报.xlsx": nothing})
    office.send("2026-09-18T12:01", WEST, "周报", {"周报.xlsx": nothing})
    office.poll()

    states = office.states("2026-09-22", "表8")

    assert {week: state for (unit, week), state in states.items() if unit == WEST} == {
        "2026-W36": "received",
        "2026-W37": "received",
        "2026-W38": "received late",
        "2026-W39": "pending",
    }


def test_two_months_in_one_file_are_two_reports(office: PeriodsOffice) -> None:
    heading = ["序号", "姓名", "性别", "身份证号", "类别", "发生时间", "原因"]
    sheets: list[list[Row]] = [
        [[f"{WEST}{month}县内失学辍学学生月度台账"], heading, [*a_row(name, serial)]]
        for month, name, serial in (("9月", "甲一", 101), ("10月", "乙二", 103))
    ]
    office.send("2026-10-08T10:00", WEST, "台账", {"台账.xlsx": xlsx(*sheets, names=["9月", "10月"])})
    office.poll()

    states = office.states("2026-10-09")

    assert (states[WEST, "2026-09"], states[WEST, "2026-10"]) == ("received late", "received")


def test_a_month_to_come_is_asked_about_and_accuses_nobody(office: PeriodsOffice) -> None:
    office.send("2026-10-20T10:00", WEST, "月报", {"台账.xlsx": ledger(WEST, "11月", a_row("甲一", 101))})
    office.poll()

    states = office.states("2026-10-26")
    gaps = [gap for gap in office.ask("gaps", as_of="2026-10-26") if gap.get("period") == "2026-10"]
    asked = [gap["detail"] for gap in gaps if (gap["unit"], gap["form"]) == (WEST, "附件4")]

    assert states[WEST, "2026-10"] == "incomplete"
    assert len(asked) == 1
    assert "2026年11月" in asked[0]
    assert [case["name"] for case in office.ask("cases", as_of="2026-10-26")] == ["甲一"]


def test_an_extension_and_an_exemption_are_of_one_period(autumn: PeriodsOffice) -> None:
    autumn.run(
        "extend", "--unit", WATER, "--form", "附件4", "--period", "2026-10", "--until", "2026-10-28",
        "--why", "停电", "--as-of", "2026-10-25",
    )  # fmt: skip
    autumn.run(
        "exempt",
        "--unit",
        WATER,
        "--form",
        "附件4",
        "--period",
        "9月",
        "--why",
        "新并校",
        "--as-of",
        "2026-10-25",
    )

    states = autumn.states("2026-10-26")

    assert (states[WATER, "2026-09"], states[WATER, "2026-10"]) == ("not_owed", "pending")
    assert states[WEST, "2026-09"] == "received"


def test_a_month_that_only_the_name_of_a_file_says_is_not_called_missing(office: PeriodsOffice) -> None:
    office.send("2026-10-20T10:00", WEST, "月报", {"10月台账.xlsx": ledger(WEST, "9月", a_row("甲一", 101))})
    office.poll()

    gaps = {
        gap["period"]: (gap["gap"], gap["under_review"], gap["candidate"])
        for gap in office.ask("gaps", "--unit", WEST, as_of="2026-10-26")
        if gap["form"] == "附件4"
    }

    assert gaps["2026-10"] == ("missing", 1, False)


DAILY = """
[forms."表9"]
title = "控辍保学日报"
title_patterns = ['控辍保学日报']
name_words = ["日报"]
role = "register"
sender = "school"
due = "每日"
nil_allowed = true
fields = ["seq", "name", "sex", "id_number", "status", "since", "reason", "remark"]
required = ["name"]
columns = ["name"]
fingerprint = ["status", "since"]
"""


def periods_in(answer: Any, form: str) -> list[str]:
    """The periods of a form that a status shows of the first unit."""
    return [one["period"] for one in answer["units"][0]["forms"] if one["form"] == form]


def test_days_that_are_long_over_are_shown_only_when_asked_for(tmp_path: Path) -> None:
    office = PeriodsOffice(tmp_path, NOTICE + DAILY)

    shown = office.ask("status", as_of="2026-11-20")
    everything = office.ask("status", "--all", as_of="2026-11-20")

    assert periods_in(shown, "表9") == [
        *(f"2026-10-{day}" for day in range(21, 32)),
        *(f"2026-11-{day:02}" for day in range(1, 21)),
    ]
    assert shown["periods_left_out"] == {"表9": 50}
    assert periods_in(shown, "附件4") == ["2026-09", "2026-10", "2026-11"]
    assert len(periods_in(everything, "表9")) == 81
    assert "periods_left_out" not in everything
    assert shown["rates"] == everything["rates"]
    assert shown["units"][0]["deduction"] == everything["units"][0]["deduction"]


def test_lists_of_one_period(autumn: PeriodsOffice) -> None:
    day = "2026-10-26"
    rows = autumn.ask("records", "--form", "附件4", "--period", "9月", as_of=day)
    files = autumn.ask("files", "--period", "2026-10", as_of=day)
    gaps = autumn.ask("gaps", "--period", "10月", as_of=day)
    status = autumn.ask("status", "--period", "10月", as_of=day)
    problems = autumn.ask("problems", "--period", "2026-10", as_of=day)

    assert [(row["period"], row["name"]) for row in rows] == [("2026-09", "甲一"), ("2026-09", "乙二")]
    assert [link for file in files for link in file["submissions"]] == [
        {
            "submission_id": files[0]["submissions"][0]["submission_id"],
            "unit": WEST,
            "form": "附件4",
            "period": "2026-10",
        }
    ]
    assert [(gap["unit"], gap["period"]) for gap in gaps] == [(WATER, "2026-10")]
    assert {(unit["unit"], one["form"], one["period"]) for unit in status["units"] for one in unit["forms"]} == {
        (WEST, "附件4", "2026-10"), (WATER, "附件4", "2026-10"),
    }  # fmt: skip
    assert problems == []


def test_tables_say_of_which_period_each_row_and_file_is(autumn: PeriodsOffice) -> None:
    day = ("--as-of", "2026-10-26")

    rows = [line for line in autumn.run("records", "--form", "附件4", *day).splitlines() if "甲一" in line]
    files = autumn.run("files", *day)

    assert [period for line in rows for period in re.findall(r"2026-\d\d(?!-)", line)] == [
        "2026-09",
        "2026-10",
    ]
    assert f"{WATER}附件4\uff082026-09\uff09" in files


def test_a_month_is_that_of_each_form_that_has_one(tmp_path: Path) -> None:
    on_days = NOTICE.replace('due = "每周五12:00"', "due = [2026-09-30, 2026-10-30]")
    office = PeriodsOffice(tmp_path, on_days)

    units = office.ask("status", "--period", "10月", as_of="2026-10-26")["units"]

    assert [(one["form"], one["period"]) for one in units[0]["forms"]] == [
        ("附件4", "2026-10"), ("表8", "2026-10-30"),
    ]  # fmt: skip


def test_no_period_begins_after_the_closing_day(tmp_path: Path) -> None:
    notice = NOTICE.replace("opened = 2026-09-01", "opened = 2026-09-01\nclosed = 2026-10-15")
    office = PeriodsOffice(tmp_path, notice)

    states = office.states("2026-12-20")

    assert [period for unit, period in states if unit == WEST] == ["2026-09", "2026-10"]
    assert "从2026-09-01报到2026-10-15为止" in office.run("notice", "check", "monthly.toml")


def test_a_quarter_that_has_hardly_begun_on_the_closing_day_is_asked_of_nobody(tmp_path: Path) -> None:
    quarterly = NOTICE.replace("每月25日", "每季度末月20日")
    notice = quarterly.replace("opened = 2026-09-01", "opened = 2026-09-01\nclosed = 2027-01-08")
    office = PeriodsOffice(tmp_path, notice)

    states = office.states("2027-04-20")

    assert [period for unit, period in states if unit == WEST] == ["2026-Q3", "2026-Q4"]


def test_periods_end_where_the_next_notice_of_the_office_begins(tmp_path: Path) -> None:
    spring = NOTICE.replace("2026-monthly", "2027-monthly").replace("2026-09-01", "2027-02-22")
    office = PeriodsOffice(tmp_path, NOTICE)
    (tmp_path / "spring.toml").write_text(
        spring.replace("opened", "reports_from = 2027-02-15\nopened"), "utf-8"
    )
    config = tmp_path / "kongchuo.toml"
    alone = office.states("2027-03-01")
    config.write_text(
        config.read_text("utf-8").replace("roster =", 'others = ["spring.toml"]\nroster ='), "utf-8"
    )
    both = office.states("2027-03-01")

    # Mail from 15 February on answers the next notice, so that February's ledger, due on the 25th, is asked of nobody twice.
    assert [period for unit, period in alone if unit == WEST][-2:] == ["2027-02", "2027-03"]
    assert [period for unit, period in both if unit == WEST][-2:] == ["2026-12", "2027-01"]
