"""Defines a notice as typed values: its forms, their columns, and which units owe them by when.

The code holds no rule of a notice. A new semester or another county is a new TOML
file that :mod:`config.read_notice` reads into these frozen models: the notice here,
and each section of its file in :mod:`config.notice.sections`.
"""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import Field, NonNegativeFloat, PrivateAttr, field_validator, model_validator

from config.notice.annex_labels import FormLabels
from config.notice.rhythm import Period
from config.notice.sections.child_rules import BirthDateRange, LeaveRules, PersuasionRules, RollWords
from config.notice.sections.due_days import end_of_day, read_holiday
from config.notice.sections.field_specs import FieldSpec
from config.notice.sections.form_specs import FormSpec, with_statuses
from config.notice.sections.readings import Readings
from config.notice.sections.unit_rules import ReminderPlan, SweepRules, UnitRules
from config.notice.sections.vocabulary import FrozenModel, Meaning, Vocabulary
from config.notice.sections.wording import Pattern, Wording
from config.text.text_folding import fold_text
from config.workdays import is_workday

_LONGEST_DAYS = 400
_NAMED_AHEAD_DAYS = 61
_LONGEST_SEMESTER_DAYS = 183
_OUT: tuple[Meaning, ...] = ("out", "suspected")
"""The meanings of statuses whose children need persuasion visits."""
_AWAY: tuple[Meaning, ...] = (*_OUT, "excused")


