"""Another county's statuses: what the notice says they mean decides, and no word does."""

from dataclasses import replace

import pytest

from config.notice import Notice
from ledger.results import STATUS_MISSING, CaseState
from tests.builders.counties.scenario_county import NOTICE, ScenarioCounty, a_child

MEANINGS = {
    "疑似辍学": "suspected", "劝学中": "out", "免学": "excused", "送教": "placed", "转学": "moved", "已劝返": "returned", "待查": "unknown",
}  # fmt: skip
CHILD = a_child()


def notice_with_other_statuses() -> Notice:
    tables = NOTICE.model_dump()
    tables["vocabularies"]["status"] = {"values": dict.fromkeys(MEANINGS, ()), "meanings": MEANINGS}
    tables["persuasion"] |= {"statuses": (), "unstated": ""}
    for form in tables["forms"]:
        if form["trigger"] is not None:
            form["trigger"]["statuses"] = ()
        if form["role"] == "register":
            del form["proof_statuses"]
    return Notice.model_validate(tables)


@pytest.fixture
def elsewhere(county: ScenarioCounty) -> ScenarioCounty:
    return replace(county, notice=notice_with_other_statuses())


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("疑似辍学", CaseState.OPEN),
        ("劝学中", CaseState.OPEN),
        ("待查", CaseState.OPEN),
        ("转学", CaseState.OPEN),
        ("免学", CaseState.OPEN),
        ("送教", CaseState.EXCUSED),
        ("已劝返", CaseState.RETURNED),
    ],
)
def test_each_status_is_judged_by_its_meaning(elsewhere, status, state):
    elsewhere.add_submission("西沱中学", "附件4", CHILD.out_row(status))

    case = elsewhere.only_case()

    assert (case.status, case.state) == (status, state)
    assert (case.next_visit_due is not None) == (status in ("疑似辍学", "劝学中"))


def test_leave_needs_its_proof_though_the_form_lists_no_statuses(elsewhere):
    elsewhere.add_submission("西沱中学", "附件4", CHILD.out_row("免学"), proofs=["甲一证明.jpg"])

    assert elsewhere.form("西沱中学", "附件4").proof_owed == 1
    assert elsewhere.only_case().state is CaseState.EXCUSED


def test_a_status_of_return_closes_the_case_that_was_told_before(elsewhere):
    elsewhere.add_submission("西沱中学", "附件4", CHILD.out_row("劝学中"), on="2023-09-10")
    elsewhere.add_submission("西沱中学", "附件4", CHILD.out_row("已劝返"), on="2023-09-20")

    case = elsewhere.only_case()

    assert (case.state, case.closed_by) == (CaseState.RETURNED, "西沱中学附件4第5行:已劝返")


def test_out_again_after_a_status_of_return_opens_the_case_again(elsewhere):
    elsewhere.add_submission("西沱中学", "附件4", CHILD.out_row("已劝返"), on="2023-09-10")
    elsewhere.add_submission("西沱中学", "附件4", CHILD.out_row("劝学中"), on="2023-09-20")

    assert elsewhere.only_case().state is CaseState.OPEN


def test_an_outcome_that_says_no_goes_before_a_status_of_return(elsewhere):
    elsewhere.add_submission("西沱中学", "附件4", CHILD.out_row("已劝返", outcome="未返校"))

    assert elsewhere.only_case().state is CaseState.OPEN


def test_a_moved_child_waits_for_the_next_schools_roll(elsewhere):
    elsewhere.add_submission("西沱中学", "附件4", CHILD.out_row("转学"), on="2023-09-10")
    elsewhere.add_submission("黄水中学", "附件2", CHILD.enrolled_row(), on="2023-09-20")

    assert elsewhere.only_case().state is CaseState.MOVED


def test_whom_only_a_visit_form_is_about_has_the_first_status_that_means_out(elsewhere):
    elsewhere.add_submission("西沱中学", "附件6", CHILD.visits_row("2023-09-10"))

    assert elsewhere.only_case().status == "劝学中"


def test_a_child_without_a_status_is_asked_about(elsewhere):
    elsewhere.add_submission("西沱中学", "附件4", CHILD.out_row(None))

    assert elsewhere.only_case().status == STATUS_MISSING


def test_a_child_with_leave_for_some_days_neither_opens_nor_closes_a_case(county):
    county.add_submission("西沱中学", "附件2", CHILD.enrolled_row(study_status="请假"))

    assert (county.cases(), county.suspected()) == ([], [])


@pytest.mark.parametrize(
    ("proof", "state"),
    [
        ("甲一外省在读证明.jpg", CaseState.MOVED),
        ("甲一家访照片.jpg", CaseState.OPEN),
        ("乙二在读证明.jpg", CaseState.OPEN),
    ],
)
def test_a_moved_child_waits_for_the_proof_of_being_in_school(elsewhere, proof, state):
    elsewhere.add_submission("西沱中学", "附件4", CHILD.out_row("转学"), on="2023-09-10", proofs=[proof])
    elsewhere.add_submission("西沱中学", "附件4", CHILD.out_row("转学"), on="2023-09-20")

    assert elsewhere.only_case().state is state
    assert elsewhere.form("西沱中学", "附件4").proof_owed == 0


def test_a_moved_child_that_is_out_after_all_is_open_whatever_was_proven(elsewhere):
    elsewhere.add_submission(
        "西沱中学", "附件4", CHILD.out_row("转学"), on="2023-09-10", proofs=["甲一在读证明.jpg"]
    )
    elsewhere.add_submission("西沱中学", "附件4", CHILD.out_row("劝学中"), on="2023-09-20")

    assert elsewhere.only_case().state is CaseState.OPEN


def test_whose_proof_it_is_of_two_children_of_one_name_nobody_knows(elsewhere):
    twin = a_child(CHILD.name, born="20130909")
    elsewhere.add_submission(
        "西沱中学", "附件4", CHILD.out_row("转学"), twin.out_row("转学"), proofs=["甲一在读证明.jpg"]
    )

    assert {case.state for case in elsewhere.cases()} == {CaseState.OPEN}
