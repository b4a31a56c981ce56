"""The Chinese words for states of cases, used by every list, mail and table."""

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
    """Returns the state that a person wrote as code, word, or unambiguous beginning of a word; None if none fits.

    Args:
        allowed: the states to choose from.
    """
    exact = [state for state in allowed if text in (state.value, CASE_STATE_WORDS[state])]
    meant = exact or [state for state in allowed if text and CASE_STATE_WORDS[state].startswith(text)]
    return meant[0] if len(meant) == 1 else None
