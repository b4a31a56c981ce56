"""A child's story is told by the days of which units speak, and each time out of school counts by itself."""

from datetime import date

import pytest

from ledger.results import CaseState
from tests.builders.counties.scenario_county import a_child

SCHOOL, LEDGER, VISITS, ROLL = "西沱中学", "附件4", "附件6", "附件2"


def state(county, on="2023-09-26"):
    return county.only_case(on).state


class TestDaysDecide:
    def test_a_return_stands_whatever_visits_before_it_come_later(self, county):
        child = a_child()
        county.add_submission(
            SCHOOL, LEDGER, child.out_row(outcome="已返校", returned_on="2023-09-20"), on="2023-09-22"
        )
        county.add_submission(SCHOOL, VISITS, child.visits_row("2023-09-08", "2023-09-18"), on="2023-09-24")

        assert state(county) is CaseState.RETURNED
        assert county.only_case().episode == 1

    def test_a_failed_visit_after_the_return_opens_the_case_again(self, county):
        child = a_child()
        county.add_submission(
            SCHOOL, LEDGER, child.out_row(outcome="已返校", returned_on="2023-09-20"), on="2023-09-21"
        )
        county.add_submission(SCHOOL, VISITS, child.visits_row("2023-09-18", "2023-09-23"), on="2023-09-24")

        case = county.only_case()
        assert (case.state, case.episode) == (CaseState.OPEN, 2)
        assert [visit.date.day for visit in case.visits] == [23]

    def test_a_return_told_late_takes_back_what_was_told_before_it(self, county):
        child = a_child()
        county.add_submission(SCHOOL, LEDGER, child.out_row(outcome="未返校"), on="2023-09-22")
        county.add_submission(
            SCHOOL, LEDGER, child.out_row(outcome="已返校", returned_on="2023-09-20"), on="2023-09-25"
        )

        assert state(county) is CaseState.RETURNED

    def test_an_old_return_told_late_closes_no_later_time_out_of_school(self, county):
        child = a_child()
        county.add_submission(SCHOOL, LEDGER, child.out_row(since="2023-10-08"), on="2023-10-09")
        county.add_submission(
            SCHOOL, VISITS, child.visits_row("2023-09-12", result="已返校"), on="2023-10-12"
        )

        assert state(county, "2023-10-20") is CaseState.OPEN

    def test_a_blank_beside_the_status_is_no_word_against_a_return_of_the_same_day(self, county):
        child = a_child()
        county.add_submission(SCHOOL, VISITS, child.visits_row("2023-09-20", result="已返校"), at="10:00")
        county.add_submission(SCHOOL, LEDGER, child.out_row(), at="11:00")

        assert state(county) is CaseState.RETURNED

    def test_but_not_returned_in_words_is(self, county):
        child = a_child()
        county.add_submission(SCHOOL, VISITS, child.visits_row("2023-09-18", result="已返校"), at="11:00")
        county.add_submission(SCHOOL, LEDGER, child.out_row(outcome="未返校"), at="10:00")

        case = county.only_case()
        assert (case.state, case.episode) == (CaseState.OPEN, 1)

    def test_of_one_form_sent_twice_a_day_the_last_counts(self, county):
        child = a_child()
        county.add_submission(SCHOOL, LEDGER, child.out_row(outcome="未返校"), at="10:00")
        county.add_submission(
            SCHOOL, LEDGER, child.out_row(outcome="已返校", returned_on="2023-09-18"), at="15:00"
        )

        assert state(county) is CaseState.RETURNED

    def test_a_leave_that_ended_before_excuses_no_later_time_out_of_school(self, county):
        child = a_child("甲一")
        county.add_submission(SCHOOL, LEDGER, child.out_row(since="2023-10-08"), on="2023-10-09")
        leave = child.out_row("休学", since="2023-09-01", until="2023-09-30")
        county.add_submission(SCHOOL, LEDGER, leave, on="2023-10-12", proofs=["甲一.jpg"])

        case = county.only_case("2023-10-20")
        assert (case.state, case.status) == (CaseState.OPEN, "辍学")


