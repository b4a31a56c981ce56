"""What makes mail of an unproven sender count: a person's word, the roster, and the right to send for others."""

from dataclasses import replace
from datetime import datetime

from config.units.roster import Roster
from ledger.assessment import Assessment, assess, foresee_acceptance
from ledger.results import CaseState, FormState
from ledger.senders import Standing, TrustRules, know_senders
from ledger.submissions.unconfirmed_mail import AcceptanceEffect
from store.stored_values import AssignedSender, MessageSender, StoredDecision
from tests.builders.counties.mail_senders import (
    FAILED,
    OTHER_TOWN,
    OTHER_UNIT,
    OWN,
    STRANGER,
    TOWN,
    UNKNOWN,
    out,
    sender,
)
from tests.builders.counties.scenario_county import UNITS, ZONE, ScenarioCounty, a_child, address_of

REGISTER, ROLL = "附件3", "附件1"
CHILD = a_child("甲一", serial=201)


def accept(county: ScenarioCounty, file_id: str, detail: str | None) -> None:
    county.add_decision("accept", file_id, "电话核实", "2026-01-01", detail)


def test_one_accepted_file_makes_all_mail_of_its_address_count(county: ScenarioCounty) -> None:
    first = county.add_submission(TOWN, REGISTER, out(CHILD), on="2023-09-12", sent_by=UNKNOWN)
    county.add_submission(TOWN, REGISTER, out(CHILD, outcome="已返校"), on="2023-09-14", sent_by=UNKNOWN)
    assert county.only_case().state is CaseState.OPEN
    (entry,) = assess(county.snapshot_at("2023-09-26")).unconfirmed
    assert (len(entry.file_ids), len(entry.to_accept)) == (2, 1)

    accept(county, first, f"{UNKNOWN.author} {TOWN}")

    assert county.only_case().state is CaseState.RETURNED
    assert county.form(TOWN, REGISTER).state is FormState.RECEIVED
    assert not assess(county.snapshot_at("2023-09-26")).unconfirmed


def test_what_is_accepted_for_one_unit_counts_for_no_other(county: ScenarioCounty) -> None:
    first = county.add_submission(TOWN, REGISTER, nil=True, on="2023-09-12", sent_by=UNKNOWN)
    county.add_submission(OTHER_TOWN, REGISTER, nil=True, on="2023-09-12", sent_by=UNKNOWN)
    accept(county, first, f"{UNKNOWN.author} {TOWN}")

    assert county.form(TOWN, REGISTER).state is FormState.RECEIVED
    assert county.form(OTHER_TOWN, REGISTER).state is FormState.UNCONFIRMED
    (entry,) = assess(county.snapshot_at("2023-09-26")).unconfirmed
    assert entry.standing is Standing.OTHER_UNIT


def test_a_failed_mail_is_accepted_file_by_file(county: ScenarioCounty) -> None:
    forged = sender(f"{FAILED}\r\nFrom: {OWN}")
    first = county.add_submission(TOWN, ROLL, CHILD.enrolled_row(), on="2023-09-12", sent_by=forged)
    second = county.add_submission(TOWN, REGISTER, nil=True, on="2023-09-14", sent_by=forged)
    (entry,) = assess(county.snapshot_at("2023-09-26")).unconfirmed
    assert entry.to_accept == (first, second)

    accept(county, first, None)

    assert county.form(TOWN, ROLL).state is FormState.RECEIVED
    assert county.form(TOWN, REGISTER).state is FormState.UNCONFIRMED


def test_a_withdrawn_acceptance_counts_no_more(county: ScenarioCounty) -> None:
    first = county.add_submission(TOWN, REGISTER, nil=True, on="2023-09-12", sent_by=UNKNOWN)
    accept(county, first, f"{UNKNOWN.author} {TOWN}")
    (decision,) = county.store.decisions.made(county.snapshot_at("2026-09-26").as_of)
    county.add_decision("withdraw", str(decision.id), "记错了", "2026-01-02")

    assert county.form(TOWN, REGISTER).state is FormState.UNCONFIRMED


def test_an_assigned_file_counts_and_teaches_its_sender(county: ScenarioCounty) -> None:
    first = county.add_submission(TOWN, REGISTER, nil=True, on="2023-09-12", sent_by=UNKNOWN)
    county.add_submission(TOWN, ROLL, CHILD.enrolled_row(), on="2023-09-13", sent_by=UNKNOWN)
    county.store.decisions.assign_file(
        first, TOWN, REGISTER, "officer", county.snapshot_at("2023-09-14").as_of
    )

    assert {county.form(TOWN, form).state for form in (REGISTER, ROLL)} == {FormState.RECEIVED}


def test_an_assigned_file_that_failed_teaches_nothing(county: ScenarioCounty) -> None:
    first = county.add_submission(TOWN, REGISTER, nil=True, on="2023-09-12", sent_by=STRANGER)
    same = MessageSender(author=STRANGER.author)
    county.add_submission(TOWN, ROLL, CHILD.enrolled_row(), on="2023-09-13", sent_by=same)
    county.store.decisions.assign_file(
        first, TOWN, REGISTER, "officer", county.snapshot_at("2023-09-14").as_of
    )

    assert county.form(TOWN, REGISTER).state is FormState.RECEIVED
    assert county.form(TOWN, ROLL).state is FormState.UNCONFIRMED


