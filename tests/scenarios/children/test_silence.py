"""Promises 5 and 6 of ``ARCHITECTURE.md``: judgement is derived, and no case, duty or lateness ends by silence or by a slip."""

from datetime import date

import pytest

from ledger.results import CaseState, FormState
from tests.builders.counties.scenario_county import a_child


def test_A04_the_first_visit_is_due_five_calendar_days_after_the_event_also_over_a_weekend(county):
    county.add_submission("西沱中学", "附件4", a_child().out_row(since="2023-09-14"), on="2023-09-14")

    assert county.only_case("2023-09-20").next_visit_due == date(
        2023, 9, 19
    )  # the 16th and 17th are a weekend


def test_A04_without_a_full_date_the_days_count_from_when_the_office_heard(county):
    county.add_submission("西沱中学", "附件4", a_child().out_row(since="2023-09"), on="2023-09-20")

    case = county.only_case("2023-09-26")

    assert (case.opened_on, case.next_visit_due, case.days_overdue) == (
        date(2023, 9, 20),
        date(2023, 9, 25),
        1,
    )


@pytest.mark.parametrize(("unit", "form"), [("西沱镇", "附件3"), ("西沱中学", "附件4")])
def test_A25_an_empty_ledger_counts_only_as_a_zero_report(county, unit, form):
    county.add_submission(unit, form, blocking=["empty-form"])
    assert county.form(unit, form).state is FormState.INCOMPLETE

    county.add_submission(unit, form, nil=True, on="2023-09-21")
    assert county.form(unit, form).state is FormState.RECEIVED


def test_promise_5_what_was_said_of_a_day_does_not_change_with_what_comes_later(county):
    child = a_child()
    county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
    before = county.cases("2023-09-26"), county.gaps("西沱中学", "2023-09-26")

    county.add_submission("西沱中学", "附件4", child.out_row(outcome="已返校"), on="2023-09-27")

    assert (county.cases("2023-09-26"), county.gaps("西沱中学", "2023-09-26")) == before
    assert county.only_case("2023-09-28").state is CaseState.RETURNED


@pytest.mark.parametrize(
    "slip", [{"status": None}, {"status": "在外"}, {"whereabouts": "转学"}, {"remark": "已返校"}]
)
def test_promise_6_no_blank_unknown_word_or_remark_ends_a_case_or_what_it_makes_owed(county, slip):
    child = a_child()
    county.add_submission("西沱中学", "附件4", child.out_row())
    county.add_submission("西沱中学", "附件4", {**child.out_row(), **slip}, on="2023-09-22")

    case = county.only_case()

    assert (case.state, case.status, case.next_visit_due is not None) == (CaseState.OPEN, "辍学", True)
    assert "附件6" in county.owed_forms("西沱中学")


@pytest.mark.parametrize(
    ("unit", "form", "owed"), [("西沱镇", "附件3", "附件5"), ("西沱中学", "附件4", "附件6")]
)
def test_promise_6_a_child_without_a_status_is_an_open_question_and_no_dropout(county, unit, form, owed):
    child = a_child()
    county.add_submission(unit, form, child.out_row(status=None))

    case = county.only_case()
    assert (case.state, case.status, case.next_visit_due) == (CaseState.OPEN, "类别未填", None)
    assert owed not in county.owed_forms(unit)

    county.add_submission(unit, form, child.out_row(), on="2023-09-22")
    assert (county.only_case().status, owed in county.owed_forms(unit)) == ("辍学", True)


def test_promise_6_a_child_who_is_persuaded_to_return_is_out_of_school_without_a_word_of_it(county):
    county.add_submission("西沱中学", "附件6", a_child().visits_row("2023-09-12"))

    case = county.only_case()

    assert (case.status, case.next_visit_due) == ("辍学", date(2023, 9, 17))


def test_promise_6_leave_told_of_again_without_a_status_still_owes_its_proof(county):
    child = a_child()
    county.add_submission("西沱中学", "附件4", child.out_row("休学"))
    county.add_submission("西沱中学", "附件4", child.out_row(status=None), on="2023-09-22")

    assert county.form("西沱中学", "附件4").proof_owed == 1


