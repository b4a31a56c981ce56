"""A resubmission is compared with the version before (``docs/judging.md``, Versions): problems fixed, remaining and new."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from config.records.record import Json, Problem, Record
from config.records.row_block import RowBlock
from config.units.roster import Unit
from ledger.submissions.problem_comparison import compare_problems
from ledger.submissions.recorded_problems import unexplained_problems
from notify.units.grouped_problems import ProblemChanges, count_problem_changes, group_problems
from store.drafts import Arrival, FileDraft, MessageDraft, SubmissionDraft
from store.stored_values import ObligationKey
from tests.builders.counties.scenario_county import NOTICE, ZONE, Child, ScenarioCounty, a_child, address_of

PAIRS = 500
FIELDS = {"id-length": "id_number", "phone-invalid": "guardian_phone", "value-unknown": "reason"}


@dataclass(frozen=True)
class Row:
    """A child in one version, and what is wrong there."""

    child: Child
    faults: frozenset[str] = frozenset()


def sends(county: ScenarioCounty, unit: str, hour: int, rows: Sequence[Row]) -> None:
    message = sha256(f"{unit}{hour}".encode()).hexdigest()
    filing = SubmissionDraft.of_rows(
        RowBlock.of(_record(place, row) for place, row in enumerate(rows)), unit=unit, form="附件4"
    )
    file = FileDraft(
        position=0, path=("附件4.xlsx",), size=1, sha256=message, kind="xlsx", outcome="forms", submissions=(filing,)
    )  # fmt: skip
    at = datetime(2023, 9, 20, hour, tzinfo=ZONE)
    uid = int(message[:7], 16)
    county.store.mailboxes.record_arrivals(
        [Arrival(message_id=message, received_at=at, mailbox="m", uidvalidity=1, uid=uid)], None
    )
    author = address_of(unit).author
    draft = MessageDraft(
        message_id=message, sender=author, sender_name="", subject="", files=(file,), author=author
    )
    county.store.messages.record(NOTICE.id, [draft])


def _record(place: int, row: Row) -> Record:
    """While its number is wrong, a row is known by its child's name."""
    number = row.child.number[:12] if "id-length" in row.faults else row.child.number
    problems = tuple(_problem(place, fault) for fault in sorted(row.faults))
    values: dict[str, Json] = {"name": row.child.name, "id_number": number, "status": "辍学"}
    return Record(sheet="Sheet1", row=5 + place, values=values, problems=problems)


def _problem(place: int, fault: str) -> Problem:
    return Problem(
        sheet="Sheet1", row=5 + place, cell=f"D{5 + place}", field=FIELDS[fault], code=fault,
        severity="error", message=fault,
    )  # fmt: skip


def a_pair(dice: random.Random) -> tuple[list[Row], list[Row], ProblemChanges]:
    """Two versions, the second a re-issue or only a part, and what a person would say of it."""
    children = [a_child(f"学{n}", serial=101 + 2 * n) for n in range(dice.randint(1, 12))]
    first = [Row(child, _faults(dice, 0.4)) for child in children]
    if partial := len(children) >= 4 and dice.random() < 0.4:
        chosen = dice.sample(first, dice.randint(1, len(children) // 2))
    else:
        chosen = dice.sample(first, len(first))  # the same children in another order
    second = [Row(row.child, _mended(dice, row.faults)) for row in chosen]
    if dice.random() < 0.4:
        second.insert(0, Row(a_child("新来的", serial=501), _faults(dice, 0.5)))
    then, told = _truth(first), _truth(second)
    silent = {row.child.number for row in first} - {row.child.number for row in second}
    now = told | {fault for fault in then if partial and fault[0] in silent}
    return (
        first,
        second,
        ProblemChanges(fixed=len(then - now), remaining=len(then & now), new=len(now - then)),
    )


def _faults(dice: random.Random, share: float) -> frozenset[str]:
    return frozenset(fault for fault in FIELDS if dice.random() < share)


def _mended(dice: random.Random, faults: frozenset[str]) -> frozenset[str]:
    return frozenset(fault for fault in faults if dice.random() < 0.4) | _faults(dice, 0.05)


def _truth(rows: Sequence[Row]) -> set[tuple[str, str]]:
    return {(row.child.number, fault) for row in rows for fault in row.faults}


def _a_school(name: str) -> Unit:
    address = address_of(name).author
    return Unit(name=name, kind="school", stage="小学", township=None, emails=(address,))


def test_five_hundred_pairs_of_versions_are_told_exactly(county: ScenarioCounty) -> None:
    dice = random.Random(20231009)
    truth = {}
    county.units = tuple(_a_school(f"第{number}小学") for number in range(PAIRS))
    for number in range(PAIRS):
        first, second, said = a_pair(dice)
        sends(county, f"第{number}小学", 8, first)
        sends(county, f"第{number}小学", 9, second)
        truth[f"第{number}小学"] = said
    snapshot = county.snapshot_at("2023-09-20")
    told = {}
    for key, (before, after) in snapshot.versions.items():
        assert compare_problems(snapshot, before) is None
        comparison = compare_problems(snapshot, after)
        assert comparison is not None
        told[key.unit] = count_problem_changes(comparison.before, comparison.after)

    assert {unit: (told[unit], truth[unit]) for unit in truth if told[unit] != truth[unit]} == {}


def test_a_fault_that_stays_and_one_that_is_new_are_told_apart(county: ScenarioCounty) -> None:
    one, two = a_child("甲一", serial=101), a_child("乙二", serial=103)
    sends(county, "西沱中学", 8, [Row(one, frozenset(["id-length", "phone-invalid"])), Row(two)])
    sends(
        county,
        "西沱中学",
        9,
        [Row(two, frozenset(["phone-invalid"])), Row(one, frozenset(["phone-invalid"]))],
    )
    snapshot = county.snapshot_at("2023-09-20")
    fact = snapshot.versions[ObligationKey("西沱中学", "附件4")][1]
    comparison = compare_problems(snapshot, fact)
    assert comparison is not None

    found = group_problems(unexplained_problems(snapshot, fact), comparison.is_new)

    assert [one.sentence for one in found] == [
        "【新出现】第5行(D5):phone-invalid",
        "【仍未改】第6行(D6):phone-invalid",
    ]