class TestPromises:
    def test_a_return_to_come_is_a_promise_until_its_day(self, county):
        county.add_submission(
            SCHOOL, LEDGER, a_child().out_row(outcome="已返校", returned_on="2023-10-08"), on="2023-09-24"
        )

        case = county.only_case("2023-10-07")
        assert case.state is CaseState.OPEN
        assert case.doubts == ("承诺2023-10-08返校(西沱中学附件4第5行),到期前仍按未返校劝返",)
        assert case.timeline[0].what == "西沱中学附件4报辍学、承诺2023-10-08返校"
        assert state(county, "2023-10-08") is CaseState.RETURNED

    def test_a_promise_of_which_a_later_word_says_no_more_is_none(self, county):
        child = a_child()
        county.add_submission(SCHOOL, LEDGER, child.out_row(returned_on="2023-10-08"), on="2023-09-24")
        county.add_submission(SCHOOL, LEDGER, child.out_row(), on="2023-09-26")

        case = county.only_case("2023-10-10")
        assert (case.state, case.episode) == (CaseState.OPEN, 1)
        assert county.only_case("2023-09-27").doubts == ()


class TestEpisodes:
    def test_out_again_counts_anew_from_the_day_it_began(self, county):
        child = a_child()
        county.add_submission(
            SCHOOL,
            LEDGER,
            child.out_row(since="2023-09-01", outcome="已返校", returned_on="2023-09-12"),
            on="2023-09-15",
            at="10:00",
        )
        county.add_submission(
            SCHOOL, VISITS, child.visits_row("2023-09-05", "2023-09-10"), on="2023-09-15", at="10:00"
        )
        county.add_submission(
            SCHOOL, LEDGER, child.out_row(since="2023-10-08", outcome="未返校"), on="2023-10-09"
        )

        case = county.only_case("2023-10-10")
        assert (case.state, case.episode, case.visits) == (CaseState.OPEN, 2, ())
        assert (case.opened_on.isoformat(), case.next_visit_due.isoformat(), case.days_overdue) == (
            "2023-10-08",
            "2023-10-13",
            0,
        )
        assert len(county.findings("relapse", "2023-10-10")) == 1
        assert county.findings("visit-gap", "2023-10-10") == []
        assert county.findings("visits-alike", "2023-10-10") == []

    def test_failed_visits_before_a_return_are_no_part_of_the_three_after_it(self, county):
        child = a_child()
        county.add_submission(SCHOOL, VISITS, child.visits_row("2023-09-05", "2023-09-10"), on="2023-09-11")
        county.add_submission(
            SCHOOL, LEDGER, child.out_row(outcome="已返校", returned_on="2023-09-12"), on="2023-09-12"
        )
        county.add_submission(SCHOOL, VISITS, child.visits_row("2023-10-10"), on="2023-10-11")

        case = county.only_case("2023-10-12")
        assert (case.state, case.escalation, len(case.visits)) == (CaseState.OPEN, "none", 1)

    def test_returned_twice_is_the_second_time_over(self, county):
        child = a_child()
        for since, back in (("2023-09-01", "2023-09-12"), ("2023-10-08", "2023-10-15")):
            row = child.out_row(since=since, outcome="已返校", returned_on=back)
            county.add_submission(SCHOOL, LEDGER, row, on=back)

        case = county.only_case("2023-10-20")
        assert (case.state, case.episode, case.closed_on.isoformat()) == (CaseState.RETURNED, 2, "2023-10-15")

    def test_one_return_told_again_is_one(self, county):
        child = a_child()
        for on in ("2023-09-15", "2023-10-15", "2023-11-15"):
            county.add_submission(SCHOOL, LEDGER, child.out_row(outcome="已返校"), on=on)

        case = county.only_case("2023-11-20")
        assert (case.state, case.episode) == (CaseState.RETURNED, 1)

    def test_what_a_person_reopened_is_not_closed_by_older_words_that_come_later(self, county):
        child = a_child()
        back = child.out_row(outcome="已返校", returned_on="2023-09-20")
        county.add_submission(SCHOOL, LEDGER, back, on="2023-09-22")
        county.add_decision("reopen", county.only_case().case_id, "实地查看未到校", on="2023-10-01")
        county.add_submission(SCHOOL, VISITS, child.visits_row("2023-09-08"), on="2023-10-05")

        assert state(county, "2023-10-06") is CaseState.OPEN

    def test_visits_before_a_closing_by_a_person_do_not_reopen(self, county):
        child = a_child()
        county.add_submission(SCHOOL, LEDGER, child.out_row(), on="2023-09-20")
        county.add_decision(
            "close", county.only_case().case_id, "电话核实", on="2023-10-01", detail="returned"
        )
        county.add_submission(SCHOOL, VISITS, child.visits_row("2023-09-24", "2023-09-29"), on="2023-10-05")

        assert state(county, "2023-10-06") is CaseState.RETURNED
        county.add_submission(SCHOOL, VISITS, child.visits_row("2023-10-04"), on="2023-10-07")
        assert state(county, "2023-10-08") is CaseState.OPEN


