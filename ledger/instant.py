"""The notice, the roster and the day on which something is judged, and what these alone say."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from config.notice import BirthDateRange, FormSpec, Notice
from config.notice.rhythm import Period
from config.units.roster import Roster, Unit
from store.stored_values import ObligationKey, StoredRecord, StoredSubmission


@dataclass(frozen=True)
class Instant:
    """An instant under a notice and a roster, before anything that was submitted."""

    notice: Notice
    roster: Roster
    zone: ZoneInfo
    as_of: datetime

    @cached_property
    def ages(self) -> BirthDateRange:
        """Who is of age in the school year of the snapshot's day."""
        ages = self.notice.ages
        return ages.years_later(max(ages.school_year(self.today) - ages.school_year(self.notice.opened), 0))

    @property
    def today(self) -> date:
        """The office's day at ``as_of``."""
        return self.as_of.astimezone(self.zone).date()

    def day(self, instant: datetime) -> date:
        """The office's day at an instant."""
        return instant.astimezone(self.zone).date()

    @cached_property
    def _periods(self) -> dict[str, dict[str, Period]]:
        return {
            form.key: {period.key: period for period in self.notice.periods(form, self.today)}
            for form in self.notice.forms
            if form.repeats
        }

    def periods(self, form: str) -> tuple[Period, ...]:
        """Returns the periods of a form that have begun, and the first in any case; none for one that is owed once."""
        return tuple(self._periods.get(form, {}).values())

    def period(self, key: ObligationKey) -> Period | None:
        """Returns the period of an obligation or of a row."""
        return self._periods.get(key.form, {}).get(key.period or "")

    def due_of(self, period: Period) -> datetime:
        return period.due.replace(tzinfo=self.zone)

    def due_at(self, key: ObligationKey) -> datetime | None:
        """Returns the day on which the notice asks for a form or a period's, if it gives one."""
        period = self.period(key)
        if period is not None:
            return self.due_of(period)
        return self.notice.due_at(self.notice.form(key.form), self.zone)

    def told_on(self, row: StoredRecord | StoredSubmission) -> date:
        """Returns the day on which a row or a list speaks: that of its arrival, or the last of its period if that is over."""
        received_on, period = self.day(row.received_at), self.period(row.key)
        return received_on if period is None else min(received_on, period.ends)

    @cached_property
    def roll_forms(self) -> tuple[FormSpec, ...]:
        """The forms that list who is in school (附件1, 附件2)."""
        return tuple(form for form in self.notice.forms if form.role == "roll")

    @cached_property
    def compare_forms(self) -> tuple[FormSpec, ...]:
        """The forms that hold another authority's list of children."""
        return tuple(form for form in self.notice.forms if form.role == "compare")

    @cached_property
    def count_forms(self) -> tuple[FormSpec, ...]:
        """The forms of numbers."""
        return tuple(form for form in self.notice.forms if form.role == "counts")

    @cached_property
    def case_forms(self) -> tuple[FormSpec, ...]:
        """The forms whose rows are about children out of school (附件3–6)."""
        return tuple(form for form in self.notice.forms if form.role in ("register", "visits"))

    @property
    def registers(self) -> frozenset[str]:
        return frozenset(form.key for form in self.notice.forms if form.role == "register")

    @cached_property
    def child_forms(self) -> tuple[str, ...]:
        """The forms whose rows say how things stand with a child."""
        forms = (*self.roll_forms, *self.case_forms)
        return tuple(form.key for form in self.notice.forms if form in forms)

    @cached_property
    def statuses(self) -> frozenset[str]:
        """The statuses (失学, 辍学 …) that the notice knows."""
        field = self.notice.fields.get("status")
        vocabulary = self.notice.vocabularies.get(field.choices or "") if field else None
        return frozenset(vocabulary.values) if vocabulary else frozenset()

    @cached_property
    def vague_visit_results(self) -> frozenset[str]:
        """The results of visits that say neither that the child is back nor that it is not."""
        vocabulary = self.notice.vocabularies.get("visit_result")
        other = vocabulary.other if vocabulary is not None else None
        return frozenset() if other is None else frozenset({other})

    def unit(self, name: str) -> Unit | None:
        return self.roster.get(name)
