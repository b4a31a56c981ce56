"""附件5/6: when they fall due, what of them counts against the unit, and the two documents of 附件6."""

from dataclasses import replace

import pytest

from ledger.assessment import Judgements
from ledger.results import FormState, FormStatus, GapKind
from tests.builders.counties.scenario_county import NOTICE, ScenarioCounty, a_child, address_of, reading_with

FAILED = ("2023-10-24", "2023-10-29", "2023-11-03")


def test_a_child_found_later_has_no_date_and_nothing_is_owed_for_it_yet(county):
    county.add_submission("西沱镇", "附件3", nil=True)
    county.add_submission("西沱镇", "附件1", a_child("乙二").enrolled_row())
    county.add_submission("西沱镇", "附件3", a_child().out_row(since="2023-10-19"), on="2023-10-20")

    form = county.form("西沱镇", "附件5", "2023-10-21")

    assert (form.state, form.due, form.late) == (FormState.PENDING, None, False)
    assert county.gaps("西沱镇", "2023-10-21") == []


@pytest.mark.parametrize(("since", "gaps"), [("2023-11-01", []), ("2023-09-04", [GapKind.MISSING])])
def test_one_that_left_after_the_notice_s_day_is_found_later_in_a_late_first_filing_too(county, since, gaps):
    county.add_submission("西沱镇", "附件3", a_child().out_row(since=since), on="2023-11-06")

    assert [gap.gap for gap in county.gaps("西沱镇", "2023-11-08") if gap.form == "附件5"] == gaps


def test_it_falls_due_with_the_third_failed_visit_costs_nothing_and_is_not_late(county):
    child = a_child()
    county.add_submission("西沱镇", "附件3", nil=True)
    county.add_submission(
        "西沱镇", "附件3", child.out_row(visits=child.visits_row(*FAILED)["visits"]), on="2023-11-03"
    )

    (gap,) = [gap for gap in county.gaps("西沱镇", "2023-11-05") if gap.form == "附件5"]
    assert (gap.gap, gap.deduction) == (GapKind.MISSING, None)

    county.add_submission(
        "西沱镇", "附件5", child.visits_row(*FAILED), proofs=["甲一劝返.jpg"], on="2023-11-06"
    )
    form = county.form("西沱镇", "附件5", "2023-11-07")
    assert (form.state, form.late) == (FormState.RECEIVED, False)


def test_two_failed_visits_are_not_enough(county):
    child = a_child()
    county.add_submission("西沱镇", "附件3", nil=True)
    county.add_submission(
        "西沱镇", "附件3", child.out_row(visits=child.visits_row(*FAILED[:2])["visits"]), on="2023-11-03"
    )

    assert county.form("西沱镇", "附件5", "2023-11-08").state is FormState.PENDING


def test_a_child_of_the_first_filing_has_the_notice_s_day_and_its_passing_counts(county):
    county.add_submission("西沱镇", "附件3", a_child().out_row())

    form = county.form("西沱镇", "附件5")
    (gap,) = [gap for gap in county.gaps("西沱镇") if gap.form == "附件5"]

    assert form.due == county.form("西沱镇", "附件3").due
    assert (gap.gap, gap.deduction) == (GapKind.MISSING, 0.1)


def test_a_child_of_a_late_first_filing_has_its_day_and_no_deduction_of_its_own(county):
    county.add_submission("西沱镇", "附件3", a_child().out_row(), on="2023-09-28")

    (gap,) = [gap for gap in county.gaps("西沱镇", "2023-09-30") if gap.form == "附件5"]

    assert (gap.gap, gap.deduction) == (GapKind.MISSING, None)


def test_a_later_child_without_a_record_keeps_the_form_complete_until_its_visits_have_failed(county):
    first, later = a_child("甲一"), a_child("乙二")
    county.add_submission("西沱镇", "附件3", first.out_row())
    county.add_submission("西沱镇", "附件5", first.visits_row("2023-09-12"), proofs=["甲一劝返.jpg"])
    county.add_submission("西沱镇", "附件3", first.out_row(), later.out_row(), on="2023-10-20")

    assert county.form("西沱镇", "附件5", "2023-10-22").state is FormState.RECEIVED
    assert county.findings("persuasion-form-missing", "2023-10-22") == []


