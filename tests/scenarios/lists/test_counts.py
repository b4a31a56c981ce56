"""Forms of numbers: read as numbers, and set against the children whom the ledger knows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from config.notice import Notice
from ledger.results import CaseState
from tests.builders.counties.scenario_county import NOTICE, ScenarioCounty, a_child

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


RHYTHM = {"rhythm": {"every": "month", "on": 28}}


def notice_with_counts(
    of_form: Mapping[str, object] | None = None, of_fields: Mapping[str, Mapping[str, object]] | None = None
) -> Notice:
    tables = NOTICE.model_dump()
    fields = {**FIELDS, **(of_fields or {})}
    form = {**MONTHLY, "fields": ["school", *fields], **(of_form or {})}
    tables["forms"] = [*tables["forms"], form]
    tables["fields"] |= fields
    return Notice.model_validate(tables)


@pytest.fixture
def monthly(county: ScenarioCounty) -> ScenarioCounty:
    """A county with numbers that are owed once."""
    return replace(county, notice=notice_with_counts())


@pytest.fixture
def by_month(county: ScenarioCounty) -> ScenarioCounty:
    """A county with numbers that are owed every month."""
    return replace(county, notice=notice_with_counts(RHYTHM))


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


SEPTEMBER, OCTOBER = "2023-09", "2023-10"


def a_month(county: ScenarioCounty, month: str, on: str, **numbers: int) -> None:
    county.add_submission("西沱中学", "月报", dict(numbers), on=on, period=month)


def test_a_month_s_number_is_held_against_the_ledger_at_its_end(by_month):
    child = a_child("甲一")
    by_month.add_submission("西沱中学", "附件4", child.out_row(since="2023-09-05"), on="2023-09-10")
    by_month.add_submission(
        "西沱中学", "附件4", child.out_row(outcome="已返校", returned_on="2023-10-08"), on="2023-10-10"
    )
    a_month(by_month, SEPTEMBER, "2023-09-27", out_now=1, back=0)
    a_month(by_month, OCTOBER, "2023-10-27", out_now=0, back=1)

    assert told(by_month) == []


def test_each_month_s_number_is_asked_about_beside_its_own_ledger(by_month):
    child = a_child("甲一")
    by_month.add_submission("西沱中学", "附件4", child.out_row(since="2023-09-05"), on="2023-09-10")
    by_month.add_submission(
        "西沱中学", "附件4", child.out_row(outcome="已返校", returned_on="2023-10-08"), on="2023-10-10"
    )
    a_month(by_month, SEPTEMBER, "2023-09-27", out_now=0)
    a_month(by_month, OCTOBER, "2023-10-27", out_now=1)

    assert sorted(told(by_month)) == [
        "西沱中学月报(2023年10月)第5行写西沱中学未返校1,到10月31日登记的有0人:请西沱中学核对,属实的逐人填入附件4",
        "西沱中学月报(2023年9月)第5行写西沱中学未返校0,到9月30日登记的有1人(甲一):请西沱中学核对",
    ]


def test_before_a_month_is_over_its_number_is_held_against_the_ledger_of_the_day(by_month):
    by_month.add_submission("西沱中学", "附件4", a_child("甲一").out_row(since="2023-09-05"), on="2023-09-10")
    a_month(by_month, SEPTEMBER, "2023-09-20", out_now=2)

    (finding,) = by_month.findings("counts-disagree", "2023-09-22")

    assert "到9月22日登记的有1人" in finding.message


def test_new_are_only_those_of_the_month(by_month):
    by_month.add_submission("西沱中学", "附件4", a_child("甲一").out_row(since="2023-09-05"), on="2023-09-10")
    a_month(by_month, SEPTEMBER, "2023-09-27", new_out=1)
    a_month(by_month, OCTOBER, "2023-10-27", new_out=1)

    (message,) = told(by_month)

    assert "月报(2023年10月)第5行写西沱中学新增辍学1,到10月31日登记的有0人" in message


def test_no_new_one_beside_one_who_went_in_the_month_is_asked_about(by_month):
    by_month.add_submission("西沱中学", "附件4", a_child("甲一").out_row(since="2023-10-09"), on="2023-10-10")
    a_month(by_month, OCTOBER, "2023-10-27", new_out=0)

    (message,) = told(by_month)

    assert "登记的有1人(甲一)" in message


@pytest.mark.parametrize("number", [0, 1])
def test_who_went_after_the_report_may_be_counted_or_not(by_month, number):
    a_month(by_month, SEPTEMBER, "2023-09-27", out_now=number, new_out=number)
    by_month.add_submission("西沱中学", "附件4", a_child("甲一").out_row(since="2023-09-28"), on="2023-09-29")

    assert told(by_month) == []


def test_a_list_of_the_month_that_comes_late_is_of_its_ledger(county):
    register = {"key": "附件4", "due": None} | RHYTHM
    tables = notice_with_counts(RHYTHM).model_dump()
    tables["forms"] = [form | (register if form["key"] == "附件4" else {}) for form in tables["forms"]]
    late = replace(county, notice=Notice.model_validate(tables))
    a_month(late, SEPTEMBER, "2023-09-27", out_now=1)
    assert len(told(late)) == 1
    late.add_submission(
        "西沱中学", "附件4", a_child("甲一").out_row(since="2023-09-05"), on="2023-10-08", period=SEPTEMBER
    )

    assert told(late) == []


def test_a_column_may_count_some_statuses_of_a_meaning(county):
    """休学 without its proof is 休学 all the same; of the proof the gaps speak."""
    delayed = {"heading": "延缓入学", "kind": "int", "counts_statuses": ["延缓入学"]}
    apart = replace(county, notice=notice_with_counts(RHYTHM, {"delayed": delayed}))
    apart.add_submission(
        "西沱中学",
        "附件4",
        a_child("甲一").out_row("休学", since="2023-09-05"),
        a_child("乙二").out_row("延缓入学", since="2023-09-05"),
        on="2023-09-10",
    )
    a_month(apart, SEPTEMBER, "2023-09-27", on_leave=2, delayed=2)
    a_month(apart, OCTOBER, "2023-10-27", on_leave=2, delayed=1)

    (message,) = told(apart)

    assert "月报(2023年9月)第5行写西沱中学延缓入学2,到9月30日登记的有1人" in message


def test_suspected_ones_are_counted_apart_where_a_column_asks_for_them(county):
    tables = notice_with_counts(
        RHYTHM, {"suspects": {"heading": "疑似", "kind": "int", "counts": "suspected"}}
    ).model_dump()
    tables["vocabularies"]["status"]["values"]["疑似辍学"] = ()
    tables["vocabularies"]["status"]["meanings"]["疑似辍学"] = "suspected"
    tables["persuasion"]["statuses"] = ()
    apart = replace(county, notice=Notice.model_validate(tables))
    apart.add_submission(
        "西沱中学",
        "附件4",
        a_child("甲一").out_row(since="2023-09-05"),
        a_child("乙二").out_row("疑似辍学", since="2023-09-05"),
        on="2023-09-10",
    )
    a_month(apart, SEPTEMBER, "2023-09-27", out_now=1, suspects=1)

    assert told(apart) == []


def test_the_unit_that_a_row_is_about_is_named_beside_the_sender(by_month):
    by_month.add_submission(
        "西沱中学", "月报", {"school": "黄水中学", "out_now": 1}, on="2023-09-27", period=SEPTEMBER
    )

    (finding,) = by_month.findings("counts-disagree", "2023-10-31")

    assert finding.units == ("西沱中学", "黄水中学")


@pytest.mark.parametrize(
    ("column", "fault"),
    [
        ({"counts_statuses": ["免学"]}, "counts_statuses 里的“免学”不在 vocabularies.status 的值里"),
        ({"counts": "out", "counts_statuses": ["休学"]}, "同时写了 counts 和 counts_statuses"),
    ],
)
def test_a_column_that_counts_what_there_is_not_is_refused(column, fault):
    with pytest.raises(ValueError, match=fault):
        notice_with_counts(None, {"more": {"heading": "更多", "kind": "int"} | column})


def test_every_period_of_the_semester_is_looked_at(county):
    weekly = replace(county, notice=notice_with_counts({"rhythm": {"every": "week"}}))
    weeks = [f"2023-W{week}" for week in range(36, 46)]
    for number, week in enumerate(weeks):
        day = date.fromisocalendar(2023, 36 + number, 5).isoformat()
        numbers = {"out_now": 3 if number in (0, 4) else 0}
        weekly.add_submission("西沱中学", "月报", numbers, on=day, period=week)

    found = weekly.findings("counts-disagree", "2023-11-12")

    assert {one.periods for one in found} == {("2023-W36",), ("2023-W40",)}
    assert {one.message.partition("行写")[0] for one in found} == {
        "西沱中学月报(9月4日至10日)第5",
        "西沱中学月报(10月2日至8日)第5",
    }
