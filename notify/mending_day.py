"""Computes the day until which a unit is asked for corrections, the same in receipts and in a 通报."""

from datetime import date, timedelta

from config.notice import ReminderPlan
from config.workdays import nearest_workday

TIME_TO_MEND = timedelta(days=3)


def day_to_mend_by(today: date, due: date | None, plan: ReminderPlan) -> date:
    """Returns the day when the form is due if that is later, else the first working day after some days."""
    soon = nearest_workday(today + TIME_TO_MEND, 1, plan.off, plan.on)
    return soon if due is None else max(due, soon)