def test_by_the_other_reading_it_falls_due_when_the_child_is_found(county):
    county = replace(county, notice=reading_with(forms=[{"key": "附件5", "due": "discovery"}]))
    county.add_submission("西沱镇", "附件3", nil=True)
    county.add_submission("西沱镇", "附件3", a_child().out_row(), on="2023-10-20")

    (gap,) = [gap for gap in county.gaps("西沱镇", "2023-10-22") if gap.form == "附件5"]

    assert (gap.gap, gap.days_late, gap.deduction) == (GapKind.MISSING, 0, None)
    assert gap.detail == "有新变化应及时报送,至今未收到:请催报"


def test_prompt_days_put_it_off(county):
    readings = {"prompt_days": 3}
    later = reading_with(readings=readings, forms=[{"key": "附件5", "due": "discovery"}])
    county = replace(county, notice=later)
    county.add_submission("西沱镇", "附件3", nil=True)
    county.add_submission("西沱镇", "附件3", a_child().out_row(), on="2023-10-20")

    states = [county.form("西沱镇", "附件5", day).state for day in ("2023-10-22", "2023-10-24")]

    assert states == [FormState.PENDING, FormState.MISSING]


def test_a_notice_may_leave_out_children_who_are_back(county):
    county = replace(county, notice=reading_with(readings={"returned_still_owe": False}))
    county.add_submission("西沱镇", "附件3", a_child().out_row(outcome="已返校", returned_on="2023-09-18"))

    assert "附件5" not in county.owed_forms("西沱镇")


def test_without_the_day_itself_the_last_day_is_the_one_before(county):
    county = replace(county, notice=reading_with(readings={"due_day_counts": False}))
    county.add_submission("西沱镇", "附件3", nil=True, on="2023-09-25")
    county.add_submission("黄水镇", "附件3", nil=True, on="2023-09-24")

    assert [county.form(unit, "附件3").late for unit in ("西沱镇", "黄水镇")] == [True, False]


@pytest.mark.parametrize(
    ("occasion", "counted"), [("due-date", 0.1), ("form", 0.2), ("mail", 0.1), ("unit", 0.1)]
)
def test_A19_how_a_time_counts_is_a_reading(county, occasion, counted):
    county = replace(county, notice=reading_with(readings={"occasion": occasion}))

    status = Judgements(county.snapshot_at("2023-09-26")).status

    (unit,) = [unit for unit in status.units if unit.unit == "西沱镇"]
    assert unit.deduction_counted == counted


def test_forms_that_came_late_in_two_mails_are_two_times_by_mail(county):
    county = replace(county, notice=reading_with(readings={"occasion": "mail"}))
    county.add_submission("西沱镇", "附件1", a_child().enrolled_row(), on="2023-09-27")
    county.add_submission("西沱镇", "附件3", nil=True, on="2023-09-28")

    status = Judgements(county.snapshot_at("2023-09-29")).status

    assert next(unit for unit in status.units if unit.unit == "西沱镇").deduction_counted == 0.2


# The two documents of 附件6


def form_6(county: ScenarioCounty, on: str = "2023-09-26") -> tuple[FormStatus, list[str]]:
    found = county.form("西沱中学", "附件6", on)
    details = [gap.detail for gap in county.gaps("西沱中学", on) if gap.form == "附件6"]
    return found, details


def served(child, day: str = "2023-09-08") -> dict[str, object]:
    """The row that is read from a 送达书."""
    return {"name": child.name, "id_number": child.number, "guardian": "甲大", "notice_served_on": day}


def test_a_register_without_the_letter_is_incomplete_and_says_so(county):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件4", child.out_row())
    county.add_submission("西沱中学", "附件6", child.visits_row("2023-09-08"), proofs=["甲一劝返照片.png"])

    form, details = form_6(county)

    assert (form.state, form.late) == (FormState.INCOMPLETE, False)
    assert details == ["缺劝返学生送达书(甲一):请补交"]


def test_a_letter_without_the_register_is_incomplete_and_says_so(county):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件4", child.out_row())
    county.add_submission("西沱中学", "附件6", served(child), proofs=["甲一劝返照片.png"])

    assert form_6(county)[1] == ["缺劝返登记表(甲一):请补交"]


@pytest.mark.parametrize("scan", ["甲一送达书.png", "劝返学生送达书.jpg", "甲一返校通知书.png"])
def test_a_scan_of_the_letter_counts(county, scan):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件4", child.out_row())
    county.add_submission(
        "西沱中学", "附件6", child.visits_row("2023-09-08"), proofs=["甲一劝返照片.png", scan]
    )

    assert form_6(county)[0].state is FormState.RECEIVED


