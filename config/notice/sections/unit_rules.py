"""Holds the rules for units: their kinds, when they are reminded, and the monthly sweep."""

from datetime import date

from pydantic import Field

from config.notice.sections.vocabulary import FrozenModel


class UnitRules(FrozenModel):
    """The kinds of units that the roster may have, with their Chinese names."""

    kinds: dict[str, str]


class CopyRule(FrozenModel):
    """Further recipients of reminders from a number of days after the due date; with ``zone``, only for that zone's units."""

    from_day: int
    to: tuple[str, ...]
    zone: str | None = None


class ReminderPlan(FrozenModel):
    """The days on which units are reminded, relative to the due date; afterwards again after each ``every`` working days."""

    before: tuple[int, ...] = (3, 2, 1)
    after: tuple[int, ...] = (1, 3)
    every: int = 3
    copies: tuple[CopyRule, ...] = ()
    off: frozenset[date] = frozenset()
    """Days off besides the calendar's."""
    on: frozenset[date] = frozenset()
    """Working days besides the calendar's."""


class SweepRules(FrozenModel):
    """The monthly duty without a form (notice 二(二): 每月…进行大走访、大排查); silence in a month costs nothing."""

    name: str = "排查"
    """The notice's name for it."""
    remind_on: int | None = Field(None, ge=1, le=28)
    """The day of the month on which a unit that reported nothing in it is reminded; None if there is no such duty."""
