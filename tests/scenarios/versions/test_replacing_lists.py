"""A list whose mail says that it replaces the earlier one (以此为准): it counts alone, and no child is lost by it."""

import pytest

from ledger.results import CaseState
from tests.builders.counties.scenario_county import ScenarioCounty, a_child

CHILDREN = tuple(a_child(f"甲{n}") for n in "一二三四五")


def report_twice(county: ScenarioCounty, form: str, *, replaces: bool) -> None:
    unit = "西沱镇小学" if form == "附件2" else "西沱中学"
    rows = [child.enrolled_row() if form == "附件2" else child.out_row() for child in CHILDREN]
    county.add_submission(unit, form, *rows, on="2023-09-20")
    county.add_submission(unit, form, *rows[:2], on="2023-09-22", replaces=replaces)


def current_names(county: ScenarioCounty, form: str) -> list[str]:
    return [row.values["name"] for row in county.snapshot_at("2023-09-26").current_rows(form)]


@pytest.mark.parametrize("form", ["附件2", "附件4"])
def test_a_short_list_that_replaces_counts_alone(county, form):
    report_twice(county, form, replaces=True)

    assert current_names(county, form) == ["甲一", "甲二"]


@pytest.mark.parametrize("form", ["附件2", "附件4"])
def test_a_short_list_of_which_its_mail_says_nothing_adds(county, form):
    report_twice(county, form, replaces=False)

    assert sorted(current_names(county, form)) == sorted(child.name for child in CHILDREN)


def test_children_left_out_of_a_register_that_replaces_stay_cases(county):
    report_twice(county, "附件4", replaces=True)

    assert {case.name: case.state for case in county.cases()} == dict.fromkeys(
        (child.name for child in CHILDREN), CaseState.OPEN
    )


def test_children_left_out_of_a_roll_that_replaces_are_suspected(county):
    report_twice(county, "附件2", replaces=True)

    assert {case.name for case in county.suspected()} == {"甲三", "甲四", "甲五"}


def test_a_list_that_replaces_is_asked_about_for_the_rows_it_lost(county):
    report_twice(county, "附件4", replaces=True)

    assert county.form("西沱中学", "附件4").warnings == 1
