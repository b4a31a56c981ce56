"""The next semester's notice, made from the present one."""

import re
import tomllib
from datetime import date
from importlib import resources

import pytest

from config.notice.extending.next_semester import Season, Semester, add_months, make_next_notice

AUTUMN_2023, SPRING_2024 = Semester(2023, Season.AUTUMN), Semester(2024, Season.SPRING)
AUTUMN_2026 = Semester(2026, Season.AUTUMN)
PRESENT = """# 甲县 2023年秋季学期
id = "2023-autumn"
extends = "2023-autumn.toml"
title = "2023年秋季学期控辍保学"  # 2023-09-25 以前的
period_words = ["2023年秋", "2023秋", "2023季", "2023年下", "2023—2024学年", "2023-2024学年"]
opened = 2023-09-01
holidays = [
  [2023-09-29, 2023-10-06],
]
[ages]
born_from = 2006-09-01
[forms."附件1"]
title = "甲县2023年秋季学期表# 2023-09-25"
due = 2023-09-25
"""


@pytest.mark.parametrize(
    ("day", "semester"),
    [
        (date(2023, 9, 1), AUTUMN_2023), (date(2024, 1, 31), AUTUMN_2023), (date(2024, 2, 1), SPRING_2024),
        (date(2024, 7, 31), SPRING_2024), (date(2026, 8, 1), AUTUMN_2026),
    ],
)  # fmt: skip
def test_a_day_belongs_to_a_semester(day: date, semester: Semester) -> None:
    assert Semester.of_day(day) == semester


def test_a_semester_follows_another() -> None:
    assert AUTUMN_2023.following == SPRING_2024
    assert SPRING_2024.following == Semester(2024, Season.AUTUMN)
    assert (AUTUMN_2023.months_to(SPRING_2024), SPRING_2024.months_to(AUTUMN_2023)) == (6, -6)


def test_days_and_words_of_another_year() -> None:
    made = make_next_notice(PRESENT, AUTUMN_2023, AUTUMN_2026)

    tables = tomllib.loads(made.text)
    assert tables["id"] == "2026-autumn"
    assert tables["extends"] == "2023-autumn.toml"
    assert tables["title"] == "2026年秋季学期控辍保学"
    assert tables["period_words"] == [
        "2026年秋",
        "2026秋",
        "2026季",
        "2026年下",
        "2026—2027学年",
        "2026-2027学年",
    ]
    assert tables["holidays"] == [[date(2026, 9, 29), date(2026, 10, 6)]]
    assert tables["ages"]["born_from"] == date(2009, 9, 1)
    assert tables["forms"]["附件1"] == {"title": "甲县2026年秋季学期表# 2023-09-25", "due": date(2026, 9, 25)}
    assert [(day.key, day.after) for day in made.days] == [
        ("opened", date(2026, 9, 1)), ("holidays", date(2026, 9, 29)), ("holidays", date(2026, 10, 6)),
        ("born_from", date(2009, 9, 1)), ("due", date(2026, 9, 25)),
    ]  # fmt: skip
    assert made.days[0].line == 6


def test_ages_are_those_of_the_school_year_in_both_semesters() -> None:
    made = make_next_notice(PRESENT, AUTUMN_2023, SPRING_2024)

    tables = tomllib.loads(made.text)
    assert tables["ages"]["born_from"] == date(2006, 9, 1)
    assert tables["opened"] == date(2024, 3, 1)
    assert tables["period_words"][0] == "2024年春"
    assert "2023—2024学年" in tables["period_words"]


def test_a_day_that_a_month_does_not_have_is_its_last() -> None:
    assert add_months(date(2023, 8, 31), 6) == date(2024, 2, 29)
    assert add_months(date(2024, 3, 31), -13) == date(2023, 2, 28)


def test_the_bundled_notice_says_nothing_of_its_own_year_any_more() -> None:
    text = (resources.files("config") / "notices" / "2023-autumn.toml").read_text("utf-8")

    made = make_next_notice(text, AUTUMN_2023, AUTUMN_2026)

    values = "\n".join(line.partition("#")[0] for line in made.text.splitlines())
    assert "2023" not in values
    assert len(made.days) == len(re.findall(r"^\w+ = \d{4}-\d\d-\d\d", text, re.MULTILINE))
