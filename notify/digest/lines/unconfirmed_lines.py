"""Builds lines of mail from unproven senders: sender, unit, content, and how to answer the question about each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from ledger.questions.open_questions import sender_key
from ledger.senders import Standing
from ledger.submissions.unconfirmed_mail import AcceptanceEffect, UnconfirmedMail
from notify.digest.lines.question_lines import QuestionLine
from notify.form_labels import format_forms
from store.stored_values import QuestionKey

_WHY = {
    Standing.UNKNOWN: "发件地址不在名册上",
    Standing.OTHER_UNIT: "发件地址是别的单位的",
    Standing.FAILED: "没有通过邮箱服务商的发件人验证,可能冒名",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnconfirmedLine:
    """The undecided mail of one sender for one unit."""

    sender: str
    unit: str
    what: str
    why: str
    last_received_at: datetime
    phone: str
    answer: str
    """How to answer the question about it, with its number; empty if there is none."""
    question: QuestionLine | None = None

    @property
    def key(self) -> str:
        """What the line is known by from one digest to the next: sender and unit."""
        return f"{self.sender}|{self.unit}"


def build_unconfirmed_lines(
    unconfirmed: Iterable[UnconfirmedMail],
    zone: ZoneInfo | None,
    phones: dict[str, str],
    questions: Mapping[QuestionKey, QuestionLine] = MappingProxyType({}),
) -> tuple[UnconfirmedLine, ...]:
    """Returns one line for each sender and unit; ``phones`` by unit, to ask whether it was sent from there."""
    return tuple(
        UnconfirmedLine(
            sender=one.address or "没有写明发件人",
            unit=one.unit,
            what=_what(one),
            why=_WHY[one.standing],
            last_received_at=one.last_received_at.astimezone(zone) if zone else one.last_received_at,
            phone=phones.get(one.unit, ""),
            question=(question := questions.get(sender_key(one))),
            answer=question.hint if question else "",
        )
        for one in unconfirmed
    )


def _what(one: UnconfirmedMail) -> str:
    forms = format_forms(one.forms) if one.forms else "材料"
    parts = (
        f"{len(one.file_ids)}份文件",
        f"{one.records}行" if one.records else "",
        f"证明材料{one.proof_documents}份" if one.proof_documents else "",
    )
    return f"以{one.unit}名义报送{forms}({'、'.join(part for part in parts if part)}){_effect(one.effect)}"


def _effect(effect: AcceptanceEffect | None) -> str:
    """Returns a sentence on what accepting the mail would change; if it closes cases, a call first is advised."""
    if effect is None:
        return ""
    parts = (
        f"{effect.settled_cases}名学生不再列为未返校" if effect.settled_cases else "",
        f"新增{effect.opened_cases}名未返校学生" if effect.opened_cases else "",
        f"{effect.received_forms}项改为已报" if effect.received_forms else "",
    )
    return "\uff1b核实属实后" + ("、".join(part for part in parts if part) or "未返校和报送情况都不变")
