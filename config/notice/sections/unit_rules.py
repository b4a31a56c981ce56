"""Holds the rules for units: their kinds, when they are reminded, and the monthly sweep."""

from datetime import date

from pydantic import Field

from config.notice.sections.vocabulary import FrozenModel


class UnitRules(FrozenModel):
    """The kinds of units that the roster may have, with their Chinese names."""

    kinds: dict[str, str]


class CopyRule(FrozenModel):
    """Who else reads a reminder from so many days after the date due; with ``zone``, of that zone's units only."""

    from_day: int
    to: tuple[str, ...]
    zone: str | None = None


class ReminderPlan(FrozenModel):
    """When units are reminded, in days around the date due; ``every`` so many working days after the last of them."""

    before: tuple[int, ...] = (3, 2, 1)
    after: tuple[int, ...] = (1, 3)
    every: int = 3
    copies: tuple[CopyRule, ...] = ()
    off: frozenset[date] = frozenset()
    """Days off beside the calendar's."""
    on: frozenset[date] = frozenset()
    """Days that are worked beside the calendar's."""


class SweepRules(FrozenModel):
    """Notice 二(二): 每月…进行大走访、大排查. A duty without a form; silence in a month costs nothing."""

    name: str = "排查"
    """What the notice calls it."""
    remind_on: int | None = Field(None, ge=1, le=28)
    """The day of the month on which a unit of which nothing was heard in it is reminded; None: there is no such duty."""
