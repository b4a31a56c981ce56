"""Forms of numbers: read as numbers, and set against the children whom the ledger knows."""

from dataclasses import replace

import pytest

from config.notice import Notice
from ledger.results import CaseState
from tests.builders.scenario_county import NOTICE, ScenarioCounty, a_child

MONTHLY = {
    "key": "月报",
    "title": "控辍保学情况月报表",
    "title_patterns": ["月报"],
    "role": "counts",
    "senders": ["school"],
    "fields": ["school", "new_out", "out_now", "back", "on_leave", "at_home"],
    "unit_field": "school",
}
FIELDS = {
    "new_out": {"heading": "新增辍学", "kind": "int", "counts": "out", "new": True},
    "out_now": {"heading": "未返校", "kind": "int", "counts": "out"},
    "back": {"heading": "已返校", "kind": "int", "counts": "returned"},
    "on_leave": {"heading": "休学", "kind": "int", "counts": "excused"},
    "at_home": {"heading": "送教", "kind": "int", "counts": "placed"},
}


@pytest.fixture
def monthly(county: ScenarioCounty) -> ScenarioCounty:
    tables = NOTICE.model_dump()
    tables["forms"] = [*tables["forms"], MONTHLY]
    tables["fields"] |= FIELDS
    return replace(county, notice=Notice.model_validate(tables))


def told(county: ScenarioCounty) -> list[str]:
    return [found.message for found in county.findings("counts-disagree", "2023-10-31")]


def test_a_number_beside_an_empty_ledger_is_asked_about(monthly):
    monthly.add_submission("西沱中学", "月报", {"new_out": 1}, on="2023-10-25")

    assert told(monthly) == [
        "西沱中学月报第5行写西沱中学新增辍学1,登记的有0人:请西沱中学核对,属实的逐人填入附件4"
    ]


def test_numbers_that_the_ledger_bears_out_are_not_asked_about(monthly):
    monthly.add_submission(
        "西沱中学", "附件4", a_child("甲一").out_row(), a_child("乙二").out_row(outcome="已返校")
    )
    monthly.add_submission("西沱中学", "月报", {"new_out": 2, "out_now": 1, "back": 1}, on="2023-10-25")

    assert told(monthly) == []


def test_leave_and_teaching_at_home_are_counted_apart(monthly):
    monthly.add_submission("西沱中学", "附件4", a_child("甲一").out_row(status="休学"))
    monthly.add_proofs("西沱中学", "附件4", "甲一休学证明.png")
    monthly.add_submission("西沱中学", "月报", {"on_leave": 1, "at_home": 0}, on="2023-10-25")

    assert monthly.only_case("2023-10-31").state is CaseState.EXCUSED
    assert told(monthly) == []


def test_no_new_ones_is_right_beside_those_of_before(monthly):
    monthly.add_submission("西沱中学", "附件4", a_child("甲一").out_row())
    monthly.add_submission("西沱中学", "月报", {"new_out": 0}, on="2023-10-25")

    assert told(monthly) == []


def test_nobody_out_beside_an_open_case_is_asked_about_and_closes_nothing(monthly):
    monthly.add_submission("西沱中学", "附件4", a_child("甲一").out_row())
    monthly.add_submission("西沱中学", "月报", {"out_now": 0}, on="2023-10-25")

    (message,) = told(monthly)
    assert "登记的有1人(甲一)" in message
    assert monthly.only_case("2023-10-31").state is CaseState.OPEN


def test_a_row_is_about_the_unit_that_it_names(monthly):
    monthly.add_submission("黄水中学", "附件4", a_child("甲一").out_row())
    monthly.add_submission("西沱中学", "月报", {"school": "黄水中学", "out_now": 1}, on="2023-10-25")

    assert told(monthly) == []


def test_only_the_newest_numbers_count(monthly):
    monthly.add_submission("西沱中学", "月报", {"new_out": 1}, on="2023-10-24")
    monthly.add_submission("西沱中学", "月报", {"new_out": 0}, on="2023-10-25")

    assert told(monthly) == []
