"""The Chinese of what is judged: how a case stands, in the words that every list, mail and table shows."""

from ledger.results import CaseState

CASE_STATE_WORDS = {
    CaseState.OPEN: "未返校",
    CaseState.RETURNED: "已返校",
    CaseState.EXCUSED: "已批准或安置",
    CaseState.MOVED: "已转走",
    CaseState.AGED_OUT: "已超龄",
    CaseState.SUSPECTED: "疑似",
}
