"""Defines a notice as typed values: its forms, their columns, and which units owe them by when.

No rule of a notice stands in code. A new semester or another county is a new TOML
file that :mod:`config.read_notice` reads into these frozen models.
"""

from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from config.text.text_folding import fold_text

FieldKind = Literal[
    "text", "answer", "name", "sex", "ethnicity", "date", "period", "id", "student_number", "township",
    "phone", "int", "bool", "choice", "choices", "grade", "class", "visits",
]  # fmt: skip
UnitKind = Literal["township", "school"]


class FrozenModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldSpec(FrozenModel):
    """One column: its key, the usual heading, and what else clerks write above it."""

    heading: str
    synonyms: tuple[str, ...] = ()
    kind: FieldKind = "text"
    choices: str | None = None
    """Name of the vocabulary, for kinds ``choice`` and ``choices``."""
    cells: str | None = None
    """Regular expression found in its cells, by which a heading nobody listed is known, where the kind tells too little."""
    unless: tuple[str, ...] = ()
    """Words in a heading nobody listed that make it another field's, or a field's that no form has."""


class Vocabulary(FrozenModel):
    """Allowed values, each with what units write for it; ``other`` catches the rest, if set."""

    values: dict[str, tuple[str, ...]]
    other: str | None = None


class FormTrigger(FrozenModel):
    """A form is owed when rows of another form say so (notice 五(一): 若发现有失学、辍学学生)."""

    form: str
    statuses: tuple[str, ...]


class FormSpec(FrozenModel):
    """One 附件."""

    key: str
    title: str
    title_patterns: tuple[str, ...]
    """Regular expressions tried, in the notice's order, on the folded title."""
    name_words: tuple[str, ...] = ()
    """Words in file and sheet names and subjects that hint at this form."""
    sender: UnitKind
    stages: tuple[str, ...] = ()
    """School stages that owe it; empty: every unit of ``sender``'s kind."""
    due: date | None = None
    trigger: FormTrigger | None = None
    owed: bool = True
    nil_allowed: bool = False
    """An empty one is a zero report (零报告)."""
    fields: tuple[str, ...]
    required: tuple[str, ...] = ()
    """Values that must not be blank."""
    columns: tuple[str, ...] = ()
    """Headings that must be there (``heading-missing``)."""
    fingerprint: tuple[str, ...] = ()
    """Columns that speak for this form."""
    foreign: tuple[str, ...] = ()
    """Columns that speak against it."""
    foreign_words: tuple[str, ...] = ()
    """Words in headings that no table of this form has, unless its own title says that it is one."""
    unit_field: str | None = None
    """The column that names the reporting unit in every row."""
    region: Literal["inside", "outside"] | None = None
    """Where the schools of its rows are: inside or outside the county (``scope-mismatch``)."""
    proof_statuses: tuple[str, ...] = ()
    """Rows with these statuses owe a proof."""
    proof_every: bool = False
    """Each student in it owes one."""
    proof_words: tuple[str, ...] = ()
    """Words in the name of a proof that say it belongs to this form and not to the unit's other ones."""
    age_checked: bool = False


class PersuasionRules(FrozenModel):
    """Notice 二(二): 每5天劝返1次,连续3次."""

    interval_days: int = 5
    streak: int = 3
    observed_days: int = 30
    """返校观察: for so long a child who returned is shown apart (relapse is likeliest then)."""
    statuses: tuple[str, ...] = ("失学", "辍学")


class BirthDateRange(FrozenModel):
    """6–16 as birth dates, both ends included."""

    born_from: date
    born_to: date


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


class Notice(FrozenModel):
    """The order of one semester."""

    id: str
    title: str
    office: str
    period_words: tuple[str, ...]
    """What a title of this period says: 2023年秋季."""
    county_words: tuple[str, ...]
    """Words by which an address or school is known to be in the county."""
    opened: date
    """The first day of the semester."""
    reports_from: date | None = None
    """The first day whose mail answers this notice; ``opened`` where it is not set."""
    ages: BirthDateRange
    persuasion: PersuasionRules = PersuasionRules()
    reminders: ReminderPlan = ReminderPlan()
    full_share: float = Field(0.6, gt=0, le=1)
    """A later submission with this share of the earlier one's students replaces it."""
    dropped_share: float = Field(0.8, gt=0, le=1)
    """One that replaces and has less than this share of the rows is asked about (``rows-dropped``)."""
    deduction: dict[UnitKind, float] = {}
    """Points a time for what is missing or late (notice 六(一))."""
    fields: dict[str, FieldSpec]
    vocabularies: dict[str, Vocabulary]
    forms: tuple[FormSpec, ...]
    nil_words: tuple[str, ...] = ()
    """Regular expressions of what stands in a table that reports nothing."""
    absence_words: tuple[str, ...] = ()
    """Words that say of a child that he is out of school."""
    proof_words: tuple[str, ...] = ()
    """File-name words of certificates and photographs."""
    letter_words: tuple[str, ...] = ()
    """Those of them that any letter may have in its name: one that tells of a child is asked about."""

    @property
    def first_mail_day(self) -> date:
        return self.reports_from or self.opened

    @cached_property
    def by_key(self) -> dict[str, FormSpec]:
        return {form.key: form for form in self.forms}

    @cached_property
    def own_words(self) -> frozenset[str]:
        """Headings and allowed values in every spelling, folded: what a form says before a unit fills it in."""
        values = (vocabulary.values.items() for vocabulary in self.vocabularies.values())
        spellings = (word for items in values for value, words in items for word in (value, *words))
        headings = (word for field in self.fields.values() for word in (field.heading, *field.synonyms))
        return frozenset(fold_text(word) for word in (*spellings, *headings, *self.absence_words))

    def form(self, key: str) -> FormSpec:
        return self.by_key[key]

    def due_at(self, form: FormSpec, zone: ZoneInfo) -> datetime | None:
        """The last second of the due day in the office's zone, or None if it has no date."""
        return None if form.due is None else end_of_day(form.due, zone)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Returns 23:59:59 of ``day``; what arrives before the next midnight is on time."""
    return datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(seconds=1)
