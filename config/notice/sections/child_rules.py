"""Holds the rules for children: ages, persuasion visits, leave, and the words of rolls for who is not in school."""

from datetime import date, timedelta
from typing import Self

from pydantic import Field, PositiveInt

from config.notice.sections.vocabulary import FrozenModel
from config.notice.sections.wording import Pattern


class BirthDateRange(FrozenModel):
    """The compulsory age (6–16) as birth dates, both ends included; a birth date is ISO text, possibly only a month or a year."""

    born_from: date
    born_to: date
    near_days: int = Field(365, ge=0)
    """The number of days before and after the range within which children are asked about."""

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
    """The rules for persuasion visits (notice 二(二): 每5天劝返1次,连续3次)."""

    interval_days: int = Field(5, ge=1)
    streak: int = Field(3, ge=1)
    observed_days: int = 30
    """The number of days for which a child who returned is shown separately (返校观察), as a relapse is most likely then."""
    many_a_day: int = Field(5, ge=2)
    """The number of children of one unit visited on one day from which it is asked about (``visits-alike``)."""
    statuses: tuple[str, ...] = ()
    """The statuses of children who need visits; by default those that mean out of school."""
    unstated: str = ""
    """The status of a child that only a form about visits lists; by default the first that means out of school."""
    absent_days: int | None = Field(None, ge=1)
    """The number of school days of absence after which a child is 疑似; None if the notice gives none."""


class LeaveRules(FrozenModel):
    """The rules for leave, above all how long leave without a stated end is taken to last (the notice gives no length)."""

    months: dict[str, PositiveInt] = Field(default_factory=dict)
    """The length in months by status: 休学 is usually granted for a semester, 延缓入学 for a school year, and then renewed."""
    lasting: tuple[str, ...] = ()
    """The statuses without an end (免学, 死亡); none is asked for."""
    next_steps: dict[str, str] = Field(default_factory=dict)
    """By status, what the unit must do when the leave is over; by default it must verify."""
    late_entry: str | None = None
    """The status of a child of age that is not yet in school (延缓入学)."""


class RollWords(FrozenModel):
    """Words in a line of 附件1/2 by which the child is not in school, and words that only look so (notice 六(三))."""

    school: tuple[str, ...] = ()
    """Words on schooling, which are about a child, or its brothers and sisters."""
    home: tuple[str, ...] = ()
    """Words on being ill at home or unreachable, which are about the person named before them."""
    work: tuple[str, ...] = ()
    """Words on work."""
    learning: tuple[str, ...] = ()
    """Words beside work that say that the child goes to school at that place."""
    parents: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Words for other people."""
    child: tuple[str, ...] = ()
    """Words after which a clause is about the child although another person is named before."""
    denied: tuple[Pattern, ...] = ()
    """Regular expressions for texts that do not mean out of school: 无辍学, 辍学风险."""
    back: tuple[str, ...] = ()
    """Words that say that the child is back."""
    settling: tuple[str, ...] = ()
    """Words of a remark that may settle a case; it closes nothing and becomes a question."""
    later_stages: tuple[str, ...] = ()
    """The stages of education that are not compulsory."""
    preschool_stages: tuple[str, ...] = ()
    """Those of these stages that come before school."""
    severe_disability: tuple[Pattern, ...] = ()
    """Regular expressions for a disability for which a placement is required (``not-placed``)."""
    lists: tuple[str, ...] = ()
    """The modes of attendance for which a list of children is kept."""
    paired: tuple[str, ...] = ()
    """The kinds of household whose children are on the list of 结对帮扶; by default those with priority."""
