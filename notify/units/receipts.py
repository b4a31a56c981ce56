"""Receipts (回执): the answer to one mail of a unit, with what was received and what is wrong with it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from config.notice.rhythm import Period, title_in
from config.problem_codes import remedy_of
from notify.shown_dates import format_day
from notify.units.grouped_problems import MOST_RECEIPT_LINES, ProblemChanges, ProblemGroup
from notify.units.receipt_states import PARTLY_READ_CODES, ReceiptState


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedForm:
    """One form of one unit in the answered mail."""

    unit: str
    form: str
    records: int
    nil: bool
    problem_groups: tuple[ProblemGroup, ...]
    problem_changes: ProblemChanges | None
    """The changes against the version before; None for a first one."""
    proof_missing: int
    late: bool
    asks: tuple[str, ...] = ()
    """Sentences on what the unit must still send or answer: 零报告只写在邮件里:请补报表."""
    period: Period | None = None

    @property
    def error_count(self) -> int:
        """The number of errors in it; warnings do not count."""
        return sum(group.count for group in self.problem_groups if group.is_error)

    @property
    def state(self) -> ReceiptState:
        """How far it was read; a missing proof document is no mistake."""
        if self.error_count:
            return ReceiptState.TO_MEND
        if any(group.code in PARTLY_READ_CODES for group in self.problem_groups):
            return ReceiptState.PARTLY_READ
        return ReceiptState.RECEIVED

    @property
    def heading(self) -> str:
        """The heading, such as 西沱镇小学附件4:已收到,但有3处请更正,12人,缺证明材料2份."""
        parts = [
            self.state.words(self.error_count),
            "零报告" if self.nil else f"{self.records}人",
            f"还缺证明材料{self.proof_missing}份" if self.proof_missing else "",
            *(ask.replace(":", ",") for ask in self.asks),
        ]
        if self.is_settled and self.state is ReceiptState.RECEIVED:
            parts.append("没有发现错误")
        return f"{self.unit}{title_in(self.form, self.period)}:{','.join(filter(None, parts))}"

    @property
    def is_settled(self) -> bool:
        """Returns whether the unit need do nothing more."""
        return not (self.error_count or self.proof_missing or self.asks)

    @property
    def changes_sentence(self) -> str:
        """The changes since the last version, such as 与上次相比:已改好5处,仍有2处,新出现1处."""
        if self.problem_changes is None:
            return ""
        p = self.problem_changes
        parts = (
            (p.fixed, f"已改好{p.fixed}处"),
            (p.remaining, f"仍有{p.remaining}处"),
            (p.new, f"新出现{p.new}处"),
        )
        sentence = ",".join(words for count, words in parts if count)
        return f"与上次相比:{sentence}" if sentence else ""


_SEVERITY = (ReceiptState.RECEIVED, ReceiptState.PARTLY_READ, ReceiptState.TO_MEND)
"""The order of states by severity: the subject names the last one that occurs in the mail."""


@dataclass(frozen=True, slots=True)
class ShownForm:
    """One form in a receipt: the first groups of its problems, and the number of groups left out."""

    received: ReceivedForm
    groups: tuple[ProblemGroup, ...]
    remaining: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadFile:
    """A file of the same mail that was quarantined."""

    name: str
    reason: str
    """The reason as the office reads it: ``what:what to do``."""
    code: str | None

    @property
    def state(self) -> ReceiptState:
        """``UNREAD`` if the unit can correct the file and send it again; ``WAITING`` if a person at the office decides."""
        return ReceiptState.UNREAD if remedy_of(self.code) else ReceiptState.WAITING

    @property
    def to_resend(self) -> bool:
        """Whether the unit is asked to send it again."""
        return self.state.asks_unit

    @property
    def sentence(self) -> str:
        """The reason, with advice for the clerk instead of the office's."""
        what = self.reason.partition(":")[0] or "没有认出来"
        advice = remedy_of(self.code) or "我们会人工核对,不用重发"
        return f"{what},{advice.replace('请来件单位', '请')}。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The reply to one mail of a unit."""

    office: str
    notice: str
    sent_at: datetime
    received: tuple[ReceivedForm, ...]
    unread: tuple[UnreadFile, ...]
    proof_documents: int = 0
    """The certificates and photographs that came in the mail."""
    marked_workbooks: int = 0
    """The workbooks that are returned with their problems marked."""
    problem_lists: int = 0
    """The lists of problems, for workbooks that cannot be marked."""
    attached_forms: int = 0
    """The unit's own forms, in place of files that could not be read."""
    mend_by: date | None = None
    """The day by which the unit is asked to correct or send things."""
    phone: str = ""
    """The office's telephone number; empty if it gives none."""

    @property
    def subject(self) -> str:
        """The subject with form, mistakes, missing and unread files, visible in a list of mails."""
        if not self.received:
            return f"回执:{','.join(self._not_read) or f'证明材料{self.proof_documents}份已收到'}"
        forms = "、".join(dict.fromkeys(title_in(one.form, one.period) for one in self.received))
        errors = sum(one.error_count for one in self.received)
        states = [one.state for one in self.received]
        state = max(states, key=_SEVERITY.index)
        proofs = sum(one.proof_missing for one in self.received)
        asks = sum(len(one.asks) for one in self.received)
        parts = [
            f"{self.received[0].unit}{forms}{state.words(errors)}",
            f"还缺证明材料{proofs}份" if proofs else "",
            f"还有{asks}件事请办" if asks else "",
            *(f"另有{words}" for words in self._not_read),
        ]
        return f"回执:{','.join(filter(None, parts))}"

    @property
    def _not_read(self) -> list[str]:
        """The words on unread files, such as 2份文件没有读出,请重发."""
        counts = Counter(file.state for file in self.unread)
        return [
            f"{count}份文件{state.words()}{',请重发' if state.asks_unit else ''}"
            for state in (ReceiptState.UNREAD, ReceiptState.WAITING)
            if (count := counts[state])
        ]

    @property
    def is_asking(self) -> bool:
        """Returns whether the unit is to send something again, or something more."""
        return any(not one.is_settled or one.state.asks_unit for one in self.received) or any(
            file.to_resend for file in self.unread
        )

    @property
    def mending_sentence(self) -> str:
        """The request to send again by a day: 请于9月28日前办好."""
        return (
            f"请于{format_day(self.mend_by)}前办好,直接回复本邮件。"
            if self.mend_by and self.is_asking
            else ""
        )

    @property
    def thanks(self) -> str:
        """Thanks for a mail without problems; zero reports are named."""
        if not all(one.is_settled for one in self.received) or self.unread:
            return ""
        if all(one.nil for one in self.received):
            return "零报告已登记,谢谢按要求报送。"
        return "材料齐全,谢谢。"

    @property
    def forms(self) -> tuple[ShownForm, ...]:
        """The received forms; at most ten groups of problems are shown in the whole mail."""
        lines_left = MOST_RECEIPT_LINES
        result = []
        for one in self.received:
            shown = one.problem_groups[:lines_left]
            lines_left -= len(shown)
            result.append(ShownForm(one, shown, len(one.problem_groups) - len(shown)))
        return tuple(result)


def may_answer(
    sender: str,
    units: Sequence[str],
    sender_units: Sequence[str],
    own_addresses: Sequence[str],
    *,
    automatic: bool,
) -> bool:
    """Returns whether a mail may be answered (RFC 3834, 2): from a known clerk of one of its units, not automatic, not ours.

    Args:
        units: the units whose forms the mail contains.
        sender_units: the units that this address may report for.
        own_addresses: the office's addresses.
    """
    address = sender.strip().lower()
    if automatic or not address or address in {one.lower() for one in own_addresses}:
        return False
    return bool(set(units) & set(sender_units)) if units else bool(sender_units)
