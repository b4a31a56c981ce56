"""The Chinese of what is judged: how a case stands, in the words that every list, mail and table shows."""

from collections.abc import Collection

from ledger.results import CaseState

CASE_STATE_WORDS = {
    CaseState.OPEN: "未返校",
    CaseState.RETURNED: "已返校",
    CaseState.EXCUSED: "已批准或安置",
    CaseState.MOVED: "已转走",
    CaseState.AGED_OUT: "已超龄",
    CaseState.SUSPECTED: "疑似",
}


def read_case_state(text: str, allowed: Collection[CaseState]) -> CaseState | None:
    """Returns the state that a person means by its code or its word (or the beginning of one word alone)."""
    exact = [state for state in allowed if text in (state.value, CASE_STATE_WORDS[state])]
    meant = exact or [state for state in allowed if text and CASE_STATE_WORDS[state].startswith(text)]
    return meant[0] if len(meant) == 1 else None
