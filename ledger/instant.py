"""The notice, the roster and the day of a judgement, and the files that had arrived by then."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from config.notice import BirthDateRange, FormSpec, Notice
from config.notice.rhythm import Period
from config.problem_codes import WORDS_OF_UNITS
from config.units.roster import Roster, Unit
from store.questions.recorded import Recorded
from store.stored_values import (
    Disposition,
    ObligationKey,
    StoredFile,
    StoredProof,
    StoredRecord,
    StoredSubmission,
)


@dataclass(frozen=True)
class Instant:
    """An instant under a notice and a roster, without any submissions."""

    notice: Notice
    roster: Roster
    zone: ZoneInfo
    """The office's time zone, in which days end."""
    as_of: datetime

    @cached_property
    def ages(self) -> BirthDateRange:
        """The birth dates of compulsory school age in the school year of ``today``."""
        ages = self.notice.ages
        return ages.years_later(max(ages.school_year(self.today) - ages.school_year(self.notice.opened), 0))

    @property
    def today(self) -> date:
        """The office's day at ``as_of``."""
        return self.as_of.astimezone(self.zone).date()

    def day(self, instant: datetime) -> date:
        """Returns the office's day at an instant."""
        return instant.astimezone(self.zone).date()

    @cached_property
    def _periods(self) -> dict[str, dict[str, Period]]:
        return {
            form.key: {period.key: period for period in self.notice.periods(form, self.today)}
            for form in self.notice.forms
            if form.repeats
        }

    def periods(self, form: str) -> tuple[Period, ...]:
        """Returns the periods of a form that have begun, at least the first; none for a form that does not recur."""
        return tuple(self._periods.get(form, {}).values())

    def period(self, key: ObligationKey) -> Period | None:
        """Returns the period of an obligation or row, or None if the form does not recur."""
        return self._periods.get(key.form, {}).get(key.period or "")

    def due_of(self, period: Period) -> datetime:
        """Returns the due instant of a period, in the office's time zone."""
        return period.due.replace(tzinfo=self.zone)

    def due_at(self, key: ObligationKey) -> datetime | None:
        """Returns the due instant that the notice gives for an obligation, or None."""
        period = self.period(key)
        if period is not None:
            return self.due_of(period)
        return self.notice.due_at(self.notice.form(key.form), self.zone)

    def told_on(self, row: StoredRecord | StoredSubmission) -> date:
        """Returns the day that a row or submission is about: its arrival, or the last day of its period if that is earlier."""
        received_on, period = self.day(row.received_at), self.period(row.key)
        return received_on if period is None else min(received_on, period.ends)

    @cached_property
    def roll_forms(self) -> tuple[FormSpec, ...]:
        """The forms that list the children in school (附件1, 附件2)."""
        return tuple(form for form in self.notice.forms if form.role == "roll")

    @cached_property
    def compare_forms(self) -> tuple[FormSpec, ...]:
        """The forms with another authority's list of children."""
        return tuple(form for form in self.notice.forms if form.role == "compare")

    @cached_property
    def count_forms(self) -> tuple[FormSpec, ...]:
        """The forms of counts (月报)."""
        return tuple(form for form in self.notice.forms if form.role == "counts")

    @cached_property
    def case_forms(self) -> tuple[FormSpec, ...]:
        """The forms whose rows are about children out of school (附件3–6)."""
        return tuple(form for form in self.notice.forms if form.role in ("register", "visits"))

    @property
    def registers(self) -> frozenset[str]:
        """The keys of the forms that list children out of school (附件3, 附件4)."""
        return frozenset(form.key for form in self.notice.forms if form.role == "register")

    @cached_property
    def child_forms(self) -> tuple[str, ...]:
        """The keys of all rolls, registers and forms about visits, in the notice's order."""
        forms = (*self.roll_forms, *self.case_forms)
        return tuple(form.key for form in self.notice.forms if form in forms)

    @cached_property
    def statuses(self) -> frozenset[str]:
        """The statuses (失学, 辍学 …) defined by the notice."""
        field = self.notice.fields.get("status")
        vocabulary = self.notice.vocabularies.get(field.choices or "") if field else None
        return frozenset(vocabulary.values) if vocabulary else frozenset()

    @cached_property
    def vague_visit_results(self) -> frozenset[str]:
        """The results of visits that leave open whether the child is back."""
        vocabulary = self.notice.vocabularies.get("visit_result")
        other = vocabulary.other if vocabulary is not None else None
        return frozenset() if other is None else frozenset({other})

    def unit(self, name: str) -> Unit | None:
        """Returns the roster's unit of this name, or None."""
        return self.roster.get(name)


@dataclass(frozen=True)
class Arrivals(Instant):
    """The files that had arrived by an instant, whoever sent them."""

    recorded: Recorded
    notice_id: str | None
    """The notice whose submissions these are; None for those of every notice."""

    def arrived_files(self) -> tuple[StoredFile, ...]:
        """Returns every file that had arrived, of every notice."""
        return self.recorded.files(self.as_of, None)

    @cached_property
    def quarantined(self) -> tuple[StoredFile, ...]:
        """Files that wait for a person, of every notice."""
        return self.recorded.files(self.as_of, Disposition.QUARANTINED)

    @cached_property
    def unread(self) -> int:
        """The number of mails that had arrived and are unread; they may contain what a unit seems to owe."""
        return self.recorded.count_unread(self.as_of)

    @cached_property
    def under_review(self) -> dict[str, tuple[StoredFile, ...]]:
        """By unit, quarantined files that probably belong to it, without mails of mere text."""
        result: dict[str, list[StoredFile]] = {}
        for file in self.quarantined:
            if file.reason_code in WORDS_OF_UNITS:
                continue
            for unit in {file.unit_hint, *(link.unit for link in file.links)} - {None}:
                result.setdefault(str(unit), []).append(file)
        return {unit: tuple(files) for unit, files in result.items()}

    def file_paths(self, file_ids: Collection[str]) -> Mapping[str, str]:
        """Returns by file id the file's path, with the archives around it."""
        return self.recorded.file_paths(file_ids)

    @cached_property
    def arrived_proof_documents(self) -> tuple[StoredProof, ...]:
        """Certificates and photographs, whoever sent them."""
        return self.recorded.proofs(self.notice_id, self.as_of)