class TestRollsEndATimeOut:
    """A child whom a roll showed in school, and that went again after that, is out anew (notice 二(二): 由学生辍学学校负责)."""

    def test_out_of_the_next_school_is_a_time_of_its_own(self, county):
        child = a_child()
        county.add_submission(SCHOOL, LEDGER, child.out_row(since="2023-09-04"), on="2023-09-15")
        county.add_submission(SCHOOL, VISITS, child.visits_row("2023-09-10"), on="2023-09-15")
        county.add_submission("黄水中学", ROLL, child.enrolled_row(study_status=None), on="2023-09-24")
        county.add_submission("黄水中学", LEDGER, child.out_row(since="2023-10-16"), on="2023-10-18")

        case = county.only_case("2023-10-20")
        assert (case.state, case.responsible_unit, case.episode) == (CaseState.OPEN, "黄水中学", 2)
        assert (case.opened_on, case.next_visit_due) == (date(2023, 10, 16), date(2023, 10, 23))
        assert case.visits == ()

    def test_so_is_out_again_after_the_own_roll_said_in_school(self, county):
        child = a_child()
        county.add_submission(SCHOOL, LEDGER, child.out_row(since="2023-09-04"), on="2023-09-15")
        county.add_submission(SCHOOL, ROLL, child.enrolled_row(), on="2023-09-24")
        county.add_submission(SCHOOL, LEDGER, child.out_row(since="2023-10-16"), on="2023-10-18")

        case = county.only_case("2023-10-20")
        assert (case.episode, case.next_visit_due) == (2, date(2023, 10, 21))

    @pytest.mark.parametrize(
        ("word", "since"),
        [(None, "2023-10-16"), ("在校", "2023-09-04"), ("在校", None)],
        ids=["listed without a word", "the same beginning", "no beginning"],
    )
    def test_but_not_where_the_roll_or_the_ledger_says_nothing_of_it(self, county, word, since):
        child = a_child()
        county.add_submission(SCHOOL, LEDGER, child.out_row(since="2023-09-04"), on="2023-09-15")
        county.add_submission(SCHOOL, ROLL, child.enrolled_row(study_status=word), on="2023-09-24")
        county.add_submission(SCHOOL, LEDGER, child.out_row(since=since), on="2023-10-18")

        assert county.only_case("2023-10-20").episode == 1


