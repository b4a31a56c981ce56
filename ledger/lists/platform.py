"""三统一: the national platform's numbers, typed in by the office, beside what units sent.

What a person typed is a decision like any other: kept with who and when, the last one of a month counts.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import orjson

from config.units.roster import Roster
from ledger.results import Case, CaseState
from store.stored_values import StoredDecision

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
class Comparison:
    """One month's numbers, by unit in the roster's order and in the order of :data:`COUNTS`."""

    differences: tuple[Difference, ...]
    not_typed: tuple[str, ...]
    """Units of which we have numbers and nobody typed any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformChild:
    """One child out of school as the platform lists it; an empty text is what it does not say."""

    name: str
    id_number: str
    unit: str


def subject(month: str, unit: str) -> str:
    """What a decision about a month's numbers of a unit is filed under."""
    return f"{month}|{unit}"


def typed(decisions: Sequence[StoredDecision], month: str) -> dict[str, dict[str, int]]:
    """By unit, the numbers typed in for a month."""
    found: dict[str, dict[str, int]] = {}
    for decision in decisions:
        of, _, unit = decision.subject.partition("|")
        if decision.kind == NUMBERS and of == month and decision.detail:
            found.setdefault(unit, {}).update(orjson.loads(decision.detail))
    return found


def listed(decisions: Sequence[StoredDecision], month: str) -> tuple[PlatformChild, ...] | None:
    """The platform's list of children for a month; None where none was loaded."""
    lists = [d for d in decisions if d.kind == CHILDREN and d.subject == month and d.detail]
    if not lists or lists[-1].detail is None:
        return None
    return tuple(PlatformChild(**child) for child in orjson.loads(lists[-1].detail))


def in_words(decision: StoredDecision) -> str | None:
    """What was typed in, without anybody's number; None where the decision is of another kind."""
    if decision.kind not in (NUMBERS, CHILDREN) or not decision.detail:
        return None
    told = orjson.loads(decision.detail)
    if decision.kind == CHILDREN:
        return f"{len(told)}名"
    return numbers_in_words(told)


def numbers_in_words(numbers: Mapping[str, int]) -> str:
    """在读5、失学辍学3."""
    return "、".join(f"{word}{numbers[key]}" for key, word in COUNTS.items() if key in numbers)


def compare(
    numbers: Mapping[str, Mapping[str, int]],
    roster: Roster,
    enrolled: Mapping[str, int],
    cases: Collection[Case],
    suspected: Collection[Case],
    chased: Collection[str],
) -> Comparison:
    """Every number that was typed in beside ours.

    Args:
        enrolled: by unit, the students on its standing rolls.
        chased: the statuses that the platform counts as out of school (失学, 辍学; not 休学).
    """
    ours = _ours(enrolled, cases, suspected, chased)
    told = {unit for counts in ours.values() for unit, count in counts.items() if count}
    return Comparison(
        differences=tuple(
            Difference(unit=unit.name, what=key, platform=given[key], ours=ours[key][unit.name])
            for unit in roster.units
            if (given := numbers.get(unit.name))
            for key in COUNTS
            if key in given
        ),
        not_typed=tuple(u.name for u in roster.units if u.name in told and not numbers.get(u.name)),
    )


def is_out(case: Case, chased: Collection[str]) -> bool:
    """Whether a case is what the platform lists as out of school."""
    return case.state is CaseState.OPEN and case.status in chased


def _ours(
    enrolled: Mapping[str, int],
    cases: Collection[Case],
    suspected: Collection[Case],
    chased: Collection[str],
) -> dict[str, Counter[str]]:
    """By what is compared, our number of each unit."""
    return {
        "enrolled": Counter(enrolled),
        "out": Counter(case.responsible_unit for case in cases if is_out(case, chased)),
        "suspected": Counter(case.responsible_unit for case in suspected),
        "returned": Counter(case.responsible_unit for case in cases if case.state is CaseState.RETURNED),
    }
