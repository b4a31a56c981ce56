"""Forms that came and still need a word: a zero report in a mail's words, a title of last semester."""

from dataclasses import replace

import pytest

from ledger.assessment import Judgements
from ledger.officer_decisions import problem_id
from ledger.results import FormState
from ledger.submissions.confirmations import names_last_semester
from tests.builders.counties.scenario_county import NOTICE, SPRING, a_child, reading_with


def asked(county, unit: str, form: str, on: str) -> list[str]:
    return [gap.detail for gap in county.gaps(unit, on) if gap.form == form]


def test_R03_a_zero_report_in_words_is_told_in_time_and_the_form_still_asked_for(county):
    county.add_submission("西沱镇", "附件3", nil=True, in_words=True)

    form = county.form("西沱镇", "附件3")

    assert (form.state, form.late, form.nil) == (FormState.INCOMPLETE, False, True)
    assert asked(county, "西沱镇", "附件3", "2023-09-26") == ["零报告只写在邮件里:请补报表"]
    assert [gap.deduction for gap in county.gaps("西沱镇") if gap.form == "附件3"] == [None]


def test_the_form_that_follows_settles_it_and_the_words_made_it_in_time(county):
    county.add_submission("西沱镇", "附件3", nil=True, in_words=True)
    county.add_submission("西沱镇", "附件3", nil=True, on="2023-09-28")

    form = county.form("西沱镇", "附件3", "2023-09-29")

    assert (form.state, form.late) == (FormState.RECEIVED, False)


def test_by_the_other_reading_the_words_are_enough(county):
    county = replace(county, notice=reading_with(readings={"words_report_zero": True}))
    county.add_submission("西沱镇", "附件3", nil=True, in_words=True)

    assert county.form("西沱镇", "附件3").state is FormState.RECEIVED


def test_a_late_form_of_last_semester_is_asked_about(county):
    county.add_submission(
        "西沱镇", "附件3", nil=True, on="2024-03-01", problems=["other-period"], value="2023年秋"
    )

    form = county.form("西沱镇", "附件3", "2024-03-16")

    assert (form.state, form.late) == (FormState.INCOMPLETE, False)
    assert "标题写的是“2023年秋”:请确认是本学期" in asked(county, "西沱镇", "附件3", "2024-03-16")[0]


def test_who_confirms_it_has_reported(county):
    county.add_submission(
        "西沱镇", "附件3", a_child().out_row("休学"), on="2024-03-01", problems=["other-period"],
        value="2023年秋", proofs=["甲一休学证明.jpg"],
    )  # fmt: skip
    (problem,) = Judgements(county.snapshot_at("2024-03-02")).problems
    county.add_decision("explain", problem_id(problem), "电话确认是本学期", "2024-03-03", "西沱镇|附件3")

    assert county.form("西沱镇", "附件3", "2024-03-16").state is FormState.RECEIVED


@pytest.mark.parametrize(
    ("words", "last"),
    [
        ("2023年秋", True), ("2023秋", True), ("2023年下", True), ("2023-2024学年第一学期", True), ("2023—2024学年度第一学期", True),
        ("2023年春", False), ("2022年秋", False), ("2024年春", False), ("2023-2024学年第二学期", False), ("台账", False),
    ],
)  # fmt: skip
def test_only_the_semester_right_before_is_the_last(words, last):
    assert names_last_semester(words, SPRING) is last


def test_before_an_autumn_stands_a_spring_of_the_same_year():
    assert names_last_semester("2023年春", NOTICE)
    assert not names_last_semester("2022年秋", NOTICE)
