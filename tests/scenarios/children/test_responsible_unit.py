"""Who is responsible for a child (notice 二(二)), whose word counts, and who is asked when it is unclear."""

from dataclasses import replace
from datetime import date

import pytest

from ledger.results import CaseState
from tests.builders.counties.scenario_county import UNITS, a_child

SCHOOL, TOWN = "西沱中学", "西沱镇"


def closing(county, unit, on="2023-10-01", parent=None):
    county.units = tuple(
        replace(each, active_to=date.fromisoformat(on), parent=parent) if each.name == unit else each
        for each in UNITS
    )


def codes(county, on="2023-09-26"):
    return {
        found.code
        for code in ("two-statuses", "told-by-other", "owner-unclear", "handed-over")
        for found in county.findings(code, on)
    }


class TestBySchoolOrTownship:
    @pytest.mark.parametrize("first", [SCHOOL, TOWN])
    def test_a_child_of_a_school_stays_the_school_s_whoever_tells_last(self, county, first):
        child = a_child()
        days = {first: "2023-09-20"}
        county.add_submission(
            SCHOOL, "附件4", child.out_row(previous_school=SCHOOL), on=days.get(SCHOOL, "2023-09-22")
        )
        county.add_submission(
            TOWN,
            "附件3",
            child.out_row(previous_school=SCHOOL, household_township=TOWN),
            on=days.get(TOWN, "2023-09-22"),
        )

        assert county.only_case().responsible_unit == SCHOOL
        assert "附件5" not in county.owed_forms(TOWN)
        assert "附件6" in county.owed_forms(SCHOOL)
        assert codes(county) == set()

    def test_a_register_of_visits_by_the_township_makes_it_not_responsible(self, county):
        child = a_child()
        county.add_submission(SCHOOL, "附件4", child.out_row())
        county.add_submission(
            TOWN, "附件5", child.visits_row("2023-09-21", household_township=TOWN), on="2023-09-24"
        )

        case = county.only_case()
        assert case.responsible_unit == SCHOOL
        assert len(case.visits) == 1

    def test_a_child_of_a_school_that_only_the_township_tells_of_is_shown_to_both(self, county):
        row = a_child().out_row(previous_school=SCHOOL, school_region="石柱县", household_township=TOWN)
        county.add_submission(TOWN, "附件3", row)

        assert county.only_case().responsible_unit == SCHOOL
        assert county.only_case().state is CaseState.OPEN
        (found,) = county.findings("told-by-other")
        assert set(found.units) == {TOWN, SCHOOL}
        assert "附件5" not in county.owed_forms(TOWN)
        assert [gap for gap in county.gaps(SCHOOL) if gap.form == "附件6"] == []

    def test_a_child_out_of_county_is_the_township_s_of_its_household(self, county):
        row = a_child().out_row(
            previous_school="东莞东坑小学", school_region="广东省东莞市", household_township="黄水镇"
        )
        county.add_submission(TOWN, "附件3", row)

        assert county.only_case().responsible_unit == "黄水镇"
        assert "附件5" not in county.owed_forms(TOWN)
        (found,) = county.findings("told-by-other")
        assert set(found.units) == {TOWN, "黄水镇"}

    def test_a_school_that_lists_a_child_out_of_county_is_not_responsible(self, county):
        row = a_child().out_row(previous_school="东莞东坑小学", household_township=TOWN)
        county.add_submission(SCHOOL, "附件4", row, problems=["scope-mismatch"])

        assert county.only_case().responsible_unit == TOWN
        assert "附件6" not in county.owed_forms(SCHOOL)
        assert codes(county) == {"told-by-other"}

    def test_a_middle_school_that_names_the_primary_school_keeps_its_child(self, county):
        county.add_submission(SCHOOL, "附件4", a_child().out_row(previous_school="西沱镇小学"))

        assert county.only_case().responsible_unit == SCHOOL
        assert codes(county) == set()

    def test_a_child_of_a_teaching_point_is_its_parent_school_s(self, county):
        county.add_submission(TOWN, "附件3", a_child().out_row(previous_school="青龙教学点"))

        assert county.only_case().responsible_unit == "西沱镇小学"

    def test_a_child_that_left_a_school_elsewhere_after_its_return_is_the_township_s(self, county):
        child = a_child()
        county.add_submission(SCHOOL, "附件4", child.out_row(outcome="已返校", returned_on="2023-09-12"))
        away = child.out_row(
            previous_school="东莞东坑小学",
            school_region="广东省东莞市",
            household_township=TOWN,
            since="2023-11-01",
        )
        county.add_submission(TOWN, "附件3", away, on="2023-11-05")

        case = county.only_case("2023-11-06")
        assert (case.responsible_unit, case.state) == (TOWN, CaseState.OPEN)

    def test_two_schools_that_both_tell_are_asked(self, county):
        child = a_child()
        county.add_submission(SCHOOL, "附件4", child.out_row())
        county.add_submission("黄水中学", "附件4", child.out_row(), on="2023-09-21")

        assert codes(county) == {"owner-unclear"}

    def test_a_school_that_only_visits_takes_no_child_from_the_school_that_lists_it(self, county):
        child = a_child()
        county.add_submission(SCHOOL, "附件4", child.out_row(since="2023-09-04"), on="2023-09-15")
        back = child.visits_row("2023-09-18", result="已返校", since="2023-09-04", previous_school="黄水中学")
        county.add_submission("黄水中学", "附件6", back, on="2023-09-20")

        case = county.only_case()
        assert (case.responsible_unit, case.state) == (SCHOOL, CaseState.OPEN)
        assert "two-statuses" in codes(county)

    @pytest.mark.parametrize("again_on", ["2023-10-17", "2023-10-19"])
    def test_of_two_schools_the_one_that_was_left_last_whoever_tells_last(self, county, again_on):
        child = a_child()
        county.add_submission(SCHOOL, "附件4", child.out_row(since="2023-09-04"), on="2023-09-15")
        county.add_submission("黄水中学", "附件4", child.out_row(since="2023-10-16"), on="2023-10-18")
        county.add_submission(SCHOOL, "附件4", child.out_row(since="2023-09-04"), on=again_on)

        assert county.only_case("2023-10-20").responsible_unit == "黄水中学"

    @pytest.mark.parametrize("word", [None, "在校"])
    def test_no_roll_closes_what_its_own_unit_said_later(self, county, word):
        child = a_child()
        county.add_submission(SCHOOL, "附件4", child.out_row(since="2023-09-04"), on="2023-09-15")
        county.add_submission("黄水中学", "附件2", child.enrolled_row(study_status=word), on="2023-09-24")
        mistyped = child.out_row(since="2022-10-16")
        county.add_submission("黄水中学", "附件4", mistyped, on="2023-10-18")

        assert county.only_case("2023-10-01").state is CaseState.MOVED
        assert county.only_case("2023-10-20").state is CaseState.OPEN


