"""Promise 6: a case never closes by silence."""

import pytest

from ledger.results import CaseState
from tests.builders.counties.scenario_county import a_child


def state(county, on="2023-10-31"):
    return county.only_case(on).state


def test_a_child_left_out_of_a_later_list_is_still_a_case(county):
    county.add_submission(
        "西沱中学", "附件4", a_child("甲一").out_row(), a_child("乙二").out_row(), on="2023-09-20"
    )
    county.add_submission("西沱中学", "附件4", a_child("乙二", serial=555).out_row(), on="2023-10-20")

    assert {case.name for case in county.cases("2023-10-31") if case.state is CaseState.OPEN} >= {
        "甲一",
        "乙二",
    }


def test_a_zero_report_afterwards_closes_nothing(county):
    county.add_submission("西沱中学", "附件4", a_child().out_row(), on="2023-09-20")
    county.add_submission("西沱中学", "附件4", nil=True, on="2023-10-20")

    assert state(county) is CaseState.OPEN


def test_the_unit_s_word_that_the_child_is_back_closes_it(county):
    child = a_child()
    county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
    county.add_submission(
        "西沱中学", "附件4", child.out_row(outcome="已返校", returned_on="2023-10-08"), on="2023-10-20"
    )

    case = county.only_case("2023-10-31")

    assert (case.state, case.closed_on.isoformat()) == (CaseState.RETURNED, "2023-10-08")
    assert "附件4" in case.closed_by
    assert county.only_case("2023-10-10").state is CaseState.OPEN


def test_out_again_after_a_return_is_the_same_case_open_again(county):
    child = a_child()
    county.add_submission("西沱中学", "附件4", child.out_row(outcome="已返校"), on="2023-09-20")
    county.add_submission("西沱中学", "附件4", child.out_row(outcome="未返校"), on="2023-10-20")

    assert state(county) is CaseState.OPEN
    assert len(county.findings("relapse", "2023-10-31")) == 1


def test_a_later_roll_of_the_same_school_shows_the_child_returned(county):
    child = a_child()
    county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
    county.add_submission("西沱中学", "附件2", child.enrolled_row(), on="2023-10-20")

    assert state(county) is CaseState.RETURNED


def test_a_later_roll_of_another_school_shows_the_child_moved(county):
    child = a_child()
    county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
    county.add_submission("黄水中学", "附件2", child.enrolled_row(), on="2023-10-20")

    assert state(county) is CaseState.MOVED


def test_a_roll_of_before_closes_nothing(county):
    child = a_child()
    county.add_submission("西沱中学", "附件2", child.enrolled_row(), on="2023-09-19")
    county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")

    assert state(county) is CaseState.OPEN


def test_leave_past_its_end_is_open_again(county):
    county.add_submission(
        "西沱中学", "附件4", a_child("甲一").out_row("休学", until="2024-01-20"), proofs=["甲一.jpg"]
    )

    assert state(county, "2024-01-20") is CaseState.EXCUSED
    assert state(county, "2024-03-01") is CaseState.OPEN


def test_leave_without_proof_stays_open(county):
    county.add_submission("西沱中学", "附件4", a_child().out_row("休学"))

    assert state(county) is CaseState.OPEN


def test_a_child_too_old_for_compulsory_school_is_aged_out(county):
    county.add_submission("西沱中学", "附件4", a_child(born="20061001").out_row())

    assert state(county, "2023-10-31") is CaseState.OPEN
    assert state(county, "2024-10-31") is CaseState.AGED_OUT


def test_one_child_told_of_in_many_forms_is_one_case(county):
    child = a_child()
    county.add_submission("西沱中学", "附件4", child.out_row(), at="10:00")
    county.add_submission("西沱中学", "附件6", child.visits_row("2023-09-12"), at="11:00")
    county.add_submission(
        "西沱中学", "附件6", {"name": child.name, "notice_served_on": "2023-09-11"}, at="12:00"
    )

    assert [origin.form for origin in county.only_case().origins] == ["附件4", "附件6", "附件6"]