class TestOverdue:
    def test_a_visit_is_not_due_before_the_child_was_told_of(self, county):
        county.add_submission(SCHOOL, LEDGER, a_child().out_row(since="2023-06-12"), on="2023-09-20")

        case = county.only_case("2023-09-21")
        assert (case.next_visit_due.isoformat(), case.days_overdue) == ("2023-09-25", 0)

    def test_nor_before_the_unit_that_is_responsible_told_of_it(self, county):
        child = a_child()
        county.add_submission(
            "西沱镇",
            "附件3",
            child.out_row(previous_school=SCHOOL, household_township="西沱镇"),
            on="2023-09-10",
        )
        assert county.only_case("2023-09-20").days_overdue == 5

        county.add_submission(SCHOOL, LEDGER, child.out_row(since="2023-09-04"), on="2023-09-19")
        assert county.only_case("2023-09-20").next_visit_due == date(2023, 9, 24)

    @pytest.mark.parametrize(("since", "due"), [("2023-10-16", 21), ("2023-09-04", 24), (None, 24)])
    def test_nor_while_it_was_on_leave(self, county, since, due):
        child = a_child()
        leave = child.out_row("休学", since="2023-09-04", until="2024-01-31")
        county.add_submission(SCHOOL, LEDGER, leave, proofs=["甲一休学证明.jpg"], on="2023-09-10")
        county.add_submission(SCHOOL, LEDGER, child.out_row(since=since), on="2023-10-19")

        case = county.only_case("2023-10-20")
        assert (case.state, case.next_visit_due) == (CaseState.OPEN, date(2023, 10, due))

    def test_nor_before_an_officer_gave_the_child_to_it(self, county):
        child = a_child()
        county.add_submission(SCHOOL, LEDGER, child.out_row(since="2023-09-04"), on="2023-09-10")
        case_id = county.only_case("2023-09-11").case_id
        county.add_decision("own", case_id, "学籍在外", "2023-09-18", "西沱镇")

        assert county.only_case("2023-09-20").next_visit_due == date(2023, 9, 23)

    def test_nor_in_the_holidays(self, county):
        child = a_child()
        county.add_submission(SCHOOL, VISITS, child.visits_row("2023-12-20"), on="2023-12-21")

        assert county.only_case("2024-03-01").next_visit_due.isoformat() == "2024-03-02"


class TestRolls:
    @pytest.mark.parametrize(
        ("unit", "on", "word", "expected"),
        [
            ("西沱中学", "2023-10-20", None, CaseState.OPEN),
            ("西沱中学", "2023-10-20", "在校", CaseState.RETURNED),
            ("西沱中学", "2023-09-24", "在校", CaseState.OPEN),
            ("黄水中学", "2023-10-20", None, CaseState.MOVED),
            ("黄水中学", "2023-09-24", None, CaseState.OPEN),
            ("黄水中学", "2023-09-23", "在校", CaseState.OPEN),
            *(
                ("黄水中学", "2023-10-20", word, CaseState.OPEN)
                for word in ("未到校", "休学", "转出", "在籍不在校", "请假")
            ),
        ],
    )
    def test_a_roll_closes_by_whose_it_is_what_it_says_and_when(self, county, unit, on, word, expected):
        child = a_child()
        county.add_submission(SCHOOL, LEDGER, child.out_row(since="2023-09-04"), on="2023-09-24")
        county.add_submission(unit, ROLL, child.enrolled_row(study_status=word), on=on, at="10:05")

        assert state(county, "2023-10-31") is expected

    def test_a_township_s_roll_of_children_outside_shows_a_school_s_child_moved(self, county):
        child = a_child()
        county.add_submission(SCHOOL, LEDGER, child.out_row(), on="2023-09-24")
        county.add_submission("西沱镇", "附件1", child.enrolled_row(study_status=None), on="2023-10-20")

        assert state(county, "2023-10-31") is CaseState.MOVED

    def test_a_township_s_own_child_on_its_own_roll_without_a_word_is_still_out(self, county):
        child = a_child()
        county.add_submission("西沱镇", "附件3", child.out_row(), on="2023-09-24")
        county.add_submission("西沱镇", "附件1", child.enrolled_row(study_status=None), on="2023-10-20")

        assert state(county, "2023-10-31") is CaseState.OPEN
        assert len(county.findings("out-but-enrolled", "2023-10-31")) == 1

    def test_the_roll_of_the_school_that_a_township_s_child_left_is_the_own_roll(self, county):
        child = a_child()
        row = child.out_row(previous_school="西沱中学", school_region="石柱县", household_township="西沱镇")
        county.add_submission("西沱镇", "附件3", row, on="2023-09-24")
        county.add_submission("西沱中学", ROLL, child.enrolled_row(study_status=None), on="2023-10-20")

        case = county.only_case("2023-10-31")
        assert (case.state, case.responsible_unit) == (CaseState.OPEN, "西沱中学")

    @pytest.mark.parametrize(
        ("remark", "expected"),
        [
            ("父母外出打工,随爷爷", CaseState.MOVED),
            ("爷爷在家养病", CaseState.MOVED),
            ("跟哥哥打工", CaseState.OPEN),
            ("未到校,在家", CaseState.OPEN),
        ],
    )
    def test_a_remark_of_another_roll_counts_if_it_is_of_the_child(self, county, remark, expected):
        child = a_child()
        county.add_submission(SCHOOL, LEDGER, child.out_row(), on="2023-09-24")
        row = child.enrolled_row(study_status=None, remark=remark)
        county.add_submission("黄水中学", ROLL, row, on="2023-10-20")

        assert state(county, "2023-10-31") is expected