def test_promise_6_a_proof_of_a_child_with_a_longer_name_excuses_nobody_else(county):
    county.add_submission(
        "西沱中学", "附件4", a_child("李明").out_row("休学"), a_child("李明华").out_row("休学")
    )
    county.add_proofs("西沱中学", "附件4", "李明华诊断证明.jpg")

    assert {case.name: case.state for case in county.cases()} == {
        "李明": CaseState.OPEN,
        "李明华": CaseState.EXCUSED,
    }


def test_promise_6_a_proof_of_a_child_who_owes_none_excuses_nobody_else(county):
    county.add_submission(
        "西沱中学", "附件4", a_child("李明").out_row("休学"), a_child("李明华").out_row("辍学")
    )
    county.add_proofs("西沱中学", "附件4", "李明华家访照片.jpg")

    assert county.form("西沱中学", "附件4").proof_received == 0


def test_promise_6_of_two_children_with_one_name_a_proof_excuses_the_one_whose_number_it_gives(county):
    one, other = a_child("甲一", serial=101), a_child("甲一", born="20130405", serial=102)
    county.add_submission("西沱中学", "附件4", one.out_row("休学"), other.out_row("休学"))
    county.add_proofs("西沱中学", "附件4", f"甲一{one.number}证明.jpg")

    assert {case.id_number: case.state for case in county.cases()} == {
        one.number: CaseState.EXCUSED,
        other.number: CaseState.OPEN,
    }


def test_promise_6_a_roll_that_is_newer_and_says_out_outweighs_an_older_one_that_says_in(county):
    child = a_child()
    county.add_submission("西沱中学", "附件4", child.out_row())
    county.add_submission("西沱中学", "附件2", child.enrolled_row(), on="2023-10-01")
    county.add_submission("黄水中学", "附件2", child.enrolled_row(study_status="辍学"), on="2023-10-05")

    assert county.only_case("2023-10-06").state is CaseState.OPEN


def test_promise_6_that_the_old_school_says_gone_does_not_undo_that_the_new_one_has_the_child(county):
    child = a_child()
    county.add_submission("西沱中学", "附件4", child.out_row())
    county.add_submission("黄水中学", "附件2", child.enrolled_row(), on="2023-10-01")
    county.add_submission("西沱中学", "附件2", child.enrolled_row(study_status="转出"), on="2023-10-05")

    assert county.only_case("2023-10-06").state is CaseState.MOVED


def test_promise_6_visits_whose_days_nobody_wrote_down_still_call_for_the_persuasion_form(county):
    visits = [{"number": n, "date": None, "content": None, "result": "未返校"} for n in (1, 2, 3)]
    child = a_child()
    county.add_submission("西沱中学", "附件4", child.out_row(visits=visits))
    assert county.only_case().escalation == "owed"

    county.add_submission("西沱中学", "附件6", child.visits_row("2023-09-12"), on="2023-09-22")
    assert county.only_case().escalation == "filed"


def test_a_persuasion_form_that_came_late_stays_late_when_another_child_is_found(county):
    first, second = a_child("甲一"), a_child("乙二")
    county.add_submission("西沱中学", "附件4", first.out_row(), on="2023-09-20")
    county.add_submission("西沱中学", "附件6", first.visits_row("2023-09-21"), on="2023-09-28")
    county.add_submission("西沱中学", "附件4", second.out_row(), on="2023-10-10")

    assert county.form("西沱中学", "附件6", on="2023-10-01").late
    assert county.form("西沱中学", "附件6", on="2023-10-11").late


def test_a_table_with_a_heading_missing_does_not_undo_the_good_one_before(county):
    children = [a_child(name) for name in ("甲一", "乙二", "丙三")]
    rows = [child.out_row("辍学", outcome="已返校") for child in children]
    county.add_submission("西沱中学", "附件4", *rows)
    county.add_submission("西沱中学", "附件4", *rows, on="2023-09-22", blocking=["heading-missing"])

    found = county.form("西沱中学", "附件4")

    assert (found.state, found.records, found.versions) == (FormState.RECEIVED, 3, 2)
