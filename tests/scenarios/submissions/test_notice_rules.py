"""The notice's rules, each under its number in domain §1.2."""

from datetime import date

import pytest

from ledger.assessment import Judgements
from ledger.results import CaseState, FormState, GapKind
from ledger.submissions.rates import rate_tables
from tests.builders.counties.scenario_county import a_child


def test_R01_R02_every_township_owes_forms_1_and_3(county):
    assert county.owed_forms("西沱镇") == {"附件1", "附件3"}


def test_R03_form_3_is_owed_with_no_case_and_a_zero_report_settles_it(county):
    county.add_submission("西沱镇", "附件3", nil=True)

    assert county.form("西沱镇", "附件3").state is FormState.RECEIVED
    assert county.form("西沱镇", "附件3").nil


@pytest.mark.parametrize("unit", ["西沱镇小学", "西沱幼儿园", "石柱高级中学"])
def test_R04_every_campus_owes_form_2(county, unit):
    assert "附件2" in county.owed_forms(unit)


@pytest.mark.parametrize(
    ("unit", "owes"),
    [("西沱镇小学", True), ("西沱中学", True), ("西沱幼儿园", False), ("石柱高级中学", False)],
)
def test_R05_only_compulsory_schools_owe_form_4(county, unit, owes):
    assert ("附件4" in county.owed_forms(unit)) is owes


def test_R06_form_4_is_missing_until_even_a_zero_report_comes(county):
    assert county.form("西沱中学", "附件4").state is FormState.MISSING

    county.add_submission("西沱中学", "附件4", nil=True)

    assert county.form("西沱中学", "附件4").state is FormState.RECEIVED


@pytest.mark.parametrize(
    ("status", "owes"), [("辍学", True), ("失学", True), ("休学", False), ("延缓入学", False)]
)
def test_R07_form_5_is_owed_only_for_children_out_of_school(county, status, owes):
    county.add_submission("西沱镇", "附件3", a_child().out_row(status))

    assert ("附件5" in county.owed_forms("西沱镇")) is owes


def test_R08_form_6_is_owed_and_stands_when_every_child_is_in_it(county):
    first, second = a_child("甲一"), a_child("乙二")
    county.add_submission("西沱中学", "附件4", first.out_row(), second.out_row())
    assert county.form("西沱中学", "附件6").state is FormState.MISSING

    county.add_submission(
        "西沱中学",
        "附件6",
        first.visits_row("2023-09-12", notice_served_on="2023-09-12"),
        proofs=["甲一劝返照片.jpg"],
        on="2023-09-22",
    )
    assert county.form("西沱中学", "附件6").state is FormState.INCOMPLETE

    county.add_submission(
        "西沱中学",
        "附件6",
        second.visits_row("2023-09-12", notice_served_on="2023-09-12"),
        proofs=["乙二劝返照片.jpg"],
        on="2023-09-23",
    )
    assert county.form("西沱中学", "附件6").state is FormState.RECEIVED


def test_R09_R10_persuasion_forms_need_proof(county):
    child = a_child()
    county.add_submission("西沱镇", "附件3", child.out_row())
    county.add_submission("西沱镇", "附件5", child.visits_row("2023-09-12"))

    assert [gap.gap for gap in county.gaps("西沱镇") if gap.form == "附件5"] == [GapKind.PROOF]


@pytest.mark.parametrize(("unit", "form"), [("西沱镇", "附件3"), ("西沱中学", "附件4")])
@pytest.mark.parametrize("status", ["休学", "延缓入学"])
def test_R12_R13_each_excused_child_owes_a_proof(county, unit, form, status):
    county.add_submission(
        unit, form, a_child("甲一").out_row(status), a_child("乙二").out_row(status), proofs=["甲一证明.jpg"]
    )

    found = county.form(unit, form)

    assert (found.state, found.proof_owed, found.proof_received) == (FormState.INCOMPLETE, 2, 1)


def test_a_proof_that_names_nobody_settles_what_its_own_mail_still_owes(county):
    county.add_submission("西沱中学", "附件4", a_child("甲一").out_row("休学"), proofs=["IMG_1.jpg"])

    assert county.form("西沱中学", "附件4").state is FormState.RECEIVED


def test_R14_in_the_months_after_nothing_more_is_owed(county):
    county.add_submission("西沱镇", "附件3", nil=True)
    county.add_submission("西沱镇", "附件1", a_child().enrolled_row())

    assert county.gaps("西沱镇", on="2023-12-31") == []


def test_R15_out_of_county_the_township_of_registration_is_responsible(county):
    county.add_submission("西沱镇", "附件3", a_child().out_row(household_township="黄水镇"))

    assert county.only_case().responsible_unit == "黄水镇"


def test_R16_in_county_the_school_that_was_left_is_responsible(county):
    county.add_submission("西沱中学", "附件4", a_child().out_row(household_township="黄水镇"))

    assert county.only_case().responsible_unit == "西沱中学"


def test_R17_a_visit_is_due_every_five_days(county):
    visits = a_child().visits_row("2023-09-12")["visits"]
    county.add_submission("西沱中学", "附件4", a_child().out_row(since="2023-09-10", visits=visits))

    case = county.only_case("2023-09-26")

    assert (case.opened_on, case.next_visit_due, case.days_overdue) == (
        date(2023, 9, 10),
        date(2023, 9, 17),
        9,
    )