def test_a_unit_may_be_given_the_right_to_send_for_others(county: ScenarioCounty) -> None:
    county.add_submission(TOWN, REGISTER, nil=True, on="2023-09-12", sent_by=OTHER_UNIT)
    assert county.form(TOWN, REGISTER).state is FormState.UNCONFIRMED

    for right in (TOWN, "西沱责任区"):
        county.units = tuple(
            replace(unit, sends_for=(right,)) if unit.name == OTHER_TOWN else unit for unit in UNITS
        )
        assert county.form(TOWN, REGISTER).state is FormState.RECEIVED


def test_an_address_of_two_units_is_known_for_both(county: ScenarioCounty) -> None:
    county.units = tuple(replace(unit, emails=("Both@example.org",)) for unit in UNITS)
    both = sender("From: both@EXAMPLE.org")
    county.add_submission(TOWN, REGISTER, nil=True, on="2023-09-12", sent_by=both)
    county.add_submission(OTHER_TOWN, REGISTER, nil=True, on="2023-09-12", sent_by=both)

    assert {county.form(unit, REGISTER).state for unit in (TOWN, OTHER_TOWN)} == {FormState.RECEIVED}


def test_a_child_unit_sends_for_the_unit_that_reports_for_it(county: ScenarioCounty) -> None:
    county.add_submission("西沱镇小学", "附件4", nil=True, on="2023-09-12", sent_by=address_of("青龙教学点"))

    assert county.form("西沱镇小学", "附件4").state is FormState.RECEIVED


def test_held_mail_opens_no_case_and_is_listed(county: ScenarioCounty) -> None:
    county.rules = TrustRules(hold=True)
    county.add_submission(TOWN, REGISTER, out(CHILD), on="2023-09-12", sent_by=UNKNOWN)

    assert county.cases() == []
    assert county.form(TOWN, REGISTER).state is FormState.UNCONFIRMED
    assert [entry.records for entry in assess(county.snapshot_at("2023-09-26")).unconfirmed] == [1]


def test_a_unit_that_perhaps_sent_in_time_loses_no_points(county: ScenarioCounty) -> None:
    county.add_submission(TOWN, REGISTER, nil=True, on="2023-09-20", sent_by=UNKNOWN)
    county.add_submission(TOWN, REGISTER, nil=True, on="2023-09-28")

    (gap,) = [gap for gap in county.gaps(TOWN, "2023-09-29") if gap.form == REGISTER]
    assert (gap.gap, gap.deduction) == ("late", None)
    assert "来源未核实" in gap.detail


def test_the_persuasion_form_of_a_stranger_accuses_nobody(county: ScenarioCounty) -> None:
    county.add_submission(TOWN, REGISTER, out(CHILD), on="2023-09-12")
    visits = CHILD.visits_row("2023-09-13")
    county.add_submission(TOWN, "附件5", visits, on="2023-09-13", proofs=("甲一照片.png",), sent_by=UNKNOWN)

    assert county.form(TOWN, "附件5").state is FormState.UNCONFIRMED
    assert not [gap for gap in county.gaps(TOWN) if gap.form == "附件5"]
    assert not county.findings("persuasion-form-missing")


def test_a_renamed_unit_keeps_the_senders_that_it_was_taught() -> None:
    roster = Roster(
        tuple(replace(unit, aliases=("老西沱镇",)) if unit.name == TOWN else unit for unit in UNITS)
    )
    decision = StoredDecision(
        id=1, kind="accept", subject="f", detail=f"{UNKNOWN.author} 老西沱镇", why="", who="",
        at=datetime(2023, 9, 20, tzinfo=ZONE),
    )  # fmt: skip
    senders = know_senders(roster, TrustRules(), (), (), (decision,), roster.current_name)

    assert senders.standing(UNKNOWN, TOWN) is Standing.LEARNED


def test_an_address_of_the_roster_never_speaks_alone_for_a_unit_it_was_taught_for() -> None:
    """A unit that once sent for another: its own nameless tables stay its own."""
    taught = AssignedSender(sent_by=OTHER_UNIT, unit=TOWN)
    senders = know_senders(Roster(UNITS), TrustRules(), (taught,), (), ())

    assert senders.standing(OTHER_UNIT, TOWN) is Standing.LEARNED
    assert senders.learned_unit == {}


def test_what_a_word_would_change_is_foreseen(county: ScenarioCounty) -> None:
    county.add_submission(TOWN, REGISTER, out(CHILD), on="2023-09-12", sent_by=address_of(TOWN))
    other = a_child("乙二", serial=202)
    closing = county.add_submission(
        TOWN, REGISTER, out(CHILD, outcome="已返校"), on="2023-09-14", sent_by=UNKNOWN
    )
    opening = county.add_submission(OTHER_TOWN, REGISTER, out(other), on="2023-09-14", sent_by=UNKNOWN)
    snapshot = county.snapshot_at("2023-09-26")
    now = assess(snapshot)
    foreseen = {mail.unit: mail.effect for mail in foresee_acceptance(snapshot, now).unconfirmed}

    for file_id, unit in ((closing, TOWN), (opening, OTHER_TOWN)):
        accept(county, file_id, f"{UNKNOWN.author} {unit}")
        then = assess(county.snapshot_at("2023-09-26"))
        effect = foreseen[unit]
        assert effect is not None
        assert effect.settled_cases == len(now.open_cases) - len(then.open_cases) + effect.opened_cases
        assert effect.received_forms == received(then) - received(now)
        now = then
    assert foreseen[TOWN] == AcceptanceEffect(settled_cases=1, opened_cases=0, received_forms=0)


def received(assessment: Assessment) -> int:
    return sum(form.state is FormState.RECEIVED for unit in assessment.status.units for form in unit.forms)
