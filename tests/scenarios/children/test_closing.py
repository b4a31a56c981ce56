"""Closing is evidence: what closes a case is named, and when it is undone the case is open again."""

import pytest

from ledger.children.student_keys import case_id
from ledger.results import CaseState
from tests.builders.counties.scenario_county import a_child

HOME = {"guardian": "甲父", "guardian_phone": "13800000001", "household_township": "西沱镇"}
BAD = ["id-checksum"]


def state(county, on):
    return county.only_case(on).state


def slipped(child):
    return child.number[:16] + ("5" if child.number[16] != "5" else "6") + child.number[17]


def fillers(count):
    """Others of a roll, so that a new one without one child still replaces the old one."""
    return [a_child(f"丙{n}", born="20110101").enrolled_row() for n in "一二三四五六七八"[:count]]


class TestEvidence:
    def test_a_roll_row_that_closes_is_named_with_why_it_is_the_child(self, county):
        child = a_child()
        county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
        county.add_submission("黄水中学", "附件2", child.enrolled_row(), on="2023-10-20")

        assert (
            county.only_case("2023-10-31").closed_by
            == "黄水中学附件2第5行:在校(身份证号、姓名、出生日期一致)"
        )

    def test_a_child_without_number_is_found_by_name_birth_date_and_family(self, county):
        child = a_child()
        county.add_submission(
            "西沱中学",
            "附件4",
            child.out_row(**HOME, id_number=None),
            on="2023-09-20",
            problems=["id-missing"],
        )
        county.add_submission("西沱中学", "附件2", child.enrolled_row(**HOME), on="2023-10-20")

        case = county.only_case("2023-10-31")
        assert case.state is CaseState.RETURNED
        assert "一方没有身份证号,姓名、出生日期、监护人" in case.closed_by

    def test_a_proof_that_closes_is_named(self, county):
        county.add_submission(
            "西沱中学", "附件4", a_child("甲一").out_row("休学"), proofs=["甲一诊断证明.jpg"]
        )

        assert county.only_case().closed_by.endswith("休学,证明材料已收到(甲一诊断证明.jpg)")

    def test_a_roll_of_a_copied_number_closes_nobody_s_case(self, county):
        child = a_child("甲一", born="20120304")
        county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
        other = {"name": "乙二", "birth_date": "2013-01-01"}
        county.add_submission("西沱中学", "附件2", child.enrolled_row() | other, on="2023-10-20")

        assert state(county, "2023-10-31") is CaseState.OPEN
        assert len(county.findings("same-id-other-name", "2023-10-31")) == 1

    def test_the_student_number_closes_where_excel_ate_the_identity_number(self, county):
        child = a_child()
        county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
        row = child.enrolled_row(id_number=child.number[:15] + "000", student_number=f"G{child.number}")
        county.add_submission("西沱中学", "附件2", row, on="2023-10-20", problems=["id-precision"])

        assert state(county, "2023-10-31") is CaseState.RETURNED


