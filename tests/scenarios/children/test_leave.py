"""Leave ends: at its stated end, or when the notice believes it no longer (notice 三)."""

import pytest

from ledger.results import CaseState, GapKind
from tests.builders.counties.scenario_county import a_child

SCHOOL = "西沱中学"
CHILD = a_child("甲一")
PROOF = ["甲一休学证明.jpg"]


def tell(county, status="休学", **values):
    county.add_submission(SCHOOL, "附件4", CHILD.out_row(status, **values), proofs=PROOF)


def state(county, on):
    return county.only_case(on).state


def codes(county, on):
    return [
        found.code
        for code in ("excused-too-long", "leave-without-end")
        for found in county.findings(code, on)
    ]


@pytest.mark.parametrize("status", ["休学", "延缓入学"])
@pytest.mark.parametrize("until", ["2023-12-31", "2023-12", "2023"])
def test_leave_past_its_end_is_open_and_says_what_to_do(county, status, until):
    tell(county, status, until=until)

    assert state(county, "2023-12-31") is CaseState.EXCUSED
    assert codes(county, "2023-12-31") == []
    assert state(county, "2024-01-01") is CaseState.OPEN
    (found,) = county.findings("excused-too-long", "2024-01-01")
    assert "请" in found.message
    assert any("期满" in doubt for doubt in county.only_case("2024-01-01").doubts)


def test_leave_without_an_end_asks_for_one_and_is_not_believed_for_ever(county):
    tell(county, since="2023-09-04")

    assert state(county, "2024-03-04") is CaseState.EXCUSED
    assert codes(county, "2024-03-04") == ["leave-without-end"]
    assert state(county, "2024-03-05") is CaseState.OPEN
    assert codes(county, "2024-03-05") == ["excused-too-long"]


def test_leave_without_any_day_is_counted_from_the_day_it_was_told(county):
    tell(county)

    assert state(county, "2024-03-20") is CaseState.EXCUSED
    assert state(county, "2024-03-21") is CaseState.OPEN


def test_a_new_end_with_its_proof_excuses_again(county):
    tell(county, until="2023-12-31")
    county.add_submission(
        SCHOOL,
        "附件4",
        CHILD.out_row("休学", until="2024-06-30"),
        on="2024-01-05",
        proofs=PROOF,
    )

    assert CaseState.EXCUSED in {case.state for case in county.cases("2024-02-01")}


def test_a_child_who_is_back_is_asked_nothing(county):
    tell(county, until="2023-12-31")
    county.add_submission("黄水中学", "附件2", CHILD.enrolled_row(), on="2024-01-05")

    assert codes(county, "2024-01-04") == ["excused-too-long"]
    assert codes(county, "2024-01-08") == []


@pytest.mark.parametrize(
    "again",
    [{"since": "2023-11-01"}, {"since": "2023-09-04"}],
    ids=["a leave after it", "a later end once it was over"],
)
def test_a_renewal_owes_a_proof_of_its_own(county, again):
    tell(county, since="2023-09-04", until="2023-10-31")
    renewed = CHILD.out_row("休学", until="2024-03-31", **again)
    county.add_submission(SCHOOL, "附件4", renewed, on="2023-11-02")

    assert state(county, "2023-11-08") is CaseState.OPEN
    assert [gap.gap for gap in county.gaps(SCHOOL, "2023-11-08") if gap.form == "附件4"] == ["proof"]

    county.add_proofs(SCHOOL, "附件4", "甲一续休诊断证明.jpg", on="2023-11-09")
    assert state(county, "2023-11-10") is CaseState.EXCUSED


def test_the_proof_of_a_renewal_may_run_ahead_of_it(county):
    tell(county, since="2023-09-04", until="2023-10-31")
    county.add_proofs(SCHOOL, "附件4", "甲一续休诊断证明.jpg", on="2023-10-25")
    renewed = CHILD.out_row("休学", since="2023-11-01", until="2024-03-31")
    county.add_submission(SCHOOL, "附件4", renewed, on="2023-11-02")

    assert state(county, "2023-11-08") is CaseState.EXCUSED


def test_an_end_put_right_before_it_was_over_needs_no_new_proof(county):
    tell(county, since="2023-09-04", until="2023-10-31")
    mended = CHILD.out_row("休学", since="2023-09-04", until="2024-03-31")
    county.add_submission(SCHOOL, "附件4", mended, on="2023-09-22")

    assert state(county, "2023-11-08") is CaseState.EXCUSED


def test_a_person_s_word_excuses_no_longer_than_the_leave(county):
    county.add_submission(SCHOOL, "附件4", CHILD.out_row("休学", until="2023-11-30"))
    county.add_decision("close", county.only_case("2023-09-22").case_id, "看过原件", "2023-09-22", "excused")

    assert state(county, "2023-11-30") is CaseState.EXCUSED
    assert state(county, "2023-12-01") is CaseState.OPEN
    assert codes(county, "2023-12-01") == ["excused-too-long"]


def test_of_a_child_whom_a_person_excused_no_proof_is_asked_while_that_holds(county):
    county.add_submission(SCHOOL, "附件4", CHILD.out_row("休学", until="2023-11-30"))
    owed = {"2023-09-22": county.form(SCHOOL, "附件4", "2023-09-22").proof_owed}
    county.add_decision("close", county.only_case("2023-09-22").case_id, "看过原件", "2023-09-23", "excused")

    owed |= {
        day: county.form(SCHOOL, "附件4", day).proof_owed
        for day in ("2023-09-24", "2023-11-30", "2023-12-01")
    }

    assert owed == {"2023-09-22": 1, "2023-09-24": 0, "2023-11-30": 0, "2023-12-01": 1}
    assert GapKind.PROOF not in {gap.gap for gap in county.gaps(SCHOOL, "2023-09-26")}
    assert (county.only_case("2023-09-26").closed_by or "").endswith("看过原件")


def test_a_child_too_young_to_enter_owes_no_proof_of_entering_late(county):
    young = a_child("乙二", born="20181205")
    county.add_submission(SCHOOL, "附件4", young.out_row("延缓入学", until="2024-08-31"))

    assert state(county, "2023-09-26") is CaseState.EXCUSED
    assert county.form(SCHOOL, "附件4").proof_owed == 0


def test_one_whose_typed_birth_date_alone_is_too_late_does(county):
    older = a_child("乙二", born="20160305")
    county.add_submission(
        SCHOOL, "附件4", older.out_row("延缓入学", until="2024-08-31", birth_date="2018-12-05")
    )

    assert state(county, "2023-09-26") is CaseState.OPEN
    assert county.form(SCHOOL, "附件4").proof_owed == 1
