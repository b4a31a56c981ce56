"""What an officer granted: more time, a demand dropped, an odd value explained. Each has who, when and why.

They hold through reruns and new versions; an explanation holds while the value stays, and a decision
that was withdrawn counts no more (judgement 1.4, M11, M18).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from store.stored_values import StoredDecision, StoredProblem

EXTEND, EXEMPT, EXPLAIN, WITHDRAW = "extend", "exempt", "explain", "withdraw"
EVERY_FORM = "*"

Filing = tuple[str, str]  # unit, form


@dataclass(frozen=True, slots=True, kw_only=True)
class Concessions:
    """By unit and form (or ``*``), and by problem."""

    extended: Mapping[Filing, StoredDecision]
    exempted: Mapping[Filing, StoredDecision]
    explained: Mapping[str, StoredDecision]
    explained_filings: frozenset[Filing]

    def extension(self, filing: Filing) -> tuple[date, str] | None:
        """Until when this unit has time for this form, and why."""
        found = self.extended.get(filing) or self.extended.get((filing[0], EVERY_FORM))
        return (date.fromisoformat(found.detail), found.why) if found and found.detail else None

    def exemption(self, filing: Filing) -> str | None:
        """Why this unit need not send this form."""
        found = self.exempted.get(filing) or self.exempted.get((filing[0], EVERY_FORM))
        return found.why if found else None

    def marked(self, problem: StoredProblem) -> StoredProblem:
        """The problem, with its explanation if it has one."""
        found = self.explained.get(problem_id(problem)) if self.explained else None
        return replace(problem, explained=found.why) if found else problem


def concessions(decisions: Sequence[StoredDecision], notice: str) -> Concessions:
    """What stands granted under a notice; of several on one thing, the last."""
    extended: dict[Filing, StoredDecision] = {}
    exempted: dict[Filing, StoredDecision] = {}
    explained: dict[str, StoredDecision] = {}
    filings: set[Filing] = set()
    for decision in decisions:
        if decision.kind == EXPLAIN:
            explained[decision.subject] = decision
            unit, _, form = (decision.detail or "").partition("|")
            filings.add((unit, form))
        elif decision.kind in (EXTEND, EXEMPT):
            of, unit, form = decision.subject.split("|")
            if of == notice:
                (extended if decision.kind == EXTEND else exempted)[unit, form] = decision
    return Concessions(
        extended=extended, exempted=exempted, explained=explained, explained_filings=frozenset(filings)
    )


def demand(notice: str, unit: str, form: str | None) -> str:
    """The subject of a decision about what a unit owes."""
    return f"{notice}|{unit}|{form or EVERY_FORM}"


def problem_id(problem: StoredProblem) -> str:
    """The same in every version of the file while the same student's value stays as it is."""
    whose = problem.student or f"{problem.sheet}!{problem.row}"
    parts = (problem.unit, problem.form, whose, problem.field or "", problem.code, problem.value or "")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def in_force(decisions: Sequence[StoredDecision]) -> tuple[StoredDecision, ...]:
    """Without those withdrawn, and without the withdrawals."""
    gone = {decision.subject for decision in decisions if decision.kind == WITHDRAW}
    return tuple(d for d in decisions if str(d.id) not in gone and d.kind != WITHDRAW)
