"""Ten ways in which mail claims to be a unit's: none makes a case better or meets a duty, and each is shown."""

import pytest

from ledger.assessment import assess
from ledger.results import CaseState, FormState
from ledger.senders import Standing
from store.stored_values import MessageSender
from tests.builders.counties.mail_senders import (
    FAILED,
    OTHER_TOWN,
    OTHER_UNIT,
    OWN,
    SCHOOL,
    STRANGER,
    TOWN,
    UNKNOWN,
    out,
    sender,
)
from tests.builders.counties.scenario_county import ScenarioCounty, a_child

CHILDREN = tuple(a_child(name, serial=201 + n) for n, name in enumerate(("甲一", "乙二", "丙三")))
FIRST, SECOND, THIRD = CHILDREN
REGISTER, ROLL = "附件3", "附件1"


FORGED = {
    "a stranger": (STRANGER, Standing.FAILED),
    "an unknown address": (UNKNOWN, Standing.UNKNOWN),
    "the unit's address with a failed check": (sender(f"{FAILED}\r\nFrom: {OWN}"), Standing.FAILED),
    "a failure above an older header that passes": (
        sender(f"{FAILED}\r\nAuthentication-Results: mx.qq.com; spf=pass; dmarc=pass\r\nFrom: {OWN}"),
        Standing.FAILED,
    ),
    "a pass of the stranger's own above the provider's failure": (
        sender(f"Authentication-Results: mx.evil.example; dmarc=pass\r\n{FAILED}\r\nFrom: {OWN}"),
        Standing.FAILED,
    ),
    "the unit's name beside another address": (
        sender(f'From: "{TOWN} <{OWN}>" <evil@evil.example>'),
        Standing.UNKNOWN,
    ),
    "the unit's name alone": (sender(f"From: {TOWN} <evil@evil.example>"), Standing.UNKNOWN),
    "a reply address of the unit": (
        sender(f"From: evil@evil.example\r\nReply-To: {OWN}\r\nSender: {OWN}"),
        Standing.UNKNOWN,
    ),
    "two senders at once": (sender(f"From: evil@evil.example\r\nFrom: {OWN}"), Standing.UNKNOWN),
    "no sender but a reply address": (sender(f"Reply-To: {OWN}"), Standing.UNKNOWN),
    "another unit": (OTHER_UNIT, Standing.OTHER_UNIT),
    "Coremail's failure below the sender's own pass": (
        sender(
            f"Authentication-Results: mx19; spf=pass\r\nFrom: {OWN}\r\nX-CM-TRANSID: 1\r\n"
            "Authentication-Results: mx38; sp\r\n\tf=fail smtp.mail=x"
        ),
        Standing.FAILED,
    ),
}
every_forger = pytest.mark.parametrize(("sent_by", "standing"), FORGED.values(), ids=list(FORGED))


@pytest.fixture
def honest(county: ScenarioCounty) -> ScenarioCounty:
    county.add_submission(TOWN, REGISTER, *map(out, CHILDREN), on="2023-09-12")
    return county


def assert_nothing_better(county: ScenarioCounty) -> None:
    cases = {case.name: case for case in county.cases()}
    for child in CHILDREN:
        case = cases[child.name]
        assert (case.state, case.status, case.visits) == (CaseState.OPEN, "辍学", ())
        assert case.responsible_unit == TOWN


def assert_shown(county: ScenarioCounty, unit: str, sent_by: MessageSender, standing: Standing) -> None:
    (entry,) = assess(county.snapshot_at("2023-09-26")).unconfirmed
    assert (entry.unit, entry.address, entry.standing) == (unit, sent_by.author, standing)
    assert entry.to_accept


@every_forger
def test_rows_that_say_returned_close_nothing(
    honest: ScenarioCounty, sent_by: MessageSender, standing: Standing
) -> None:
    rows = [out(child, outcome="已返校", returned_on="2023-09-13") for child in CHILDREN]
    honest.add_submission(TOWN, REGISTER, *rows, on="2023-09-14", sent_by=sent_by)

    assert_nothing_better(honest)
    assert_shown(honest, TOWN, sent_by, standing)
    assert any("未核实来源报已返校" in doubt for case in honest.cases() for doubt in case.doubts)