class TestWhoseWordCounts:
    def test_another_unit_s_return_closes_nothing_and_is_shown_to_both(self, county):
        child = a_child()
        county.add_submission(SCHOOL, "附件4", child.out_row())
        county.add_submission(
            TOWN, "附件3", child.out_row(previous_school=SCHOOL, outcome="已返校"), on="2023-09-22"
        )

        assert county.only_case().state is CaseState.OPEN
        (found,) = county.findings("two-statuses")
        assert set(found.units) == {TOWN, SCHOOL}

    def test_another_unit_s_leave_with_proof_excuses_nobody(self, county):
        child = a_child()
        county.add_submission(SCHOOL, "附件4", child.out_row())
        county.add_submission(
            TOWN,
            "附件3",
            child.out_row("休学", previous_school=SCHOOL),
            on="2023-09-22",
            proofs=["甲一诊断证明.jpg"],
        )

        case = county.only_case()
        assert (case.state, case.status) == (CaseState.OPEN, "辍学")
        assert codes(county) == {"two-statuses"}

    def test_the_word_of_the_only_unit_that_tells_counts(self, county):
        row = a_child().out_row(previous_school=SCHOOL, household_township=TOWN)
        county.add_submission(TOWN, "附件3", row)
        county.add_submission(TOWN, "附件3", row | {"outcome": "已返校"}, on="2023-09-24")

        assert county.only_case().state is CaseState.RETURNED


