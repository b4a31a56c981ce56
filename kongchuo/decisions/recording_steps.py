"""Records decisions with the person who made them; a decision that is already in force is not recorded again."""

from kongchuo.decisions.decide import MERGE, SPLIT, Decided, Desk
from kongchuo.lookup import current_user
from ledger.officer_decisions import ASSIGN, CLOSE, FILE_NOTE, REOPEN, WAIVE_FORM, WORK_FILE
from ledger.results import CaseState
from store.decisions import AssignmentDraft, DecisionDraft, Step, WhoDecided
from store.stored_values import StoredDecision

_OPPOSITES = {REOPEN: CLOSE, SPLIT: MERGE}
"""Pairs of kinds that exclude each other; the later decision is in force."""
_ABOUT_DETAIL = frozenset({MERGE, SPLIT, WAIVE_FORM, FILE_NOTE})
"""Kinds of which several decisions on one subject can be in force, each with another detail."""
_NOTES = frozenset({"note", FILE_NOTE})
"""Kinds of remarks, of which one thing may have several with different texts."""


def record(desk: Desk, decided: Decided, who: str | None = None) -> tuple[str, ...]:
    """Records a decision by the current user, or by ``who``; returns the ids of messages to be read again."""
    by = WhoDecided(who=who or current_user(), when=desk.when)
    return desk.office.store.decisions.take_steps([(step, by) for step in decided.steps])


def record_once(desk: Desk, decided: Decided, who: str | None = None) -> str:
    """Records a decision unless it is already in force; returns a sentence saying whether it was.

    A second equal decision in the list would look like a change.
    """
    holding = [_holding(desk, step) for step in decided.steps]
    if holding and all(one is not None for one in holding):
        numbers = "、".join(dict.fromkeys(f"第{one.id}号" for one in holding if one is not None))
        return f"{_shown(desk, decided)}:以前已经这样决定({numbers}),没有改动"
    record(desk, decided, who)
    return _shown(desk, decided)


def _shown(desk: Desk, decided: Decided) -> str:
    return desk.office.mask.knowing(decided.names).text(decided.sentence) or ""


def _holding(desk: Desk, step: Step) -> StoredDecision | None:
    """Returns the equal decision in force, if no later one contradicts it; else None."""
    if isinstance(step, AssignmentDraft):
        return next(
            (
                one
                for one in reversed(desk.in_force)
                if (one.kind, one.subject) == (ASSIGN, step.file_id) and _stands(desk, step)
            ),
            None,
        )
    if not isinstance(step, DecisionDraft):
        return None
    if step.kind == ASSIGN:
        return next((one for one in reversed(desk.in_force) if _is_equal(one, step)), None)
    last = next((one for one in reversed(desk.in_force) if _is_about_the_same(one, step)), None)
    return last if last is not None and _is_equal(last, step) and _still_shows(desk, step) else None


def _still_shows(desk: Desk, draft: DecisionDraft) -> bool:
    """Returns whether a case still has the state that was decided; a child who left school again needs a new decision."""
    if draft.kind not in (CLOSE, REOPEN, WORK_FILE):
        return True
    case = desk.find_case(draft.subject)
    if draft.kind == WORK_FILE:
        return case.work_file is not None
    return case.state.value == (draft.detail or CaseState.OPEN.value)


def _stands(desk: Desk, draft: AssignmentDraft) -> bool:
    now = desk.office.store.decisions.assignments().get(draft.file_id)
    return now is not None and (now.unit, now.form) == (draft.unit, draft.form)


def _is_about_the_same(decision: StoredDecision, draft: DecisionDraft) -> bool:
    kinds = {_OPPOSITES.get(kind, kind) for kind in (decision.kind, draft.kind)}
    is_about_detail = draft.kind in _ABOUT_DETAIL
    return (
        len(kinds) == 1
        and decision.subject == draft.subject
        and (not is_about_detail or decision.detail == draft.detail)
        and (draft.kind not in _NOTES or decision.why == draft.why)
    )


def _is_equal(decision: StoredDecision, draft: DecisionDraft) -> bool:
    return (decision.kind, decision.subject, decision.detail) == (draft.kind, draft.subject, draft.detail)