class TestDoubt:
    def test_a_slip_in_the_number_leaves_the_case_open_and_says_where_the_child_may_be(self, county):
        child = a_child()
        county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
        county.add_submission(
            "黄水中学", "附件2", child.enrolled_row(id_number=slipped(child)), on="2023-10-20", problems=BAD
        )

        case = county.only_case("2023-10-31")

        assert case.state is CaseState.OPEN
        assert case.doubts == ("疑似已在黄水中学就读(附件2第5行;身份证号差一位,姓名、出生日期一致),请核实",)

    def test_it_is_asked_with_both_answers_and_either_holds(self, county):
        child = a_child()
        county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
        county.add_submission(
            "黄水中学", "附件2", child.enrolled_row(id_number=slipped(child)), on="2023-10-20", problems=BAD
        )
        (asked,) = county.findings("maybe-same", "2023-10-31")
        case, roll = _ids(asked.message)
        assert f"case split {case} {roll}" in asked.message

        county.add_decision("split", case, "不是同一人", on="2023-11-01", detail=roll)
        assert county.findings("maybe-same", "2023-11-02") == []
        assert county.only_case("2023-11-02").doubts == ()

        county.add_decision("merge", case, "查实是同一人", on="2023-11-03", detail=roll)
        closed = county.only_case("2023-11-04")
        assert closed.state is CaseState.MOVED
        assert "经人确认" in closed.closed_by

    def test_a_barred_pair_stays_barred_when_the_roll_comes_again(self, county):
        child = a_child()
        county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
        county.add_submission("黄水中学", "附件2", child.enrolled_row(), on="2023-10-20")
        case = county.only_case("2023-10-31")
        assert case.state is CaseState.MOVED
        roll = _roll_id(child)
        county.add_decision("split", case.case_id, "号码抄错", on="2023-11-01", detail=roll)
        county.add_submission("黄水中学", "附件2", child.enrolled_row(grade="七年级"), on="2023-11-10")

        assert state(county, "2023-11-20") is CaseState.OPEN

    def test_a_likeness_of_a_child_whose_case_is_closed_is_asked_of_nobody(self, county):
        child = a_child()
        county.add_submission("西沱中学", "附件4", child.out_row(outcome="已返校"), on="2023-09-20")
        county.add_submission(
            "黄水中学",
            "附件2",
            child.enrolled_row(id_number=None, **HOME),
            on="2023-10-20",
            problems=["id-missing"],
        )

        assert county.findings("maybe-same", "2023-10-31") == []

    def test_two_units_of_one_slip_are_one_case_that_one_alone_cannot_close(self, county):
        child = a_child()
        county.add_submission(
            "西沱镇", "附件3", child.out_row(id_number=slipped(child)), on="2023-09-20", problems=BAD
        )
        county.add_submission("西沱中学", "附件4", child.out_row(outcome="已返校"), on="2023-09-25")

        case = county.only_case("2023-09-30")
        assert case.state is CaseState.OPEN
        assert "只凭“身份证号差一位,姓名、出生日期一致”相连" in case.doubts[0]

        (asked,) = county.findings("maybe-same", "2023-09-30")
        one, other = _ids(asked.message)
        county.add_decision("merge", one, "查实", on="2023-10-01", detail=other)
        assert state(county, "2023-10-02") is CaseState.RETURNED

    def test_a_twin_who_may_be_there_under_another_name_is_suspected_and_asked_about_until_a_person_says(
        self, county
    ):
        child, others = a_child("甲一"), [a_child("甲二").enrolled_row(**HOME), *fillers(5)]
        county.add_submission("西沱中学", "附件2", child.enrolled_row(**HOME), *others, on="2023-09-20")
        county.add_submission("西沱中学", "附件2", *others, on="2023-10-10")
        moved = {"name": "甲依", "id_number": None, **HOME}
        county.add_submission(
            "黄水中学", "附件2", child.enrolled_row() | moved, on="2023-10-11", problems=["id-missing"]
        )

        suspects = {case.name: case for case in county.suspected("2023-10-20")}
        (asked,) = [f for f in county.findings("maybe-same", "2023-10-20") if "甲依" in f.message]
        one, other = _ids(asked.message)
        assert one == suspects["甲一"].case_id

        county.add_decision("merge", one, "更名", on="2023-10-21", detail=other)
        assert "甲一" not in {case.name for case in county.suspected("2023-10-22")}

    def test_a_suspect_whom_a_person_accounts_for_is_no_suspect(self, county):
        child, others = a_child("甲一"), fillers(5)
        county.add_submission("西沱中学", "附件2", child.enrolled_row(), *others, on="2023-09-20")
        county.add_submission("西沱中学", "附件2", *others, on="2023-10-10")
        suspect = next(case for case in county.suspected("2023-10-20") if case.name == "甲一")

        county.add_decision("close", suspect.case_id, "随父母去广东", on="2023-10-21", detail="moved")

        assert suspect.case_id not in {case.case_id for case in county.suspected("2023-10-22")}


