"""Figures of units that rose or fell much against their own past, as lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ledger.lists.past_figures import PastDifference

PAST_SHEET = "与以往比"
"""The name of the workbook's sheet that has all of these lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLine:
    """One figure of one unit; counts are of children."""

    unit: str
    form: str
    figure: str
    before: int
    now: int
    since: str
    """What it is compared with: 上次9月20日, 去年9月24日."""
    phone: str
    is_new: bool
    """Whether it came after the last digest: the mail has each change once, the workbook always."""

    @property
    def words(self) -> str:
        """The figure before and now: 附件2“在校学生”213人 → 180人."""
        return f"{self.form}“{self.figure}”{self.before}人 → {self.now}人(与{self.since}比)"


def build_past_lines(
    differences: Iterable[PastDifference], phones: Mapping[str, str], last_digest: datetime | None
) -> tuple[PastLine, ...]:
    """Returns the lines in the given order, which is the largest difference first.

    Args:
        phones: maps each unit to the telephone number to call.
        last_digest: the time of the previous digest.
    """
    return tuple(
        PastLine(
            unit=one.unit,
            form=one.form,
            figure=one.figure,
            before=one.before,
            now=one.now,
            since=f"{one.since}{one.day.month}月{one.day.day}日",
            phone=phones.get(one.unit, ""),
            is_new=last_digest is None or one.came > last_digest,
        )
        for one in differences
    )