def test_A05_two_visits_on_one_day_count_once(county):
    visits = a_child().visits_row("2023-09-12", "2023-09-12", "2023-09-17")["visits"]
    county.add_submission("西沱中学", "附件4", a_child().out_row(visits=visits))

    assert [visit.date.isoformat() for visit in county.only_case().visits] == ["2023-09-12", "2023-09-17"]


@pytest.mark.parametrize(
    ("unit", "form", "persuasion"), [("西沱镇", "附件3", "附件5"), ("西沱中学", "附件4", "附件6")]
)
def test_R18_R19_after_three_failed_visits_the_forms_are_owed_until_filed(county, unit, form, persuasion):
    child = a_child()
    days = ("2023-09-10", "2023-09-15", "2023-09-20")
    county.add_submission(
        unit, form, child.out_row(visits=child.visits_row(*days)["visits"]), on="2023-09-20"
    )
    assert county.only_case("2023-09-21").escalation == "owed"

    county.add_submission(unit, persuasion, child.visits_row(*days), on="2023-09-22")
    assert county.only_case("2023-09-22").escalation == "filed"


def test_R28_a_township_loses_a_tenth_per_due_date_a_school_has_no_figure(county):
    found = {unit.unit: unit for unit in Judgements(county.snapshot_at("2023-09-26")).status.units}

    assert (found["西沱镇"].deduction_per_due_date, found["西沱镇"].deduction_per_form) == (0.1, 0.2)
    assert found["西沱中学"].deduction_per_form is None


@pytest.mark.parametrize(
    ("on", "at", "late"), [("2023-09-25", "23:59:59", False), ("2023-09-26", "00:00", True)]
)
def test_A01_the_due_day_ends_at_midnight_in_the_office_s_zone(county, on, at, late):
    county.add_submission("西沱镇", "附件3", nil=True, on=on, at=at)

    assert county.form("西沱镇", "附件3").late is late


def test_a_correction_does_not_make_late_and_an_empty_form_not_on_time(county):
    county.add_submission("西沱镇小学", "附件2", a_child("甲一").enrolled_row(), on="2023-09-20")
    county.add_submission("西沱镇小学", "附件2", a_child("甲一").enrolled_row(), on="2023-09-28")
    county.add_submission("西沱中学", "附件2", blocking=["empty-form"], on="2023-09-20")
    county.add_submission("西沱中学", "附件2", a_child().enrolled_row(), on="2023-09-28")

    assert not county.form("西沱镇小学", "附件2", "2023-09-30").late
    assert county.form("西沱中学", "附件2", "2023-09-30").late


def test_A26_an_empty_roll_is_incomplete(county):
    county.add_submission("西沱镇", "附件1", blocking=["empty-form"])

    assert county.form("西沱镇", "附件1").state is FormState.INCOMPLETE


def test_a_teaching_point_with_a_parent_owes_nothing(county):
    assert county.owed_forms("青龙教学点") == set()


def test_before_the_due_date_nothing_is_missing(county):
    assert county.form("西沱镇", "附件3", "2023-09-24").state is FormState.PENDING
    assert county.gaps("西沱镇", "2023-09-24") == []


def test_the_rates_add_up_and_are_not_capped(county):
    county.add_submission("西沱镇", "附件3", nil=True, on="2023-09-20")
    county.add_submission("黄水镇", "附件3", nil=True, on="2023-09-27")
    county.add_submission("西沱镇", "附件1", blocking=["empty-form"])
    snapshot = county.snapshot_at("2023-09-28")

    rates = rate_tables(snapshot, Judgements(snapshot).status)["due"].by_kind["township"]

    assert (rates.expected, rates.on_time, rates.late, rates.incomplete, rates.missing) == (4, 1, 1, 1, 1)


def test_a_partial_list_takes_nobody_away(county):
    children = [a_child(f"甲{n}") for n in "一二三四五"]
    county.add_submission(
        "西沱镇小学", "附件2", *(child.enrolled_row() for child in children), on="2023-09-20"
    )
    county.add_submission("西沱镇小学", "附件2", a_child("丙六").enrolled_row(), on="2023-10-20")

    assert county.form("西沱镇小学", "附件2", "2023-10-21").records == 6


def test_a_fuller_list_replaces(county):
    children = [a_child(f"甲{n}") for n in "一二三四五"]
    county.add_submission(
        "西沱镇小学", "附件2", *(child.enrolled_row() for child in children), on="2023-09-20"
    )
    county.add_submission(
        "西沱镇小学",
        "附件2",
        *(child.enrolled_row() for child in children[:3]),
        a_child("丙六").enrolled_row(),
        on="2023-10-20",
    )

    assert county.form("西沱镇小学", "附件2", "2023-10-21").records == 4


def test_an_excused_child_with_proof_is_no_open_case(county):
    county.add_submission("西沱中学", "附件4", a_child("甲一").out_row("休学"), proofs=["甲一休学证明.jpg"])

    assert county.only_case().state is CaseState.EXCUSED