class Notice(FrozenModel):
    """The order of one semester."""

    id: str
    title: str
    office: str
    authority: str = "主管部门"
    """The authority that decides what missing or late forms cost (由…核定)."""
    group_channel: str = "工作群"
    """The name of the chat group with all units; a paragraph of the digest is written to be pasted there."""
    addressees: str = "各报送单位"
    """The addressees of a 通报."""
    period_words: tuple[str, ...]
    """The words for the semester in titles: 2023年秋季."""
    county_words: tuple[str, ...]
    """Words in an address or school's name that show that it is in the county."""
    opened: date
    """The first day of the semester."""
    reports_from: date | None = None
    """The first day whose mail answers this notice; by default ``opened``."""
    closed: date | None = None
    """The day after which no new period begins; by default the office's next notice ends them."""
    holidays: frozenset[date] = frozenset()
    """Days without school besides weekends and the calendar's holidays; in TOML as days and as [first, last]."""
    ages: BirthDateRange
    persuasion: PersuasionRules = PersuasionRules()
    readings: Readings = Readings()
    leave: LeaveRules = LeaveRules()
    rolls: RollWords = RollWords()
    reminders: ReminderPlan = ReminderPlan()
    sweep: SweepRules = SweepRules()
    full_share: float = Field(0.6, gt=0, le=1)
    """The share (0..1) of the earlier submission's students with which a later one replaces it."""
    dropped_share: float = Field(0.8, gt=0, le=1)
    """The share (0..1) of the earlier rows below which a replacing submission is asked about (``rows-dropped``)."""
    deduction: dict[str, NonNegativeFloat] = Field(default_factory=dict)
    """The points for each missing or late form (notice 六(一)), by kind of unit; ``per_day`` for each day late."""
    units: UnitRules
    wording: Wording
    fields: dict[str, FieldSpec]
    vocabularies: dict[str, Vocabulary]
    usual_meanings: dict[Meaning, tuple[str, ...]] = Field(default_factory=dict)
    """The meaning of statuses by their name, where the notice gives none."""
    forms: tuple[FormSpec, ...]
    nil_words: tuple[Pattern, ...] = ()
    """Regular expressions for the text of a table that reports nothing."""
    absence_words: tuple[str, ...] = ()
    """Words that say that a child is out of school."""
    return_words: tuple[str, ...] = ()
    """Words that say that a child came back, or went to another school."""
    proof_words: tuple[str, ...] = ()
    """Words in the file names of certificates and photographs."""
    work_file_words: tuple[str, ...] = ()
    """Names of the file that is kept on each child who returned (二(一)); such a file is no proof of anything else."""
    letter_words: tuple[str, ...] = ()
    """Those of the proof words that any letter may have in its name; a letter about a child is then asked about."""
    _followed_on: date | None = PrivateAttr(None)

    @field_validator("holidays", mode="before")
    @classmethod
    def _read_holidays(cls, said: Any) -> Any:
        return frozenset(day for one in said for day in read_holiday(one)) if isinstance(said, list) else said

    @model_validator(mode="after")
    def _check_what_is_counted(self) -> Self:
        statuses = self.known("status")
        for spec in self.fields.values():
            if spec.counts is not None and spec.counts_statuses:
                raise ValueError(f"“{spec.heading}”同时写了 counts 和 counts_statuses:请只写一个")
            if unknown := [status for status in spec.counts_statuses if status not in statuses]:
                raise ValueError(
                    f"“{spec.heading}”的 counts_statuses 里的“{unknown[0]}”不在 vocabularies.status 的值里:请改正"
                )
        return self

    @model_validator(mode="after")
    def _check_closing_day(self) -> Self:
        if self.closed is not None and self.closed < self.opened:
            raise ValueError(f"closed“{self.closed}”早于 opened“{self.opened}”:请改正")
        return self

    @model_validator(mode="after")
    def _fill_in_statuses(self) -> Self:
        """Fills in the statuses that need persuasion visits, and the meaning of statuses that only the persuasion rules name."""
        vocabulary = self.vocabularies.get("status")
        if vocabulary is None:
            return self
        listed = self.persuasion.statuses
        if unknown := [status for status in listed if status not in vocabulary.values]:
            raise ValueError(
                f"[persuasion] statuses 里的“{unknown[0]}”不在 vocabularies.status 的值里:请改正"
            )
        vocabulary = vocabulary.assuming(self._assume_meanings(vocabulary))
        statuses = listed or tuple(value for value in vocabulary.values if vocabulary.meaning(value) in _OUT)
        excused = tuple(value for value in vocabulary.values if vocabulary.meaning(value) == "excused")
        forms = tuple(with_statuses(form, statuses, excused) for form in self.forms)
        object.__setattr__(self, "vocabularies", {**self.vocabularies, "status": vocabulary})
        unstated = self.persuasion.unstated
        if unstated not in vocabulary.values:
            unstated = next((value for value in statuses if vocabulary.meaning(value) == "out"), unstated)
        persuasion = self.persuasion.model_copy(update={"statuses": statuses, "unstated": unstated})
        object.__setattr__(self, "persuasion", persuasion)
        object.__setattr__(self, "forms", forms)
        return self

    def _assume_meanings(self, vocabulary: Vocabulary) -> dict[str, Meaning]:
        """Returns meanings for statuses without one: "out" for those that need persuasion visits, else the usual meaning of the name."""
        usual = {fold_text(word): meaning for meaning, words in self.usual_meanings.items() for word in words}
        assumed: dict[str, Meaning] = {}
        for value in vocabulary.values:
            meaning = usual.get(fold_text(value))
            if value in self.persuasion.statuses and meaning not in _OUT:
                meaning = "out"
            if meaning is not None and value not in vocabulary.meanings:
                assumed[value] = meaning
        return assumed

    @property
    def first_mail_day(self) -> date:
        return self.reports_from or self.opened

    @cached_property
    def by_key(self) -> dict[str, FormSpec]:
        return {form.key: form for form in self.forms}

    @cached_property
    def title_patterns(self) -> tuple[tuple[str, str], ...]:
        """The patterns of the forms' titles, each with the form's key, in the notice's order."""
        return tuple((pattern, form.key) for form in self.forms for pattern in form.title_patterns)

    @cached_property
    def own_words(self) -> frozenset[str]:
        """Headings and allowed values in every spelling, folded: the text of an empty form."""
        values = (vocabulary.values.items() for vocabulary in self.vocabularies.values())
        spellings = (word for items in values for value, words in items for word in (value, *words))
        headings = (word for field in self.fields.values() for word in (field.heading, *field.synonyms))
        in_forms = (word for form in self.forms for words in form.headings.values() for word in words)
        return frozenset(fold_text(word) for word in (*spellings, *headings, *in_forms, *self.absence_words))

    @cached_property
    def statuses_away(self) -> tuple[str, ...]:
        """The statuses of children who are not in school, which units have to report, in the notice's order."""
        vocabulary = self._vocabulary("status")
        values = vocabulary.values if vocabulary is not None else ()
        return tuple(status for status in values if self.meaning("status", status) in _AWAY)

    @cached_property
    def statuses_in_school(self) -> frozenset[str]:
        """The statuses that mean, on a roll, that the child is in school."""
        return self.meant("study_status", "in-school")

    @cached_property
    def nil_patterns(self) -> tuple[str, ...]:
        """Patterns of a zero report: the notice's words, and "no children" with each of its statuses."""
        statuses = "|".join(map(re.escape, self.statuses_away))
        own = (self.wording.none_of_statuses.replace("<statuses>", statuses),) if statuses else ()
        return (*self.nil_words, *own)

    @cached_property
    def zero_report_forms(self) -> tuple[str, ...]:
        """The forms that a unit without such children sends too, as a zero report."""
        return tuple(
            form.key
            for form in self.forms
            if form.owed and form.role == "register" and form.nil_allowed and form.trigger is None
        )

    @cached_property
    def work_file(self) -> str:
        """The notice's word for the dossier kept on each child who returned, such as 一生一案; 工作档案 if it gives none."""
        return next(iter(self.work_file_words), "工作档案")

    @cached_property
    def placeholders(self) -> frozenset[str]:
        """The texts of a cell that hold no information, with the empty text."""
        return frozenset(("", *self.wording.placeholders))

    @cached_property
    def visit_record(self) -> str:
        """The documents that a unit sends for a child who does not return, in words: 劝返登记表和劝返证明."""
        forms = [form for form in self.forms if form.owed and form.role == "visits"]
        names = "、".join(dict.fromkeys(form.called or form.key for form in forms))
        return f"{names or '劝返记录'}{'和劝返证明' if any(form.proof_every for form in forms) else ''}"

    def meaning(self, column: str, value: object) -> Meaning:
        """Returns what a value of a column means; of a visit's result the column is ``visit_result``."""
        vocabulary = self._vocabulary(column)
        return vocabulary.meaning(value) if vocabulary is not None else "unknown"

    def meant(self, column: str, *meanings: Meaning) -> frozenset[str]:
        """Returns the values of a column with one of these meanings."""
        return frozenset().union(*(self._by_meaning.get((column, meaning), ()) for meaning in meanings))

    def known(self, column: str) -> frozenset[str]:
        """Returns the values of a column, whatever they mean."""
        vocabulary = self._vocabulary(column)
        return frozenset(vocabulary.values) if vocabulary is not None else frozenset()

    def word_for(self, column: str, meaning: Meaning) -> str:
        """Returns the notice's word for this meaning in a column, or an empty text where it has none."""
        vocabulary = self._vocabulary(column)
        values = vocabulary.values if vocabulary is not None else ()
        return next((value for value in values if self.meaning(column, value) == meaning), "")

    def _vocabulary(self, column: str) -> Vocabulary | None:
        spec = self.fields.get(column)
        return self.vocabularies.get(spec.choices or column if spec is not None else column)

    @cached_property
    def _by_meaning(self) -> dict[tuple[str, Meaning], frozenset[str]]:
        columns = (*self.fields, *self.vocabularies)
        return {
            (column, meaning): vocabulary.meant(meaning)
            for column in columns
            if (vocabulary := self._vocabulary(column)) is not None
            for meaning in set(vocabulary.meanings.values())
        }

    @cached_property
    def labels(self) -> FormLabels:
        """The labels by which people refer to its forms (附件4)."""
        return FormLabels(tuple(self.by_key))

    def form(self, key: str) -> FormSpec:
        return self.by_key[key]

    def is_over(self, day: date) -> bool:
        """Returns whether a day is after the semester: after its closing day, or half a year after its first day."""
        return day > (self.closed or self.opened + timedelta(days=_LONGEST_SEMESTER_DAYS))

    def followed_by(self, day: date | None) -> Self:
        """Returns this notice as followed by another of the office from this day on; None means that none follows yet."""
        copy = self.model_copy()
        copy.__dict__.pop("all_periods", None)
        copy._followed_on = day
        return copy

    @cached_property
    def all_periods(self) -> dict[str, tuple[Period, ...]]:
        """The periods of each repeating form, up to the closing day or for a year, with those that have not begun yet.

        A period that is due after the next notice begins is left out, since mail of that day answers the next notice. A period
        that is mostly after the closing day is left out too.
        """
        until = self.closed or self.opened + timedelta(days=_LONGEST_DAYS)
        result = {}
        for form in self.forms:
            if form.repeats:
                begun = tuple(
                    replace(period, due=self._last_instant(period.due))
                    for period in form.periods(self.opened, until, self.is_workday)
                    if not self._is_mostly_after_closing(period)
                )
                asked = (
                    one for one in begun if self._can_be_answered(one) and not self._is_holiday(form, one)
                )
                result[form.key] = tuple(asked) or begun[:1]
        return result

    def _is_holiday(self, form: FormSpec, period: Period) -> bool:
        """Returns whether a period of a day or a week has no school day, so that no report is owed."""
        if form.rhythm is None or form.rhythm.every not in ("day", "week") or not self.holidays:
            return False
        days = [period.begins + timedelta(days=n) for n in range((period.ends - period.begins).days + 1)]
        if form.rhythm.every == "week":
            days = [day for day in days if self.is_workday(day)]
        return all(day in self.holidays for day in days)

    def _can_be_answered(self, period: Period) -> bool:
        return self._followed_on is None or period.due.date() < self._followed_on

    def _is_mostly_after_closing(self, period: Period) -> bool:
        if self.closed is None or period.is_listed:
            return False
        days_before = self.closed - period.begins + timedelta(days=1)
        return period.due.date() - self.closed > days_before

    def periods_to_name(self, form: str, day: date) -> tuple[Period, ...]:
        """Returns the periods that a text of this day may name, so few that each month occurs once."""
        until = day + timedelta(days=_NAMED_AHEAD_DAYS)
        return tuple(period for period in self.all_periods.get(form, ()) if period.begins <= until)

    def periods(self, form: FormSpec, until: date) -> tuple[Period, ...]:
        """Returns the periods of a form that have begun by ``until``, and the first in any case."""
        periods = self.all_periods.get(form.key, ())
        return tuple(period for period in periods if period.begins <= until) or periods[:1]

    def is_workday(self, day: date) -> bool:
        """Returns whether a day is a working day, by the calendar and the office's own lists."""
        return is_workday(day, self.reminders.off, self.reminders.on)

    def is_school_day(self, day: date) -> bool:
        """Returns whether a day is a school day: a working day outside the notice's school holidays."""
        return day not in self.holidays and self.is_workday(day)

    def _last_instant(self, due: datetime) -> datetime:
        """Returns the due instant by the notice's reading of 前: a due day without a time may be already too late."""
        whole_day = due.time() == time.max.replace(microsecond=0)
        return due if self.readings.due_day_counts or not whole_day else due - timedelta(days=1)

    def deduct(self, form: FormSpec, kind: str, days_late: int) -> float | None:
        """Returns what a missing or late form costs a unit of this kind; None where the notice gives no figure.

        It costs the points of its form, or else of its kind of unit, plus ``per_day`` for each day.
        """
        once = form.deduction if form.deduction is not None else self.deduction.get(kind)
        daily = self.deduction.get("per_day")
        if once is None and daily is None:
            return None
        return round((once or 0.0) + (daily or 0.0) * days_late, 4)

    def deducts_from(self, kind: str) -> bool:
        """Returns whether the notice deducts points from units of this kind at all."""
        forms = (form for form in self.forms if kind in form.senders)
        return kind in self.deduction or any(self.deduct(form, kind, 0) is not None for form in forms)

    def due_at(self, form: FormSpec, zone: ZoneInfo) -> datetime | None:
        """Returns the due instant in the office's zone, or None if the form has no date."""
        if form.due is None:
            return None
        last_day = form.due if self.readings.due_day_counts else form.due - timedelta(days=1)
        return end_of_day(last_day, zone, form.due_time)