def test_a_letter_and_a_register_count_in_whatever_order_they_come(county):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件4", child.out_row())
    county.add_submission("西沱中学", "附件6", served(child), on="2023-09-21")
    county.add_submission(
        "西沱中学", "附件6", child.visits_row("2023-09-08"), proofs=["甲一劝返照片.png"], on="2023-09-22"
    )

    assert form_6(county)[0].state is FormState.RECEIVED


def test_both_in_one_row_count(county):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件4", child.out_row())
    county.add_submission(
        "西沱中学",
        "附件6",
        child.visits_row("2023-09-08", notice_served_on="2023-09-08"),
        proofs=["甲一劝返照片.png"],
    )

    assert form_6(county)[0].state is FormState.RECEIVED


def test_a_letter_for_one_child_is_none_for_another(county):
    first, second = a_child("甲一"), a_child("乙二")
    county.add_submission("西沱中学", "附件4", first.out_row(), second.out_row())
    county.add_submission(
        "西沱中学",
        "附件6",
        first.visits_row("2023-09-08"),
        second.visits_row("2023-09-08"),
        proofs=["甲一劝返照片.png", "乙二劝返照片.png", "甲一送达书.png"],
    )

    assert form_6(county)[1] == ["缺劝返学生送达书(乙二):请补交"]


def test_a_letter_from_a_stranger_waits_and_accuses_nobody(county):
    child = a_child("甲一")
    county.add_submission("西沱中学", "附件4", child.out_row())
    county.add_submission("西沱中学", "附件6", child.visits_row("2023-09-08"), proofs=["甲一劝返照片.png"])
    county.add_proofs("西沱中学", "附件6", "甲一送达书.png", sent_by=address_of("不在名册"))

    assert form_6(county) == (county.form("西沱中学", "附件6"), [])
    assert form_6(county)[0].state is FormState.UNCONFIRMED


def test_form_5_is_one_document(county):
    child = a_child("甲一")
    county.add_submission("西沱镇", "附件3", child.out_row())
    county.add_submission("西沱镇", "附件5", child.visits_row("2023-09-12"), proofs=["甲一劝返.jpg"])

    assert county.form("西沱镇", "附件5").state is FormState.RECEIVED


def test_every_document_of_a_form_is_known_by_fields_of_the_notice():
    (form,) = [form for form in NOTICE.forms if form.parts]

    assert [part.name for part in form.parts] == ["劝返学生送达书", "劝返登记表"]
    assert {field for part in form.parts for field in part.fields} <= set(form.fields)


def two_children(county, *proofs: str, **mail: str) -> None:
    """Two children in one 附件6 without a 送达书, with their photographs."""
    first, second = a_child("甲一"), a_child("乙二")
    county.add_submission("西沱中学", "附件4", first.out_row(), second.out_row())
    rows = [child.visits_row("2023-09-08") for child in (first, second)]
    county.add_submission(
        "西沱中学", "附件6", *rows, proofs=["甲一劝返照片.png", "乙二劝返照片.png", *proofs], **mail
    )


def test_a_letter_that_names_nobody_settles_nobody_of_two_and_asks_for_the_name(county):
    two_children(county, "劝返学生送达书.jpg")

    assert form_6(county)[0].state is FormState.INCOMPLETE
    assert form_6(county)[1] == ["收到的劝返学生送达书没有写明是谁的(甲一、乙二):请注明姓名"]


def test_two_letters_that_name_nobody_settle_two(county):
    two_children(county, "送达书1.jpg", "送达书2.jpg")

    assert form_6(county)[0].state is FormState.RECEIVED


def test_a_letter_that_names_nobody_beside_a_named_one_is_the_other_child_s(county):
    two_children(county, "甲一送达书.jpg", "送达书2.jpg")

    assert form_6(county)[0].state is FormState.RECEIVED


def test_a_letter_named_later_does_not_move_the_one_that_named_nobody(county):
    two_children(county, "送达书.jpg")
    county.add_proofs("西沱中学", "附件6", "甲一送达书.jpg", on="2023-09-22")

    assert form_6(county)[1] == ["收到的劝返学生送达书没有写明是谁的(乙二):请注明姓名"]


def test_a_letter_of_another_mail_that_names_nobody_is_asked_about(county):
    two_children(county)
    county.add_proofs("西沱中学", "附件6", "送达书.jpg", on="2023-09-22")

    assert form_6(county)[1] == ["收到的劝返学生送达书没有写明是谁的(甲一、乙二):请注明姓名"]
