"""三统一: the national platform's numbers, typed in by the office, beside what units sent.

What a person typed is a decision like any other: kept with who and when, the last one of a month counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from config.roster import Roster
from ledger.judgements import Case, CaseState
from store.facts import DecisionFact

NUMBERS, CHILDREN = "platform", "platform-children"
COUNTS = {"enrolled": "在读", "out": "失学辍学", "suspected": "疑似", "returned": "已返校"}
"""What is compared, and its name on paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One number of one unit that the two ledgers do not agree on, or do."""

    unit: str
    what: str
    platform: int
    ours: int

    @property
    def difference(self) -> int:
        """Ours less the platform's."""
        return self.ours - self.platform


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildDifference:
    """A child out of school in one ledger only."""

    name: str
    id_number: str
    unit: str
    only_in: str
    """``platform`` or ``ours``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformChild:
    """One child out of school as the platform lists it."""

    name: str
    id_number: str
    unit: str


def subject(month: str, unit: str) -> str:
    """What a decision about a month's numbers of a unit is filed under."""
    return f"{month}|{unit}"


def typed(decisions: Sequence[DecisionFact], month: str) -> dict[str, dict[str, int]]:
    """By unit, the numbers typed in for a month."""
    found: dict[str, dict[str, int]] = {}
    for decision in decisions:
        of, _, unit = decision.subject.partition("|")
        if decision.kind == NUMBERS and of == month and decision.detail:
            found.setdefault(unit, {}).update(orjson.loads(decision.detail))
    return found


def listed(decisions: Sequence[DecisionFact], month: str) -> tuple[PlatformChild, ...] | None:
    """The platform's list of children for a month; None where none was loaded."""
    lists = [d for d in decisions if d.kind == CHILDREN and d.subject == month and d.detail]
    if not lists or lists[-1].detail is None:
        return None
    return tuple(PlatformChild(**child) for child in orjson.loads(lists[-1].detail))


def differences(
    numbers: dict[str, dict[str, int]],
    roster: Roster,
    enrolled: dict[str, int],
    cases: Iterable[Case],
    suspected: Iterable[Case],
) -> tuple[Difference, ...]:
    """Every number that was typed in beside ours, in the roster's order.

    Args:
        enrolled: by unit, the students on its standing roll.
    """
    ours: dict[str, dict[str, int]] = {unit: {"enrolled": count} for unit, count in enrolled.items()}
    for case in (*cases, *suspected):
        what = {CaseState.OPEN: "out", CaseState.SUSPECTED: "suspected", CaseState.RETURNED: "returned"}
        if (key := what.get(case.state)) is not None:
            own = ours.setdefault(case.responsible_unit, {})
            own[key] = own.get(key, 0) + 1
    return tuple(
        Difference(unit=unit.name, what=key, platform=given[key], ours=ours.get(unit.name, {}).get(key, 0))
        for unit in roster.units
        if (given := numbers.get(unit.name))
        for key in COUNTS
        if key in given
    )


def child_differences(
    platform: Sequence[PlatformChild], cases: Iterable[Case]
) -> tuple[ChildDifference, ...]:
    """The children out of school whom only one side knows, by identity number."""
    out = {case.id_number: case for case in cases if case.state is CaseState.OPEN and case.id_number}
    theirs = {child.id_number: child for child in platform}
    found = [
        ChildDifference(name=c.name, id_number=c.id_number, unit=c.unit, only_in="platform")
        for c in theirs.values()
        if c.id_number not in out
    ]
    found += [
        ChildDifference(name=c.name, id_number=number, unit=c.responsible_unit, only_in="ours")
        for number, c in out.items()
        if number not in theirs
    ]
    return tuple(sorted(found, key=lambda one: (one.only_in, one.unit, one.name, one.id_number)))