def test_visits_of_several_files_are_merged_without_doubling(county):
    child = a_child()
    county.add_submission("西沱中学", "附件4", child.out_row(visits=child.visits_row("2023-09-12")["visits"]))
    county.add_submission("西沱中学", "附件6", child.visits_row("2023-09-12", "2023-09-17"))

    assert [visit.date.day for visit in county.only_case().visits] == [12, 17]


class TestPeopleDecide:
    def test_a_closing_holds_with_who_and_why_and_can_be_taken_back(self, county):
        county.add_submission("西沱中学", "附件4", a_child().out_row(), on="2023-09-20")
        case = county.only_case()
        county.add_decision("close", case.case_id, "电话核实已返校", on="2023-10-01", detail="returned")

        assert county.only_case("2023-09-30").state is CaseState.OPEN
        assert (state(county), county.only_case("2023-10-31").closed_by) == (
            CaseState.RETURNED,
            "officer:电话核实已返校",
        )

        county.add_decision("reopen", case.case_id, "又走了", on="2023-11-01")
        assert state(county, "2023-11-02") is CaseState.OPEN

    def test_news_of_being_out_after_a_closing_opens_it_again(self, county):
        child = a_child()
        county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
        county.add_decision("close", county.only_case().case_id, "已返校", on="2023-10-01", detail="returned")
        county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-10-20")

        assert state(county) is CaseState.OPEN

    def test_merged_cases_are_one(self, county):
        county.add_submission("西沱中学", "附件4", a_child("甲一").out_row(), a_child("甲乙").out_row())
        first, second = county.cases()
        county.add_decision("merge", first.case_id, "同一人", on="2023-09-25", detail=second.case_id)

        assert len(county.cases()) == 1

    def test_a_note_is_kept_with_the_case(self, county):
        county.add_submission("西沱中学", "附件4", a_child().out_row())
        county.add_decision("note", county.only_case().case_id, "已约家长", on="2023-09-25")

        assert county.only_case().notes == ("2023-09-25 officer:已约家长",)


@pytest.mark.parametrize("silent", ["附件2", "附件4"])
def test_a_child_on_nobody_s_list_any_more_is_suspected(county, silent):
    children = [a_child(f"甲{n}") for n in "一二三四五"]
    rows = [child.enrolled_row() if silent == "附件2" else child.out_row("延缓入学") for child in children]
    county.add_submission("西沱镇小学", silent, *rows, on="2023-09-20")
    county.add_submission("西沱镇小学", silent, *rows[:4], on="2023-10-15")

    found = county.suspected()

    assert [case.name for case in found] == (["甲五"] if silent == "附件2" else [])
    assert len(county.findings("gone-silent", "2023-10-20")) == 1


@pytest.mark.parametrize("written", ["2023-13-40", "约2023年9月下旬"])
@pytest.mark.parametrize("key", ["since", "returned_on", "until", "birth_date"])
def test_a_date_that_nobody_can_read_leaves_the_case_open_and_every_answer_standing(county, key, written):
    row = a_child().out_row() | {key: written}
    county.add_submission("西沱中学", "附件4", row | {"id_number": None} if key == "birth_date" else row)

    assert county.only_case().state is CaseState.OPEN
    assert len(county.findings("persuasion-form-missing")) == 1


def test_a_return_in_words_is_no_return(county):
    county.add_submission("西沱中学", "附件4", a_child().out_row(returned_on="10月份回来"))

    assert county.only_case().state is CaseState.OPEN


def test_a_visit_on_a_day_that_nobody_can_read_is_kept_without_its_day(county):
    visits = [{"date": "2023-13-40", "result": "未返校"}]
    county.add_submission("西沱中学", "附件4", a_child().out_row(visits=visits))

    assert [visit.date for visit in county.only_case().visits] == [None]
