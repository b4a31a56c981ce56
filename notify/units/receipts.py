"""回执: what a unit sent was received and counted, and what is wrong with it, in one mail to answer theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notify.digest.file_lines import RESEND
from notify.units.problem_causes import MOST, Cause, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One form of one unit in the mail that is answered."""

    unit: str
    form: str
    file: str
    records: int
    nil: bool
    causes: tuple[Cause, ...]
    progress: Progress | None
    """Against the version before; None for a first one."""
    proof_missing: int
    late: bool

    @property
    def faults(self) -> int:
        return sum(cause.count for cause in self.causes if cause.error)

    @property
    def heading(self) -> str:
        """西沱镇小学附件4:已收到,12人,有3处需更正"""
        what = "零报告" if self.nil else f"{self.records}人"
        todo = [
            f"有{self.faults}处需更正" if self.faults else "",
            f"缺证明材料{self.proof_missing}份" if self.proof_missing else "",
        ]
        said = "、".join(part for part in todo if part)
        return f"{self.unit}{self.form}:已收到,{what},{said or '没有发现错误'}"

    @property
    def changed(self) -> str:
        """与上次相比:已改好5处,仍有2处,新出现1处"""
        if self.progress is None:
            return ""
        p = self.progress
        parts = (
            (p.mended, f"已改好{p.mended}处"),
            (p.still, f"仍有{p.still}处"),
            (p.new, f"新出现{p.new}处"),
        )
        said = ",".join(words for count, words in parts if count)
        return f"与上次相比:{said}" if said else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A file of the same mail that waits for a person."""

    name: str
    reason: str
    """As the office is told it, ``what:what to do``."""
    code: str | None

    @property
    def to_resend(self) -> bool:
        """Whether the unit can do something about it."""
        return self.code in RESEND

    @property
    def said(self) -> str:
        """What is the matter, and what the clerk is to do about it: the office's own advice is not for them."""
        what = self.reason.partition(":")[0] or "没有认出来"
        advice = RESEND.get(self.code or "", "我们会人工核对,不用重发")
        return f"{what},{advice.replace('请来件单位', '请')}。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to one mail."""

    office: str
    notice: str
    sent_at: datetime
    received: tuple[Received, ...]
    unread: tuple[Unread, ...]
    evidence: int = 0
    """Certificates and photographs that came with it."""
    marked: int = 0
    """Workbooks that go back with their faults marked."""
    listed: int = 0
    """Lists of faults that go instead, for what cannot be marked."""

    @property
    def subject(self) -> str:
        """What stands in the list of a clerk's mail client."""
        faults = sum(one.faults + one.proof_missing for one in self.received)
        forms = "、".join(dict.fromkeys(one.form for one in self.received))
        unit = next((one.unit for one in self.received), "")
        if faults:
            return f"回执:{unit}{forms}已收到,有{faults}处请更正"
        waiting = self._waiting
        if self.unread and not self.received:
            return f"回执:{waiting}"
        if not self.received and not self.unread:
            return f"回执:证明材料{self.evidence}份已收到"
        return f"回执:{unit}{forms}已收到" + (f",另{waiting}" if waiting else "")

    @property
    def _waiting(self) -> str:
        """有2份文件打不开,请重发"""
        again = sum(file.to_resend for file in self.unread)
        parts = (
            (again, f"有{again}份文件读不了,请重发"),
            (len(self.unread) - again, f"有{len(self.unread) - again}份文件待人工核对"),
        )
        return "、".join(words for count, words in parts if count)

    @property
    def thanks(self) -> str:
        """Thanks for what is whole, zero reports by name."""
        if any(one.faults or one.proof_missing for one in self.received) or self.unread:
            return ""
        if all(one.nil for one in self.received):
            return "零报告已登记,谢谢按要求报送。"
        return "材料齐全,谢谢。"

    @property
    def lines(self) -> tuple[tuple[Received, tuple[Cause, ...], int], ...]:
        """Each form with the causes that are shown, at most ten in the whole mail, and how many are left."""
        left = MOST
        found = []
        for one in self.received:
            shown = one.causes[:left]
            left -= len(shown)
            found.append((one, shown, len(one.causes) - len(shown)))
        return tuple(found)


def answerable(
    sender: str, units: Sequence[str], known: Sequence[str], own: Sequence[str], *, automatic: bool
) -> bool:
    """Whether a mail may be answered at all (RFC 3834, 2): a known clerk of one of its units, no machine, not ourselves.

    Args:
        units: whose forms the mail brought; ``known``: the units that this address speaks for.
        own: our own addresses.
    """
    address = sender.strip().lower()
    if automatic or not address or address in {one.lower() for one in own}:
        return False
    return bool(set(units) & set(known)) if units else bool(known)
