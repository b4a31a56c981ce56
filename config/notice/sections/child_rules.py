"""Holds the rules for children: ages, persuasion visits, leave, and the words of rolls for who is not in school."""

from datetime import date, timedelta
from typing import Self

from pydantic import Field, PositiveInt

from config.notice.sections.vocabulary import FrozenModel
from config.notice.sections.wording import Pattern


class BirthDateRange(FrozenModel):
    """6–16 as birth dates, both ends included; a birth date is ISO text, perhaps of a month or a year only."""

    born_from: date
    born_to: date
    near_days: int = Field(365, ge=0)
    """Whoever was born so many days before or after them at most is asked about, and not passed over."""

    def years_on(self, day: date) -> tuple[int, int]:
        """Returns the lowest and the highest age in the range, at the start of the school year of a day."""
        year = self.school_year(day)
        after_birthday = (self.born_to.month, self.born_to.day) < (self.born_from.month, self.born_from.day)
        return year - self.born_to.year - (not after_birthday), year - self.born_from.year - 1

    def holds(self, birth: str) -> bool:
        """Returns whether a birth date is in the range."""
        return self.born_from.isoformat()[: len(birth)] <= birth <= self.born_to.isoformat()

    def school_year(self, day: date) -> int:
        """Returns the year in which the school year of a day began."""
        return day.year - ((day.month, day.day) < (self.born_from.month, self.born_from.day))

    def years_later(self, years: int) -> Self:
        """Returns the range for a later school year."""
        oldest, youngest = self.born_from, self.born_to
        later = {
            "born_from": oldest.replace(year=oldest.year + years),
            "born_to": youngest.replace(year=youngest.year + years),
        }
        return self.model_copy(update=later)

    def is_just_too_old(self, birth: str) -> bool:
        """Returns whether a birth date is at most ``near_days`` before the range."""
        first = (self.born_from - timedelta(days=self.near_days)).isoformat()
        return not self.holds(birth) and first[: len(birth)] <= birth < self.born_from.isoformat()

    def is_just_too_young(self, birth: str) -> bool:
        """Returns whether a birth date is at most ``near_days`` after the range."""
        last = (self.born_to + timedelta(days=self.near_days)).isoformat()
        return not self.holds(birth) and self.born_to.isoformat() < birth <= last


class PersuasionRules(FrozenModel):
    """Notice 二(二): 每5天劝返1次,连续3次."""

    interval_days: int = Field(5, ge=1)
    streak: int = Field(3, ge=1)
    observed_days: int = 30
    """返校观察: for so long a child who returned is shown apart (relapse is likeliest then)."""
    many_a_day: int = Field(5, ge=2)
    """So many children of one unit visited on one day are asked about (``visits-alike``)."""
    statuses: tuple[str, ...] = ()
    """Whom to persuade; left out, those whose status means that they are out of school."""
    unstated: str = ""
    """The status of a child of whom only a form about visits tells; left out, the first that means out of school."""
    absent_days: int | None = Field(None, ge=1)
    """After so many days of absence a child is 疑似; None: the notice says nothing of it."""


class LeaveRules(FrozenModel):
    """How long leave without a stated end is believed (the notice gives no length)."""

    months: dict[str, PositiveInt] = Field(default_factory=dict)
    """By status: 休学 is granted for a semester as a rule, 延缓入学 for a school year, and then asked for anew."""
    lasting: tuple[str, ...] = ()
    """The statuses that have no end (免学, 死亡): none is asked for."""
    next_steps: dict[str, str] = Field(default_factory=dict)
    """By status: what the unit is to do when its end is over; left out, to verify."""
    late_entry: str | None = None
    """The status of a child of age that is not yet in school (延缓入学)."""


class RollWords(FrozenModel):
    """Words in a line of 附件1/2 by which the child is not in school, and words that only look so (notice 六(三))."""

    school: tuple[str, ...] = ()
    """Words on schooling: said of a child, or of its brothers and sisters."""
    home: tuple[str, ...] = ()
    """Words on being ill at home or out of reach: said of whomever is named before them."""
    work: tuple[str, ...] = ()
    """Words on work."""
    learning: tuple[str, ...] = ()
    """Words that say beside work that the child goes to school where that is."""
    parents: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Words for other people."""
    child: tuple[str, ...] = ()
    """Words that say that what another person is named before is said of the child."""
    denied: tuple[Pattern, ...] = ()
    """Regular expressions of what is no word of being out: 无辍学, 辍学风险."""
    back: tuple[str, ...] = ()
    """Words that say that the child is back."""
    settling: tuple[str, ...] = ()
    """Words of a remark that may settle a case: it closes nothing, and is asked about."""
    later_stages: tuple[str, ...] = ()
    """Stages in which nobody has to be in school."""
    preschool_stages: tuple[str, ...] = ()
    """Those of them that come before school."""
    severe_disability: tuple[Pattern, ...] = ()
    """Regular expressions of a disability for which a placement is asked (not-placed)."""
    lists: tuple[str, ...] = ()
    """The modes of attendance of which a list is kept."""
    paired: tuple[str, ...] = ()
    """The households whose children are on the list of 结对帮扶; left out, those that go first."""
