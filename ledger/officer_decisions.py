"""Decisions of officers: extensions, exemptions and explained problems, each with who, when and why.

They hold through reruns and new versions; an explanation holds while the value stays, and a decision
that was withdrawn counts no more (``docs/judging.md``, Problems told to a clerk).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from store.short_ids import short_id
from store.stored_values import ObligationKey, StoredDecision, StoredProblem

EXTEND, EXEMPT, EXPLAIN, WITHDRAW = "extend", "exempt", "explain", "withdraw"
CLOSE, REOPEN = "close", "reopen"
ASSIGN = "assign"
"""Whose a file is; ``detail`` is the unit and the form."""
FILE_NOTE = "file-note"
"""A remark on a file; ``detail`` is the number of the row that it is on, or None. It changes no judgement."""
WORK_FILE = "file"
"""The work file (一生一案) of a child who returned exists."""
OWN = "own"
"""A child given to a unit: the unit's name is the detail."""
WAIVE_FORM = "waive-form"
"""A form that the unit need not send for one child; ``detail`` is the form, the subject a case."""
EVERY_FORM = "*"
HOLD = "hold"
"""What must not be purged: ``unit:`` and a name, ``case:`` and an id, or :data:`HOLD_ALL`."""
HOLD_ALL = "all"
PAPER = "paper"
"""The signed and sealed paper of a form has come; ``detail`` is the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerDecisions:
    """The decisions in force, by obligation and by problem; a form ``*`` is every form, no period every period."""

    extensions: Mapping[ObligationKey, StoredDecision]
    exemptions: Mapping[ObligationKey, StoredDecision]
    papers: Mapping[ObligationKey, StoredDecision]
    explained: Mapping[str, StoredDecision]
    explained_keys: frozenset[ObligationKey]
    """Units and forms of which a problem is explained, in whatever period."""

    def extension(self, key: ObligationKey) -> tuple[date, str] | None:
        """Returns until when this unit has time for this form, and why."""
        decision = _decision_on(key, self.extensions)
        return (date.fromisoformat(decision.detail), decision.why) if decision and decision.detail else None

    def exemption(self, key: ObligationKey) -> str | None:
        """Returns why this unit need not send this form, or None."""
        decision = _decision_on(key, self.exemptions)
        return decision.why if decision else None

    def paper_received_on(self, key: ObligationKey) -> date | None:
        """Returns the day on which this unit's signed and sealed paper of this form came."""
        decision = self.papers.get(key)
        return date.fromisoformat(decision.detail) if decision and decision.detail else None

    def with_explanation(self, problem: StoredProblem) -> StoredProblem:
        """Returns the problem, with its explanation if it has one."""
        decision = self.explained.get(problem_id(problem)) if self.explained else None
        return replace(problem, explained=decision.why) if decision else problem


def read_file_notes(decisions: Iterable[StoredDecision]) -> dict[str, tuple[str, ...]]:
    """Returns by file id what people remarked on it, in the order in which they did."""
    notes: dict[str, tuple[str, ...]] = {}
    for decision in decisions:
        if decision.kind == FILE_NOTE:
            where = f"第{decision.detail}行:" if decision.detail else ""
            said = f"{where}{decision.why}({decision.who})"
            notes[decision.subject] = (*notes.get(decision.subject, ()), said)
    return notes


def read_officer_decisions(
    decisions: Sequence[StoredDecision], notice: str, current_name: Callable[[str], str] = str
) -> OfficerDecisions:
    """Returns what was granted under a notice; of several decisions on one thing, the last.

    ``current_name`` says what a unit is called now.
    """
    extensions: dict[ObligationKey, StoredDecision] = {}
    exemptions: dict[ObligationKey, StoredDecision] = {}
    papers: dict[ObligationKey, StoredDecision] = {}
    explained: dict[str, StoredDecision] = {}
    by_kind = {EXTEND: extensions, EXEMPT: exemptions, PAPER: papers}
    explained_keys: set[ObligationKey] = set()
    for decision in decisions:
        if decision.kind == EXPLAIN:
            explained[decision.subject] = decision
            unit, _, form = (decision.detail or "").partition("|")
            explained_keys.add(ObligationKey(current_name(unit), form))
        elif (by_key := by_kind.get(decision.kind)) is not None:
            notice_id, unit, form, *period = decision.subject.split("|")
            if notice_id == notice:
                by_key[ObligationKey(current_name(unit), form, *period)] = decision
    return OfficerDecisions(
        extensions=extensions,
        exemptions=exemptions,
        papers=papers,
        explained=explained,
        explained_keys=frozenset(explained_keys),
    )


def _decision_on(
    key: ObligationKey, decisions: Mapping[ObligationKey, StoredDecision]
) -> StoredDecision | None:
    """Returns the decision that is nearest to an obligation: on itself, then on all its periods or all forms."""
    every = ObligationKey(key.unit, EVERY_FORM, key.period)
    found = (decisions.get(one) for one in (key, key.of_form, every, every.of_form))
    return next((decision for decision in found if decision is not None), None)


def obligation_subject(notice: str, unit: str, form: str | None, period: str | None = None) -> str:
    """The subject of a decision about what a unit owes; without a period it is about each."""
    subject = f"{notice}|{unit}|{form or EVERY_FORM}"
    return f"{subject}|{period}" if period else subject


def problem_id(problem: StoredProblem) -> str:
    """Returns an id that is the same in every version of the file while the student's value stays the same."""
    whose = problem.student or f"{problem.sheet}!{problem.row}"
    return short_id(problem.unit, problem.form, whose, problem.field or "", problem.code, problem.value or "")


def decisions_in_force(decisions: Sequence[StoredDecision]) -> tuple[StoredDecision, ...]:
    """Returns the decisions without those withdrawn, and without the withdrawals."""
    withdrawn = {decision.subject for decision in decisions if decision.kind == WITHDRAW}
    return tuple(d for d in decisions if str(d.id) not in withdrawn and d.kind != WITHDRAW)


def waivers_of(decisions: Sequence[StoredDecision], ids: Collection[str]) -> tuple[StoredDecision, ...]:
    """Returns the decisions that a form need not hold the child of any of these ids."""
    return tuple(d for d in decisions if d.kind == WAIVE_FORM and d.subject in ids)


def last_closing_decision(decisions: Sequence[StoredDecision], ids: Collection[str]) -> StoredDecision | None:
    """Returns the last decision to close or to reopen the case of any of these ids, given decisions oldest first."""
    return next((d for d in reversed(decisions) if d.kind in (CLOSE, REOPEN) and d.subject in ids), None)
