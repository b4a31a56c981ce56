"""A proof names a child, or settles at most one of its own mail (notice 五(二))."""

import pytest

from ledger.results import CaseState
from tests.builders.counties.scenario_county import a_child

SCHOOL = "西沱中学"
JIA, YI = a_child("谭甲一"), a_child("马乙二")
LEAVE = {"status": "休学", "until": "2024-01-31"}


def missing(county, form="附件4", on="2023-09-26"):
    gaps = [gap for gap in county.gaps(SCHOOL, on) if gap.form == form and gap.gap == "proof"]
    return {name for gap in gaps for name in gap.names}


def unnamed(county, on="2023-09-26"):
    from ledger.assessment import Judgements

    return [one.message for one in Judgements(county.snapshot_at(on)).problems if one.code == "proof-unnamed"]


class TestNamed:
    def test_it_settles_what_the_child_owes_from_whatever_mail_of_the_unit(self, county):
        county.add_submission(SCHOOL, "附件4", JIA.out_row(**LEAVE), YI.out_row(**LEAVE))
        county.add_proofs(SCHOOL, "附件6", "谭甲一.jpg", on="2023-09-22")

        assert missing(county) == {"马乙二"}

    def test_its_words_choose_between_two_duties_of_one_child(self, county):
        county.add_submission(SCHOOL, "附件6", JIA.visits_row("2023-09-08"))
        county.add_submission(SCHOOL, "附件4", JIA.out_row(**LEAVE), on="2023-09-21")
        county.add_proofs(SCHOOL, "附件6", "谭甲一诊断书.jpg", on="2023-09-22")

        assert county.only_case().state is CaseState.EXCUSED
        assert county.form(SCHOOL, "附件6").proof_received == 0

    def test_without_such_words_it_settles_both(self, county):
        county.add_submission(SCHOOL, "附件6", JIA.visits_row("2023-09-08"))
        county.add_submission(SCHOOL, "附件4", JIA.out_row(**LEAVE), on="2023-09-21")
        county.add_proofs(SCHOOL, "附件4", "谭甲一.jpg", on="2023-09-22")

        assert county.form(SCHOOL, "附件4").proof_received == 1
        assert county.form(SCHOOL, "附件6").proof_received == 1

    @pytest.mark.parametrize("name", ["冉丙三证明.jpg", "冉三诊断证明.jpg"])
    def test_a_name_of_the_unit_s_roll_proves_nobody_else(self, county, name):
        county.add_submission(
            SCHOOL, "附件2", a_child("冉丙三").enrolled_row(), a_child("冉三").enrolled_row()
        )
        county.add_submission(SCHOOL, "附件4", JIA.out_row(**LEAVE), proofs=[name], on="2023-09-21")

        assert missing(county) == {"谭甲一"}
        assert unnamed(county) == []

    def test_a_short_name_of_the_roll_inside_a_word_is_no_name(self, county):
        county.add_submission(SCHOOL, "附件2", a_child("安康").enrolled_row())
        county.add_submission(
            SCHOOL, "附件4", JIA.out_row(**LEAVE), proofs=["县安康医院诊断.jpg"], on="2023-09-21"
        )

        assert missing(county) == set()

    def test_of_two_with_one_name_it_settles_the_one_that_it_tells_apart(self, county):
        one, other = a_child("谭甲一", born="20110101"), a_child("谭甲一", born="20120202")
        county.add_submission(
            SCHOOL, "附件4", one.out_row(**LEAVE, guardian="谭父"), other.out_row(**LEAVE, guardian="马母")
        )
        county.add_proofs(SCHOOL, "附件4", "谭甲一休学证明.jpg", on="2023-09-22")
        assert county.form(SCHOOL, "附件4").proof_received == 0
        assert len(unnamed(county)) == 1

        county.add_proofs(SCHOOL, "附件4", "谭甲一(家长马母)休学证明.jpg", on="2023-09-23")
        assert county.form(SCHOOL, "附件4").proof_received == 1
        assert {c.id_number: c.state for c in county.cases()} == {
            one.number: CaseState.OPEN,
            other.number: CaseState.EXCUSED,
        }