class TestBirthDates:
    @pytest.mark.parametrize("typed", ["2001-05-03", "1999-01-01"])
    def test_a_sound_number_is_believed_before_a_mistyped_date(self, county, typed):
        child = a_child(born="20110503")
        county.add_submission(SCHOOL, LEDGER, child.out_row() | {"birth_date": typed})

        assert state(county) is CaseState.OPEN

    def test_also_where_the_date_is_right_and_the_number_old(self, county):
        child = a_child(born="20010503")
        county.add_submission(SCHOOL, LEDGER, child.out_row() | {"birth_date": "2011-05-03"})

        assert state(county) is CaseState.AGED_OUT

    def test_of_two_weak_dates_neither_ages_a_child_out_alone(self, county):
        child = a_child(born="20110503")
        wrong = child.number[:17] + ("1" if child.number[17] != "1" else "2")
        row = child.out_row() | {"id_number": wrong, "birth_date": "2001-05-03"}
        county.add_submission(SCHOOL, LEDGER, row, problems=["id-checksum"])

        assert state(county) is CaseState.OPEN

    def test_rows_of_one_mistyped_date_are_one_child_s(self, county):
        child = a_child(born="20110503")
        wrong = {"birth_date": "2001-05-03"}
        county.add_submission(SCHOOL, LEDGER, child.out_row() | wrong)
        county.add_submission(
            SCHOOL,
            VISITS,
            child.visits_row("2023-09-12") | wrong | {"id_number": None},
            problems=["id-missing"],
        )

        assert len(county.only_case().origins) == 2


class TestCounts:
    def test_the_number_of_a_visit_in_a_register_is_no_count(self, county):
        child = a_child()
        row = child.visits_row("2023-09-08", "2023-09-13", "2023-09-18", visits_made=1)
        county.add_submission(SCHOOL, VISITS, row)

        assert county.findings("visits-disagree") == []

    def test_nor_where_the_register_goes_on_in_another_mail(self, county):
        child = a_child()
        county.add_submission(SCHOOL, VISITS, child.visits_row("2023-09-08", "2023-09-13"), on="2023-09-14")
        row = child.visits_row("2023-09-18", "2023-09-23", visits_made=3)
        county.add_submission(SCHOOL, VISITS, row, on="2023-09-24")

        assert county.findings("visits-disagree") == []

    def test_three_failed_visits_without_dates_escalate_and_their_dates_are_asked_for(self, county):
        county.add_submission(SCHOOL, LEDGER, a_child().out_row(visits_made=3, outcome="未返校"))

        case = county.only_case()
        assert (case.escalation, [visit.date for visit in case.visits]) == ("owed", [None] * 3)
        (asked,) = county.findings("visits-undated")
        assert "请补填每次劝返的日期" in asked.message

    def test_no_longer_once_they_are_listed(self, county):
        child = a_child()
        county.add_submission(SCHOOL, LEDGER, child.out_row(visits_made=2), on="2023-09-20")
        county.add_submission(SCHOOL, VISITS, child.visits_row("2023-09-08", "2023-09-13"), on="2023-09-21")

        assert county.findings("visits-undated") == []
        assert len(county.only_case().visits) == 2


@pytest.mark.parametrize("hours", [("09:00", "15:00"), ("15:00", "09:00")])
def test_of_two_rolls_of_one_day_the_hour_does_not_decide(county, hours):
    child = a_child()
    county.add_submission(SCHOOL, LEDGER, child.out_row(), on="2023-09-10")
    county.add_submission(SCHOOL, ROLL, child.enrolled_row(study_status="在校"), on="2023-09-20", at=hours[0])
    county.add_submission(
        "黄水中学", ROLL, child.enrolled_row(study_status="在校"), on="2023-09-20", at=hours[1]
    )

    assert state(county) is CaseState.RETURNED
