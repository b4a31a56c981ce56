"""Reminders of 每月大走访、大排查 to units of which nothing was heard in the month: a question, never a 催报."""

from dataclasses import dataclass
from datetime import date

from config.notice import Notice
from ledger.submissions.monthly_signs import MonthlySigns


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepReminder:
    """One mail to one unit."""

    unit: str
    office: str
    notice: str
    sweep: str
    """The notice's name for the monthly check (每月大走访、大排查)."""
    statuses: tuple[str, ...]
    """The statuses of children that must be reported."""
    month: date

    @property
    def subject(self) -> str:
        """The subject, which names the month."""
        return f"提醒:{self.month.month}月{self.sweep}情况请告知"


def build_sweep_reminders(signs: MonthlySigns, *, office: str, notice: Notice) -> tuple[SweepReminder, ...]:
    """Builds one for each silent unit, in the roster's order."""
    return tuple(
        SweepReminder(
            unit=unit,
            office=office,
            notice=notice.title,
            sweep=notice.sweep.name,
            statuses=notice.statuses_away,
            month=signs.month,
        )
        for unit in signs.silent
    )