@every_forger
def test_a_roll_of_the_unit_closes_nothing(
    honest: ScenarioCounty, sent_by: MessageSender, standing: Standing
) -> None:
    rows = [child.enrolled_row() for child in CHILDREN]
    honest.add_submission(TOWN, ROLL, *rows, on="2023-09-14", sent_by=sent_by)

    assert_nothing_better(honest)
    assert_shown(honest, TOWN, sent_by, standing)
    assert honest.form(TOWN, ROLL).state is FormState.UNCONFIRMED


@pytest.mark.parametrize("sent_by", [STRANGER, UNKNOWN])
def test_a_roll_of_another_township_closes_nothing(honest: ScenarioCounty, sent_by: MessageSender) -> None:
    rows = [child.enrolled_row() for child in CHILDREN]
    honest.add_submission(OTHER_TOWN, ROLL, *rows, on="2023-09-14", sent_by=sent_by)

    assert_nothing_better(honest)
    assert honest.form(OTHER_TOWN, ROLL).state is FormState.UNCONFIRMED


@every_forger
def test_a_certificate_excuses_nobody(
    honest: ScenarioCounty, sent_by: MessageSender, standing: Standing
) -> None:
    rows = [out(FIRST, status="休学"), out(SECOND), out(THIRD)]
    proofs = [f"{FIRST.name}休学证明.png"]
    honest.add_submission(TOWN, REGISTER, *rows, on="2023-09-14", proofs=proofs, sent_by=sent_by)

    assert_nothing_better(honest)
    assert_shown(honest, TOWN, sent_by, standing)


@every_forger
def test_a_certificate_for_a_known_row_excuses_nobody(
    county: ScenarioCounty, sent_by: MessageSender, standing: Standing
) -> None:
    county.add_submission(TOWN, REGISTER, out(FIRST, status="休学"), on="2023-09-12")
    county.add_proofs(TOWN, REGISTER, f"{FIRST.name}休学证明.png", on="2023-09-14", sent_by=sent_by)

    assert county.only_case().state is CaseState.OPEN
    assert county.form(TOWN, REGISTER).state is FormState.UNCONFIRMED
    assert county.form(TOWN, REGISTER).proof_received == 0
    assert not [gap for gap in county.gaps(TOWN) if gap.form == REGISTER]


@every_forger
def test_a_zero_report_meets_no_duty_and_is_no_gap(
    county: ScenarioCounty, sent_by: MessageSender, standing: Standing
) -> None:
    county.add_submission(TOWN, REGISTER, nil=True, on="2023-09-14", sent_by=sent_by)

    form = county.form(TOWN, REGISTER)
    assert (form.state, form.nil, form.versions, form.unconfirmed) == (FormState.UNCONFIRMED, False, 0, 1)
    assert not [gap for gap in county.gaps(TOWN) if gap.form == REGISTER]
    assert_shown(county, TOWN, sent_by, standing)


@pytest.mark.parametrize("sent_by", [STRANGER, UNKNOWN, OTHER_UNIT])
def test_a_later_list_takes_no_child_off(honest: ScenarioCounty, sent_by: MessageSender) -> None:
    honest.add_submission(TOWN, REGISTER, out(FIRST), on="2023-09-14", replaces=True, sent_by=sent_by)

    assert_nothing_better(honest)
    assert honest.form(TOWN, REGISTER).records == 3
    assert not honest.suspected()


@pytest.mark.parametrize("sent_by", [STRANGER, UNKNOWN, OTHER_UNIT])
def test_visits_and_persuasion_forms_do_not_count(honest: ScenarioCounty, sent_by: MessageSender) -> None:
    visits = FIRST.visits_row("2023-09-13", "2023-09-14", "2023-09-15")
    honest.add_submission(TOWN, "附件5", visits, on="2023-09-16", sent_by=sent_by)

    assert_nothing_better(honest)
    assert honest.form(TOWN, "附件5").state is FormState.UNCONFIRMED


@pytest.mark.parametrize("sent_by", [STRANGER, UNKNOWN, OTHER_UNIT])
def test_a_new_child_opens_a_case_that_says_so(honest: ScenarioCounty, sent_by: MessageSender) -> None:
    new = a_child("丁四", serial=211)
    row = out(new, outcome="已返校", visits=[{"number": 1, "date": "2023-09-13", "result": "已返校"}])
    honest.add_submission(TOWN, REGISTER, row, on="2023-09-14", sent_by=sent_by)

    (case,) = [case for case in honest.cases() if case.name == new.name]
    assert (case.state, case.visits) == (CaseState.OPEN, ())
    assert any("未核实来源" in doubt for doubt in case.doubts)
    assert_nothing_better(honest)
    assert not [gap for gap in honest.gaps(TOWN) if new.name in gap.detail]