class TestUnnamed:
    def test_it_proves_nobody_of_a_later_mail(self, county):
        county.add_submission(SCHOOL, "附件4", JIA.out_row(**LEAVE), proofs=["证明材料.png"], on="2023-09-22")
        county.add_submission(SCHOOL, "附件4", JIA.out_row(**LEAVE), YI.out_row(**LEAVE), on="2023-11-06")

        assert missing(county, on="2023-11-08") == {"马乙二"}
        assert {case.name: case.state for case in county.cases("2023-11-08")} == {
            "谭甲一": CaseState.EXCUSED,
            "马乙二": CaseState.OPEN,
        }

    def test_of_two_whom_it_may_mean_it_settles_neither_and_asks_for_the_name(self, county):
        county.add_submission(SCHOOL, "附件4", JIA.out_row(**LEAVE), YI.out_row(**LEAVE), proofs=["证明.png"])

        assert missing(county) == {"谭甲一", "马乙二"}
        (asked,) = unnamed(county)
        assert "谭甲一、马乙二" in asked
        assert "请注明姓名" in asked
        assert all(case.state is CaseState.OPEN for case in county.cases())

    def test_it_settles_nobody_whose_row_says_that_there_is_none(self, county):
        denied = {**LEAVE, "proof": "无"}
        county.add_submission(
            SCHOOL, "附件4", JIA.out_row(**denied), problems=["proof-missing"], proofs=["证明.png"]
        )

        assert missing(county) == {"谭甲一"}
        assert len(unnamed(county)) == 1

    def test_beside_such_a_row_it_is_the_other_child_s(self, county):
        denied = {**LEAVE, "proof": "无"}
        county.add_submission(
            SCHOOL,
            "附件4",
            JIA.out_row(**denied),
            YI.out_row(**LEAVE),
            problems=["proof-missing"],
            proofs=["证明.png"],
        )

        assert missing(county) == {"谭甲一"}

    def test_as_many_as_there_are_children_settle_each_and_are_asked_about(self, county):
        county.add_submission(
            SCHOOL, "附件4", JIA.out_row(**LEAVE), YI.out_row(**LEAVE), proofs=["证明1.png", "证明2.png"]
        )

        assert missing(county) == set()
        assert len(unnamed(county)) == 2

    def test_whoever_was_proved_by_name_by_then_is_not_meant(self, county):
        county.add_submission(
            SCHOOL, "附件4", JIA.out_row(**LEAVE), YI.out_row(**LEAVE), proofs=["谭甲一证明.png", "证明.png"]
        )

        assert missing(county) == set()

    def test_a_name_that_comes_later_does_not_make_it_the_other_s(self, county):
        county.add_submission(SCHOOL, "附件4", JIA.out_row(**LEAVE), YI.out_row(**LEAVE), proofs=["证明.png"])
        county.add_proofs(SCHOOL, "附件4", "谭甲一证明.png", on="2023-09-23")

        assert missing(county) == {"马乙二"}

    def test_beside_the_unchanged_form_sent_again_it_settles_its_child(self, county):
        county.add_submission(SCHOOL, "附件4", JIA.out_row(**LEAVE), on="2023-09-20", bytes_of="表")
        county.add_submission(
            SCHOOL, "附件4", JIA.out_row(**LEAVE), on="2023-09-22", bytes_of="表", proofs=["证明.png"]
        )

        assert county.form(SCHOOL, "附件4", on="2023-09-21").proof_received == 0
        assert county.form(SCHOOL, "附件4").proof_received == 1
        assert county.only_case().state is CaseState.EXCUSED
        assert len(unnamed(county)) == 1

    def test_beside_a_form_of_two_sent_again_it_settles_neither(self, county):
        rows = [JIA.out_row(**LEAVE), YI.out_row(**LEAVE)]
        county.add_submission(SCHOOL, "附件4", *rows, on="2023-09-20", bytes_of="表")
        county.add_submission(SCHOOL, "附件4", *rows, on="2023-09-22", bytes_of="表", proofs=["证明.png"])

        assert missing(county) == {"谭甲一", "马乙二"}
        (asked,) = unnamed(county)
        assert "谭甲一、马乙二" in asked

    def test_a_photo_in_a_mail_without_a_form_settles_nobody_and_is_asked_about(self, county):
        county.add_submission(SCHOOL, "附件4", JIA.out_row(**LEAVE))
        county.add_proofs(SCHOOL, "附件4", "证明.png")

        assert missing(county) == {"谭甲一"}
        (asked,) = unnamed(county)
        assert "谭甲一" in asked
        assert "请注明姓名" in asked
        (gap,) = [gap for gap in county.gaps(SCHOOL) if gap.gap == "proof"]
        assert "没有写明姓名,请注明姓名" in gap.detail

    def test_a_mail_of_a_roll_alone_is_such_a_mail(self, county):
        county.add_submission(SCHOOL, "附件4", JIA.out_row(**LEAVE))
        county.add_submission(SCHOOL, "附件2", YI.enrolled_row(), proofs=["证明.png"], on="2023-09-22")

        assert missing(county) == {"谭甲一"}
        assert len(unnamed(county)) == 1

    def test_alone_it_is_asked_about_in_a_township_s_mail_and_of_visits_too(self, county):
        county.add_submission("西沱镇", "附件3", JIA.out_row(**LEAVE))
        county.add_submission("西沱镇", "附件5", YI.visits_row("2023-09-08"), on="2023-09-20")
        county.add_proofs("西沱镇", None, "照片.jpg")

        assert [("谭甲一" in asked, "马乙二" in asked) for asked in sorted(unnamed(county))] in (
            [(True, False), (False, True)],
            [(False, True), (True, False)],
        )

    @pytest.mark.parametrize("named_on", ["2023-09-20", "2023-09-23"])
    def test_alone_it_is_not_asked_about_where_every_child_has_its_proof(self, county, named_on):
        county.add_submission(SCHOOL, "附件4", JIA.out_row(**LEAVE))
        county.add_proofs(SCHOOL, "附件4", "证明.png")
        county.add_proofs(SCHOOL, "附件4", "谭甲一证明.png", on=named_on)

        assert missing(county) == set()
        assert unnamed(county) == []

    def test_before_its_form_it_settles_nobody_and_is_asked_about_with_the_next_filing(self, county):
        county.add_proofs(SCHOOL, "附件4", "证明.png", on="2023-09-20")
        county.add_submission(SCHOOL, "附件4", JIA.out_row(**LEAVE), on="2023-09-22")
        county.add_submission(SCHOOL, "附件4", JIA.out_row(**LEAVE), YI.out_row(**LEAVE), on="2023-09-24")

        assert missing(county) == {"谭甲一", "马乙二"}
        (asked,) = unnamed(county)
        assert "谭甲一" in asked
        assert "马乙二" not in asked


class TestOtherUnits:
    def test_a_township_owes_no_proof_for_a_child_that_its_school_tells_of(self, county):
        county.add_submission(SCHOOL, "附件4", JIA.out_row(**LEAVE), proofs=["谭甲一诊断.jpg"])
        county.add_submission(
            "西沱镇", "附件3", JIA.out_row(**LEAVE, previous_school=SCHOOL), on="2023-09-21"
        )

        assert [gap for gap in county.gaps("西沱镇") if gap.gap == "proof"] == []
        assert county.only_case().state is CaseState.EXCUSED

    def test_the_proof_of_the_only_unit_that_tells_counts(self, county):
        row = JIA.out_row(**LEAVE, previous_school=SCHOOL)
        county.add_submission("西沱镇", "附件3", row, proofs=["谭甲一诊断.jpg"])

        assert county.only_case().state is CaseState.EXCUSED
