"""Shows what people decided, in words."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from config.text.output_mask import OutputMask
from config.text.punctuation import set_punctuation
from kongchuo.output.layout.table_layout import Column
from kongchuo.output.terminal_tables import format_minute, print_table
from ledger.lists.platform import decision_in_words
from ledger.officer_decisions import CLOSE
from ledger.results import CaseState
from ledger.state_words import CASE_STATE_WORDS
from store.answers.overruled_values import CORRECT, read_one
from store.stored_values import StoredDecision

DECISION_WORDS = {
    "close": "结案", "reopen": "撤销结案", "note": "记一笔", "own": "责任单位", "file": "工作档案",
    "merge": "合并个案", "split": "分开个案", "waive": "比对不再提示", "waive-form": "一名学生免报",
    "extend": "宽限", "exempt": "免报",
    "paper": "收到纸质件", "explain": "说明", "accept": "来源属实", "platform": "平台数字", "platform-children": "平台名单",
    "handed-list": "下发名单", "correct": "更正", "assign": "归入单位", "file-note": "文件备注", "hold": "不得清理",
    "settle": "问题已了结", "withdraw": "撤回决定",
}  # fmt: skip


def show_decisions(decisions: Sequence[StoredDecision], zone: ZoneInfo, mask: OutputMask) -> None:
    rows = [
        (
            str(decision.id),
            format_minute(decision.at, zone),
            DECISION_WORDS.get(decision.kind, decision.kind),
            *(mask.text(words) or "" for words in _decided_on(decision)),
            mask.text(decision.why) or "",
            decision.who,
        )
        for decision in decisions
    ]
    columns = [
        Column("编号"),
        Column("时间", 1),
        Column("决定"),
        Column("对象", is_sentence=True),
        Column("内容", is_sentence=True),
        Column("理由", is_sentence=True),
        Column("经办人", 2),
    ]
    print_table(f"决定{len(decisions)}个", columns, rows, "还没有人工作过决定")


def _decided_on(decision: StoredDecision) -> tuple[str, str]:
    """Returns the subject of a decision, and its content."""
    if decision.kind == CORRECT:
        word = read_one(decision)
        return word.whose, set_punctuation(word.words)
    subject = " ".join(part for part in decision.subject.split("|") if part != "*")
    if decision.kind == CLOSE and decision.detail is not None:
        return subject, CASE_STATE_WORDS[CaseState(decision.detail)]
    words = decision_in_words(decision) or (decision.detail or "").replace("|", " ")
    return subject, set_punctuation(words)
