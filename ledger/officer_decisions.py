"""Decisions of officers: extensions, exemptions, explained problems and others, each with author, time and reason.

They hold through reruns and new versions. An explanation holds while the value stays the same, and a
withdrawn decision no longer counts (docs/judging.md, Problems told to a clerk).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from store.short_ids import short_id
from store.stored_values import ObligationKey, StoredDecision, StoredProblem

EXTEND, EXEMPT, EXPLAIN, WITHDRAW = "extend", "exempt", "explain", "withdraw"
CLOSE, REOPEN = "close", "reopen"
ASSIGN = "assign"
"""Assigns a file to a unit; ``detail`` is the unit and the form."""
FILE_NOTE = "file-note"
"""A remark on a file; ``detail`` is the row number it is about, or None. It changes no judgement."""
WORK_FILE = "file"
"""The work file (一生一案) of a child that returned exists."""
OWN = "own"
"""Makes a unit responsible for a child; ``detail`` is the unit's name."""
WAIVE_FORM = "waive-form"
"""A form that the unit need not send for one child; ``detail`` is the form, the subject a case."""
EVERY_FORM = "*"
HOLD = "hold"
"""Excludes something from purging; the subject is ``unit:`` and a name, ``case:`` and an id, or :data:`HOLD_ALL`."""
HOLD_ALL = "all"
PAPER = "paper"
"""The signed and sealed paper of a form has arrived; ``detail`` is the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerDecisions:
    """The decisions in force, by obligation and by problem id.

    A form ``*`` means every form, and a missing period every period.
    """

    extensions: Mapping[ObligationKey, StoredDecision]
    exemptions: Mapping[ObligationKey, StoredDecision]
    papers: Mapping[ObligationKey, StoredDecision]
    explained: Mapping[str, StoredDecision]
    explained_keys: frozenset[ObligationKey]
    """Units and forms with an explained problem, in any period."""

    def extension(self, key: ObligationKey) -> tuple[date, str] | None:
        """Returns the extended due day of an obligation and the reason, or None."""
        decision = _decision_on(key, self.extensions)
        return (date.fromisoformat(decision.detail), decision.why) if decision and decision.detail else None

    def exemption(self, key: ObligationKey) -> str | None:
        """Returns the reason for which the unit need not send this form, or None."""
        decision = _decision_on(key, self.exemptions)
        return decision.why if decision else None

    def paper_received_on(self, key: ObligationKey) -> date | None:
        """Returns the day on which the signed and sealed paper of this form arrived, or None."""
        decision = self.papers.get(key)
        return date.fromisoformat(decision.detail) if decision and decision.detail else None

    def with_explanation(self, problem: StoredProblem) -> StoredProblem:
        """Returns the problem, with its explanation if it has one."""
        decision = self.explained.get(problem_id(problem)) if self.explained else None
        return replace(problem, explained=decision.why) if decision else problem


def read_file_notes(decisions: Iterable[StoredDecision]) -> dict[str, tuple[str, ...]]:
    """Returns by file id people's remarks on the file, oldest first."""
    notes: dict[str, tuple[str, ...]] = {}
    for decision in decisions:
        if decision.kind == FILE_NOTE:
            where = f"第{decision.detail}行:" if decision.detail else ""
            sentence = f"{where}{decision.why}({decision.who})"
            notes[decision.subject] = (*notes.get(decision.subject, ()), sentence)
    return notes


def read_officer_decisions(
    decisions: Sequence[StoredDecision], notice: str, current_name: Callable[[str], str] = str
) -> OfficerDecisions:
    """Returns the decisions on one notice; of several decisions on one subject, the last.

    Args:
        notice: the notice's id.
        current_name: returns a unit's present name for a former one.
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
    """Returns the most specific decision on an obligation: on itself, then on all its periods, then on all forms."""
    every = ObligationKey(key.unit, EVERY_FORM, key.period)
    candidates = (decisions.get(one) for one in (key, key.of_form, every, every.of_form))
    return next((decision for decision in candidates if decision is not None), None)


def obligation_subject(notice: str, unit: str, form: str | None, period: str | None = None) -> str:
    """Returns the subject of a decision about an obligation; without ``period`` it is about every period."""
    subject = f"{notice}|{unit}|{form or EVERY_FORM}"
    return f"{subject}|{period}" if period else subject


def problem_id(problem: StoredProblem) -> str:
    """Returns an id of a problem that does not change between versions of the file as long as the student's value is the same."""
    whose = problem.student or f"{problem.sheet}!{problem.row}"
    return short_id(problem.unit, problem.form, whose, problem.field or "", problem.code, problem.value or "")


def decisions_in_force(decisions: Sequence[StoredDecision]) -> tuple[StoredDecision, ...]:
    """Returns the decisions without those withdrawn, and without the withdrawals."""
    withdrawn = {decision.subject for decision in decisions if decision.kind == WITHDRAW}
    return tuple(d for d in decisions if str(d.id) not in withdrawn and d.kind != WITHDRAW)


def waivers_of(decisions: Sequence[StoredDecision], ids: Collection[str]) -> tuple[StoredDecision, ...]:
    """Returns the decisions that waive a form for the child with any of these ids."""
    return tuple(d for d in decisions if d.kind == WAIVE_FORM and d.subject in ids)


def last_closing_decision(decisions: Sequence[StoredDecision], ids: Collection[str]) -> StoredDecision | None:
    """Returns the last decision to close or reopen the case of any of these ids; ``decisions`` are oldest first."""
    return next((d for d in reversed(decisions) if d.kind in (CLOSE, REOPEN) and d.subject in ids), None)