class TestOfficer:
    def test_the_officer_s_unit_holds_through_later_mail_and_owes_the_register(self, county):
        child = a_child()
        county.add_submission(SCHOOL, "附件4", child.out_row(previous_school=SCHOOL))
        case_id = county.only_case().case_id
        county.add_decision("own", case_id, "户籍乡镇负责", on="2023-10-08", detail=TOWN)
        county.add_submission(
            SCHOOL, "附件4", child.out_row(previous_school=SCHOOL, class_name="2班"), on="2023-10-09"
        )

        assert county.only_case("2023-10-07").responsible_unit == SCHOOL
        case = county.only_case("2023-10-10")
        assert case.responsible_unit == TOWN
        assert any("西沱镇" in event.what for event in case.timeline)
        assert "附件5" in county.owed_forms(TOWN, "2023-10-10")
        assert "附件6" not in county.owed_forms(SCHOOL, "2023-10-10")

    def test_the_last_of_two_decisions_holds_and_a_withdrawn_one_does_not(self, county):
        county.add_submission(SCHOOL, "附件4", a_child().out_row())
        case_id = county.only_case().case_id
        county.add_decision("own", case_id, "一", on="2023-10-08", detail=TOWN)
        county.add_decision("own", case_id, "二", on="2023-10-09", detail="黄水镇")
        assert county.only_case("2023-10-10").responsible_unit == "黄水镇"

        last = max(decision.id for decision in county.snapshot_at("2023-10-10").decisions)
        county.add_decision("withdraw", str(last), "写错", on="2023-10-11")
        assert county.only_case("2023-10-12").responsible_unit == TOWN


class TestClosedUnit:
    def test_the_parent_takes_over_on_the_day_after_and_is_told(self, county):
        county.add_submission(SCHOOL, "附件4", a_child().out_row())
        closing(county, SCHOOL, parent="黄水中学")

        assert county.only_case("2023-10-01").responsible_unit == SCHOOL
        assert codes(county, "2023-10-01") == set()
        assert county.only_case("2023-10-02").responsible_unit == "黄水中学"
        (found,) = county.findings("handed-over", "2023-10-02")
        assert set(found.units) == {SCHOOL, "黄水中学"}
        assert codes(county, "2023-10-02") == {"handed-over"}

    def test_without_a_successor_the_township_has_it_for_the_time_being(self, county):
        county.add_submission(SCHOOL, "附件4", a_child().out_row())
        closing(county, SCHOOL)

        assert county.only_case("2023-10-20").responsible_unit == TOWN
        assert codes(county, "2023-10-20") == {"owner-unclear"}
        assert "附件5" not in county.owed_forms(TOWN, "2023-10-20")

    def test_where_nobody_follows_the_closed_unit_stays_and_a_person_is_asked(self, county):
        county.add_submission(TOWN, "附件3", a_child().out_row(household_township=TOWN))
        closing(county, TOWN)

        assert county.only_case("2023-10-20").responsible_unit == TOWN
        assert codes(county, "2023-10-20") == {"owner-unclear"}

    def test_the_word_of_the_closed_unit_still_counts_and_its_register_is_the_successor_s(self, county):
        child = a_child()
        county.add_submission(SCHOOL, "附件4", child.out_row())
        county.add_submission(
            SCHOOL, "附件6", child.visits_row("2023-09-21"), on="2023-09-22", proofs=["甲一家访.jpg"]
        )
        closing(county, SCHOOL, parent="黄水中学")

        assert county.findings("persuasion-form-missing", "2023-10-20") == []
        assert county.only_case("2023-10-20").state is CaseState.OPEN