class TestUndone:
    def test_a_roll_without_the_child_that_replaces_the_one_with_it_opens_the_case_again(self, county):
        child, others = a_child(), fillers(5)
        county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
        county.add_submission("黄水中学", "附件2", child.enrolled_row(), *others, on="2023-10-20")
        assert state(county, "2023-10-31") is CaseState.MOVED

        county.add_submission("黄水中学", "附件2", *others, on="2023-11-20")

        case = county.only_case("2023-11-30")
        assert (case.state, case.responsible_unit, case.closed_by) == (CaseState.OPEN, "西沱中学", None)

    def test_a_moved_child_stays_with_the_old_unit_until_the_new_one_shows_it(self, county):
        child = a_child()
        county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
        county.add_submission("西沱中学", "附件2", child.enrolled_row(study_status="转出"), on="2023-10-01")
        before = county.only_case("2023-10-10")
        county.add_submission("黄水中学", "附件2", child.enrolled_row(), on="2023-10-20")

        assert (before.state, before.responsible_unit) == (CaseState.OPEN, "西沱中学")
        assert state(county, "2023-10-21") is CaseState.MOVED

    def test_or_until_a_person_says_so(self, county):
        county.add_submission("西沱中学", "附件4", a_child().out_row(), on="2023-09-20")
        county.add_decision(
            "close", county.only_case().case_id, "广东学籍已查到", on="2023-10-01", detail="moved"
        )

        case = county.only_case("2023-10-02")
        assert (case.state, case.closed_by) == (CaseState.MOVED, "officer:广东学籍已查到")

    def test_leave_past_its_end_opens_again_and_a_roll_after_it_closes(self, county):
        child = a_child("甲一")
        county.add_submission(
            "西沱中学", "附件4", child.out_row("休学", until="2023-12-31"), proofs=["甲一.jpg"]
        )
        assert state(county, "2023-12-31") is CaseState.EXCUSED
        assert state(county, "2024-01-01") is CaseState.OPEN

        county.add_submission("西沱中学", "附件2", child.enrolled_row(), on="2024-01-05")
        assert state(county, "2024-01-06") is CaseState.RETURNED


class TestObserved:
    def test_a_child_just_returned_is_watched_for_thirty_days(self, county):
        child = a_child()
        county.add_submission(
            "西沱中学", "附件4", child.out_row(outcome="已返校", returned_on="2023-10-01"), on="2023-10-02"
        )

        assert county.only_case("2023-10-05").observed_until.isoformat() == "2023-10-31"
        assert county.only_case("2023-10-30").observed_until is not None
        assert county.only_case("2023-10-31").observed_until is None

    def test_a_child_who_moved_or_is_out_is_not(self, county):
        child = a_child()
        county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
        assert county.only_case("2023-09-21").observed_until is None

        county.add_submission("黄水中学", "附件2", child.enrolled_row(), on="2023-10-20")
        assert county.only_case("2023-10-21").observed_until is None

    def test_a_relapse_is_the_same_case_with_its_history(self, county):
        child = a_child()
        county.add_submission("西沱中学", "附件4", child.out_row(), on="2023-09-20")
        first = county.only_case("2023-09-21").case_id
        county.add_submission(
            "西沱中学", "附件6", child.visits_row("2023-09-22", outcome="已返校"), on="2023-09-25"
        )
        county.add_submission("西沱中学", "附件4", child.out_row(outcome="未返校"), on="2023-10-20")

        case = county.only_case("2023-10-31")

        assert (case.case_id, case.state) == (first, CaseState.OPEN)
        assert [(event.date.isoformat(), event.what) for event in case.timeline] == [
            ("2023-09-20", "西沱中学附件4报辍学"),
            ("2023-09-22", "第1次劝返:未返校"),
            ("2023-09-25", "西沱中学附件6报已返校"),
            ("2023-10-20", "西沱中学附件4报辍学、未返校"),
        ]


class TestTimeline:
    def test_every_event_says_where_it_stands_written(self, county):
        county.add_submission("西沱中学", "附件4", a_child().out_row(), on="2023-09-20", at="10:00")

        assert county.only_case().timeline[0].origin == "2023-09-20 10:00来信 附件4.xlsx Sheet1第5行"

    def test_what_is_only_repeated_is_no_event(self, county):
        child = a_child()
        for month in ("09", "10", "11"):
            county.add_submission("西沱中学", "附件4", child.out_row(), on=f"2023-{month}-20")

        assert len(county.only_case("2023-11-30").timeline) == 1

    @pytest.mark.parametrize("kind", ["close", "note"])
    def test_what_people_decide_stands_in_it(self, county, kind):
        county.add_submission("西沱中学", "附件4", a_child().out_row())
        county.add_decision(kind, county.only_case().case_id, "电话核实", on="2023-10-01", detail="returned")

        assert county.only_case("2023-10-02").timeline[-1].origin == "officer:电话核实"


def _ids(message):
    """The two ids that the command in a question names."""
    one, other = message.split("case merge ")[1].split(" --why")[0].split()
    return one, other


def _roll_id(child):
    return case_id(f"在册|{child.number}")
