"""三统一: compares the national platform's numbers, typed in by the office, with the units' submissions.

Typed numbers are stored as decisions with author and time; the last of a month counts.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import orjson

from config.units.roster import Roster
from ledger.lists.handed_lists import HANDED_LIST
from ledger.results import Case, CaseState, ListedChild
from store.stored_values import StoredDecision

PLATFORM_NUMBERS, PLATFORM_CHILDREN = "platform", "platform-children"
COUNTS = {"enrolled": "在读", "out": "失学辍学", "suspected": "疑似", "returned": "已返校"}
"""The compared counts with their Chinese names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberDifference:
    """One count of one unit, on the platform and here, whether they agree or not."""

    unit: str
    what: str
    platform: int
    ours: int

    @property
    def difference(self) -> int:
        """Our count minus the platform's."""
        return self.ours - self.platform


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformComparison:
    """One month's counts, by unit in the roster's order and in the order of :data:`COUNTS`."""

    differences: tuple[NumberDifference, ...]
    not_typed: tuple[str, ...]
    """Units with counts here for which no platform number was typed."""


def numbers_subject(month: str, unit: str) -> str:
    """Returns the subject of a decision about a unit's numbers for a month."""
    return f"{month}|{unit}"


def typed_numbers(decisions: Sequence[StoredDecision], month: str) -> dict[str, dict[str, int]]:
    """Returns by unit the numbers typed in for a month, by key of :data:`COUNTS`."""
    result: dict[str, dict[str, int]] = {}
    for decision in decisions:
        decision_month, _, unit = decision.subject.partition("|")
        if decision.kind == PLATFORM_NUMBERS and decision_month == month and decision.detail:
            result.setdefault(unit, {}).update(orjson.loads(decision.detail))
    return result


def listed_children(decisions: Sequence[StoredDecision], month: str) -> tuple[ListedChild, ...] | None:
    """Returns the platform's list of children for a month, or None if none was loaded."""
    lists = [d for d in decisions if d.kind == PLATFORM_CHILDREN and d.subject == month and d.detail]
    if not lists or lists[-1].detail is None:
        return None
    return tuple(ListedChild(**child) for child in orjson.loads(lists[-1].detail))


def decision_in_words(decision: StoredDecision) -> str | None:
    """Returns what was typed in, without identity numbers; None for another kind of decision."""
    if decision.kind not in (PLATFORM_NUMBERS, PLATFORM_CHILDREN, HANDED_LIST) or not decision.detail:
        return None
    typed = orjson.loads(decision.detail)
    if decision.kind in (PLATFORM_CHILDREN, HANDED_LIST):
        return f"{len(typed)}名"
    return numbers_in_words(typed)


def numbers_in_words(numbers: Mapping[str, int]) -> str:
    """Returns the numbers in words: 在读5、失学辍学3."""
    return "、".join(f"{word}{numbers[key]}" for key, word in COUNTS.items() if key in numbers)


def compare_numbers(
    numbers: Mapping[str, Mapping[str, int]],
    roster: Roster,
    enrolled: Mapping[str, int],
    cases: Collection[Case],
    suspected: Collection[Case],
    out_statuses: Collection[str],
) -> PlatformComparison:
    """Returns every typed number with our count.

    Args:
        numbers: by unit, the typed numbers by key of :data:`COUNTS`.
        enrolled: by unit, the number of students on its current rolls.
        out_statuses: the statuses that the platform counts as out of school (失学, 辍学; not 休学).
    """
    ours = _ours(enrolled, cases, suspected, out_statuses)
    typed = {unit for counts in ours.values() for unit, count in counts.items() if count}
    return PlatformComparison(
        differences=tuple(
            NumberDifference(unit=unit.name, what=key, platform=given[key], ours=ours[key][unit.name])
            for unit in roster.units
            if (given := numbers.get(unit.name))
            for key in COUNTS
            if key in given
        ),
        not_typed=tuple(u.name for u in roster.units if u.name in typed and not numbers.get(u.name)),
    )


def is_out(case: Case, out_statuses: Collection[str]) -> bool:
    """Returns whether the platform would list a case as out of school."""
    return case.state is CaseState.OPEN and case.status in out_statuses


def _ours(
    enrolled: Mapping[str, int],
    cases: Collection[Case],
    suspected: Collection[Case],
    out_statuses: Collection[str],
) -> dict[str, Counter[str]]:
    """Returns by key of :data:`COUNTS` our count of each unit."""
    return {
        "enrolled": Counter(enrolled),
        "out": Counter(case.responsible_unit for case in cases if is_out(case, out_statuses)),
        "suspected": Counter(case.responsible_unit for case in suspected),
        "returned": Counter(case.responsible_unit for case in cases if case.state is CaseState.RETURNED),
    }
