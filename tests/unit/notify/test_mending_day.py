"""By when a unit is asked to mend what it sent."""

from datetime import date

from config.notice import ReminderPlan
from notify.mending_day import day_to_mend_by

PLAN = ReminderPlan()


def test_it_is_the_day_when_the_form_is_due_while_that_is_to_come() -> None:
    assert day_to_mend_by(date(2023, 9, 20), date(2023, 9, 25), PLAN) == date(2023, 9, 25)


def test_after_that_it_is_three_days_on_and_never_a_day_off() -> None:
    assert day_to_mend_by(date(2023, 9, 25), date(2023, 9, 25), PLAN) == date(2023, 9, 28)
    assert day_to_mend_by(date(2023, 9, 28), None, PLAN) == date(2023, 10, 7)  # the holiday's worked Saturday