def test_a_new_child_of_a_stranger_makes_no_unit_owe_a_form(county: ScenarioCounty) -> None:
    county.add_submission(TOWN, REGISTER, nil=True, on="2023-09-12")
    county.add_submission(TOWN, REGISTER, out(FIRST), on="2023-09-14", sent_by=STRANGER)

    assert "附件5" not in county.owed_forms(TOWN)
    assert county.only_case().state is CaseState.OPEN


def test_a_child_who_is_out_again_opens_a_closed_case(honest: ScenarioCounty) -> None:
    honest.add_submission(TOWN, REGISTER, out(FIRST, outcome="已返校"), on="2023-09-14")
    assert {case.name for case in honest.cases() if case.state is CaseState.OPEN} == {"乙二", "丙三"}

    honest.add_submission(TOWN, REGISTER, out(FIRST), on="2023-09-16", sent_by=UNKNOWN)

    (case,) = [case for case in honest.cases() if case.name == FIRST.name]
    assert case.state is CaseState.OPEN
    assert any("未核实来源又报" in doubt for doubt in case.doubts)


def test_a_stranger_s_word_after_a_person_s_lets_no_roll_close(honest: ScenarioCounty) -> None:
    (case,) = [case for case in honest.cases() if case.name == FIRST.name]
    honest.add_decision("reopen", case.case_id, "家长来电", "2023-09-13")
    honest.add_submission(TOWN, REGISTER, out(FIRST), on="2023-09-14", sent_by=STRANGER)
    honest.add_submission(SCHOOL, "附件2", FIRST.enrolled_row(), on="2023-09-16")

    (case,) = [case for case in honest.cases() if case.name == FIRST.name]
    assert case.state is CaseState.OPEN


def test_a_stranger_cannot_join_two_children(county: ScenarioCounty) -> None:
    """One row with the number of one child and the name of another."""
    county.add_submission(TOWN, REGISTER, out(FIRST), on="2023-09-12")
    county.add_submission(TOWN, REGISTER, out(SECOND, outcome="已返校"), on="2023-09-13")
    mixed = out(FIRST) | {"name": SECOND.name, "birth_date": SECOND.birth}
    county.add_submission(TOWN, REGISTER, mixed, on="2023-09-14", sent_by=STRANGER)

    states = {case.name: case.state for case in county.cases()}
    assert states[FIRST.name] is CaseState.OPEN


def test_a_copy_by_a_stranger_changes_nothing_of_what_the_unit_sent(county: ScenarioCounty) -> None:
    """The same bytes, earlier and with 以此为准."""
    county.add_submission(TOWN, REGISTER, out(SECOND), on="2023-09-12")
    county.add_submission(
        TOWN, REGISTER, out(FIRST), on="2023-09-10", sent_by=STRANGER, bytes_of="one", replaces=True
    )
    county.add_submission(TOWN, REGISTER, out(FIRST), on="2023-09-27", bytes_of="one")

    form = county.form(TOWN, REGISTER, "2023-09-28")
    assert (form.state, form.records, form.unconfirmed) == (FormState.RECEIVED, 2, 0)
    assert form.received_at is not None
    assert form.received_at.day == 27


def test_what_strangers_send_in_pieces_is_shown_whole_and_what_is_sent_again_once(county):
    county.add_submission(SCHOOL, "附件2", FIRST.enrolled_row(), SECOND.enrolled_row(), sent_by=UNKNOWN)
    county.add_submission(SCHOOL, "附件2", THIRD.enrolled_row(), sent_by=UNKNOWN, on="2023-09-21")
    shown = county.snapshot_at("2023-09-26").shown_rows("附件2", SCHOOL)
    assert {row.values["name"] for row in shown} == {"甲一", "乙二", "丙三"}

    county.add_submission(
        SCHOOL, "附件2", *(child.enrolled_row() for child in CHILDREN), sent_by=UNKNOWN, on="2023-09-22"
    )
    shown = county.snapshot_at("2023-09-26").shown_rows("附件2", SCHOOL)
    assert sorted(row.values["name"] for row in shown) == sorted(child.name for child in CHILDREN)
