"""Defines a notice as typed values: its forms, their columns, and which units owe them by when.

The code holds no rule of a notice. A new semester or another county is a new TOML
file that :mod:`config.read_notice` reads into these frozen models.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Literal, Self, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, NonNegativeFloat, PositiveInt, PrivateAttr, field_validator, model_validator

from config.notice.annex_labels import FormLabels
from config.notice.readings import FoundLater, Readings
from config.notice.rhythm import Period, Rhythm, dated_periods, end_of, read_spoken_rhythm
from config.notice.vocabulary import FrozenModel, Meaning, Vocabulary
from config.notice.wording import Pattern, Wording
from config.text.output_mask import Personal
from config.text.text_folding import fold_text
from config.text.typed_dates import suggest_date
from config.workdays import is_workday

_LONGEST_DAYS = 400
_NAMED_AHEAD_DAYS = 61
_LONGEST_SEMESTER_DAYS = 183
_OUT: tuple[Meaning, ...] = ("out", "suspected")
"""What statuses mean whose children are to be persuaded."""
_AWAY: tuple[Meaning, ...] = (*_OUT, "excused")

FieldKind = Literal[
    "text", "answer", "name", "sex", "ethnicity", "date", "period", "id", "student_number", "township",
    "phone", "int", "bool", "choice", "choices", "grade", "class", "visits",
]  # fmt: skip
_PERSONAL_KINDS: dict[FieldKind, Personal] = {
    "id": Personal.NUMBER, "student_number": Personal.NUMBER, "phone": Personal.TELEPHONE, "name": Personal.NAME
}  # fmt: skip
CheckName = Literal[
    "required", "place-code", "birth-date", "sex", "age", "repetition", "date-order", "proof", "unit", "region", "future-date"
]  # fmt: skip
"""What may be asked of a row; each is a function of :mod:`parsers.checks` with its spec."""
Role = Literal["roll", "register", "visits", "compare", "counts", "other"]
"""What a form is for: children who go to school, children who do not, persuasion visits, another authority's list
that is looked for on rolls and in cases, numbers, or nothing that is judged."""


class FieldSpec(FrozenModel):
    """One column: its key, its usual heading, and other headings that clerks use."""

    heading: str
    synonyms: tuple[str, ...] = ()
    kind: FieldKind = "text"
    choices: str | None = None
    """Name of the vocabulary, for kinds ``choice`` and ``choices``."""
    cells: Pattern | None = None
    """Regular expression found in its cells, by which a heading nobody listed is known, where the kind tells too little."""
    says_of_person: Personal | None = None
    """What it says of a person, where the kind does not tell: an address, the name of a guardian."""
    unless: tuple[str, ...] = ()
    """Words in a heading nobody listed that make it another field's, or a field's that no form has."""
    counts: Meaning | None = None
    """Of a form of numbers: children of which meaning are counted below it."""
    counts_statuses: tuple[str, ...] = ()
    """Likewise, where it counts some statuses of a meaning and not the others: 免学 beside 病休."""
    new: bool = False
    """Whether only those of the period are counted (新增)."""

    @property
    def personal(self) -> Personal | None:
        """What it says of a person, by which it is masked."""
        return self.says_of_person or _PERSONAL_KINDS.get(self.kind)


class FormTrigger(FrozenModel):
    """A form is owed when rows of another form say so (notice 五(一): 若发现有失学、辍学学生)."""

    form: str
    statuses: tuple[str, ...] = ()
    """Left out, those who are to be persuaded."""


class FormPart(FrozenModel):
    """One of the documents that a form consists of, and by what it is known to have come."""

    name: str
    fields: tuple[str, ...]
    """A row with any of these filled in is of this document."""
    words: tuple[str, ...]
    """So is a scan with any of these in its name."""


class FormSpec(FrozenModel):
    """One 附件."""

    key: str
    title: str
    called: str = ""
    """What it is called in a sentence to people; left out, its key."""
    title_patterns: tuple[Pattern, ...]
    """Regular expressions tried, in the notice's order, on the folded title."""
    name_words: tuple[str, ...] = ()
    """Words in file and sheet names and subjects that hint at this form."""
    role: Role = "other"
    senders: tuple[str, ...]
    """The kinds of units that owe it; in TOML also one alone, as ``sender``."""
    stages: tuple[str, ...] = ()
    """The stages of the schools that owe it; empty: schools of every stage."""
    units: tuple[str, ...] = ()
    """The units that owe it, by their names on the roster; empty: every unit of the kinds."""
    due: date | None = None
    due_time: time | None = None
    """The time of that day; left out, the whole day is in time."""
    rhythm: Rhythm | None = None
    """A form that is owed again and again, in TOML also as ``due = "每月25日"``."""
    dates: tuple[datetime, ...] = ()
    """A form that is owed on several days, in TOML as a list ``due``; a day without a time is its last second."""
    deduction: NonNegativeFloat | None = None
    """Points of this form where they differ from those of the sender's kind."""
    trigger: FormTrigger | None = None
    found_later: FoundLater = "third-visit"
    """When a triggered form falls due for a child found after its trigger's form was, in TOML ``due = "discovery"``."""
    owed: bool = True
    enabled: bool = True
    """Switched off, nobody owes it; what comes of it is still read and kept."""
    nil_allowed: bool = False
    """An empty one is a zero report (零报告)."""
    fields: tuple[str, ...]
    template: tuple[str, ...] = ()
    """The columns of the blank form that a unit gets (``kongchuo forms``), in their order; left out, all ``fields``."""
    headings: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """By field, headings that mean it in this form alone: 姓名 in 附件7 is the responsible person's."""
    required: tuple[str, ...] = ()
    """Values that must not be blank."""
    implied: dict[str, str] = Field(default_factory=dict)
    """What each row of it says without a column: whoever is on a list of 送教上门 is taught at home."""
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
    parts: tuple[FormPart, ...] = ()
    """The documents of which each child needs every one; empty: the form is one."""
    paper: bool = False
    """Whether its paper, signed and sealed, is asked for; never counted among what is missing by mail."""
    proof_statuses: tuple[str, ...] = ()
    """Rows with these statuses owe a proof."""
    proof_every: bool = False
    """Each student in it owes one; of a roll, for being in school there (在读证明)."""
    proof_until: date | None = None
    """The last day for which a proof of a roll is good; after it another is owed. A row's own ``until`` goes before."""
    proof_words: tuple[str, ...] = ()
    """Words in the name of a proof that say it belongs to this form and not to the unit's other ones."""
    checks: tuple[CheckName, ...] | None = None
    """What is asked of each of its rows; None: what is asked of every form of its role."""

    @model_validator(mode="before")
    @classmethod
    def _read_dues(cls, tables: Any) -> Any:
        """Parses the keys ``due``, ``every``, ``sender`` and ``rhythm`` of a form."""
        if not isinstance(tables, dict):
            return tables
        tables = dict(tables)
        if tables.get("enabled") is False:
            tables["owed"] = False
        if (sender := tables.pop("sender", None)) is not None:
            senders = tables.setdefault("senders", (sender,))
            if not isinstance(senders, list | tuple) or sender not in senders:
                raise ValueError(f"sender“{sender}”不在 senders 里:请只写 senders")
        if (every := tables.pop("every", None)) is not None:
            tables["rhythm"] = {"every": every}
        due = tables.get("due")
        if due is not None and tables.get("rhythm") is not None:
            raise ValueError(f"due 和 {'every' if every else 'rhythm'} 同时写了:请只写一个")
        if isinstance(due, str) and due not in get_args(FoundLater):
            due = _due_written(due)
        if isinstance(due, Rhythm):
            tables.update(due=None, rhythm=due)
        elif due in get_args(FoundLater):
            if tables.get("trigger") is None:
                raise ValueError(f"due“{due}”只用于有 trigger 的附件:请改成日期")
            tables.update(due=None, found_later=due)
        elif isinstance(due, datetime):
            tables.update(due=due.date(), due_time=due.time())
        elif isinstance(due, list):
            dates = [_one_of_several(day) for day in due]
            if twice := [day for day in dates if dates.count(day) > 1]:
                raise ValueError(f"due 里的 {twice[0]:%Y-%m-%d} 写了两次:请删去一个")
            tables.update(due=None, dates=dates)
        elif isinstance(due, date):
            tables["due"] = due
        return tables

    def is_owed_by(self, name: str, kind: str, stage: str | None) -> bool:
        """Returns whether a unit of the roster has to send this form."""
        return self.owed and self.is_sent_by(name, kind, stage)

    def is_sent_by(self, name: str, kind: str, stage: str | None) -> bool:
        """Returns whether a unit of the roster may send this form, owed or not."""
        if kind not in self.senders or (self.units and name not in self.units):
            return False
        return stage is None or not self.stages or stage in self.stages

    @property
    def repeats(self) -> bool:
        """Returns whether this form is owed once in each period."""
        return self.rhythm is not None or bool(self.dates)

    def periods(
        self, opened: date, until: date, is_workday: Callable[[date], bool] = lambda day: True
    ) -> tuple[Period, ...]:
        """Returns the periods that have begun by ``until``; none for a form that is owed once."""
        if self.rhythm is not None:
            return tuple(self.rhythm.periods(opened, until, is_workday))
        return tuple(period for period in dated_periods(self.dates, opened) if period.begins <= until)


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


class UnitRules(FrozenModel):
    """The kinds of units that the roster may have, with their Chinese names."""

    kinds: dict[str, str]


class Notice(FrozenModel):
    """The order of one semester."""

    id: str
    title: str
    office: str
    authority: str = "主管部门"
    """Who decides what missing or late forms cost (由…核定)."""
    group_channel: str = "工作群"
    """Where the office speaks to all units at once: a paragraph of the digest is written to be pasted there."""
    addressees: str = "各报送单位"
    """To whom a 通报 is written."""
    period_words: tuple[str, ...]
    """What a title of this period says: 2023年秋季."""
    county_words: tuple[str, ...]
    """Words by which an address or school is known to be in the county."""
    opened: date
    """The first day of the semester."""
    reports_from: date | None = None
    """The first day whose mail answers this notice; ``opened`` where it is not set."""
    closed: date | None = None
    """The day after which no new period begins; left out, the office's next notice ends them."""
    holidays: frozenset[date] = frozenset()
    """Days without school beside weekends and the calendar's holidays, in TOML as days and as [first, last]."""
    ages: BirthDateRange
    persuasion: PersuasionRules = PersuasionRules()
    readings: Readings = Readings()
    leave: LeaveRules = LeaveRules()
    rolls: RollWords = RollWords()
    reminders: ReminderPlan = ReminderPlan()
    sweep: SweepRules = SweepRules()
    full_share: float = Field(0.6, gt=0, le=1)
    """A later submission with this share of the earlier one's students replaces it."""
    dropped_share: float = Field(0.8, gt=0, le=1)
    """One that replaces and has less than this share of the rows is asked about (``rows-dropped``)."""
    deduction: dict[str, NonNegativeFloat] = Field(default_factory=dict)
    """Points a time for what is missing or late (notice 六(一)), by kind of unit; ``per_day`` for each day late."""
    units: UnitRules
    wording: Wording
    fields: dict[str, FieldSpec]
    vocabularies: dict[str, Vocabulary]
    usual_meanings: dict[Meaning, tuple[str, ...]] = Field(default_factory=dict)
    """What a status of this name means where the notice does not say."""
    forms: tuple[FormSpec, ...]
    nil_words: tuple[Pattern, ...] = ()
    """Regular expressions of what stands in a table that reports nothing."""
    absence_words: tuple[str, ...] = ()
    """Words that say of a child that he is out of school."""
    return_words: tuple[str, ...] = ()
    """Words that say of a child that he came back, or went to another school."""
    proof_words: tuple[str, ...] = ()
    """File-name words of certificates and photographs."""
    work_file_words: tuple[str, ...] = ()
    """Names of the file that is kept on each child who returned (二(一)); such a file is no proof of anything else."""
    letter_words: tuple[str, ...] = ()
    """Those of them that any letter may have in its name: one that tells of a child is asked about."""
    _followed_on: date | None = PrivateAttr(None)

    @field_validator("holidays", mode="before")
    @classmethod
    def _read_holidays(cls, said: Any) -> Any:
        return frozenset(day for one in said for day in _days_of(one)) if isinstance(said, list) else said

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
        forms = tuple(_with_statuses(form, statuses, excused) for form in self.forms)
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
        """The name of the file that is kept on each child who returned: 一生一案."""
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
        """The last second of the due day in the office's zone, or None if it has no date."""
        if form.due is None:
            return None
        last_day = form.due if self.readings.due_day_counts else form.due - timedelta(days=1)
        return end_of_day(last_day, zone, form.due_time)


def _due_written(due: str) -> Rhythm | date:
    """Parses a ``due`` in quotes: a rhythm in words, or a date.

    Raises:
        ValueError: it is neither.
    """
    if (rhythm := read_spoken_rhythm(due)) is not None:
        return rhythm
    for read in (date.fromisoformat, datetime.fromisoformat):
        with suppress(ValueError):
            return read(due)
    if (day := suggest_date(due)) is not None:
        raise ValueError(f"due“{due}”请写成 {day},不加引号")
    raise ValueError(
        f"due“{due}”看不懂:请写成 2023-09-25(不加引号)、“每月25日”“每周五”“每季度末月25日”“每日”或“每个工作日”,可加时间如“每周五12:00”"
    )


def _days_of(said: object) -> list[date]:
    """Returns the days of one holiday, written as one day or as first and last day."""
    span = said if isinstance(said, list) else [said, said]
    match span:
        case [date() as first, date() as last] if first <= last:
            return [first + timedelta(days=n) for n in range((last - first).days + 1)]
        case [date() as first, date() as last]:
            raise ValueError(f"holidays 里的 [{first}, {last}] 前后颠倒了:请对调")
    raise ValueError("holidays 里写一天(2024-11-13),或写第一天和最后一天([2024-10-01, 2024-10-07])")


def _one_of_several(due: object) -> datetime:
    """Returns the due day of a form with several due days that is owed once."""
    day = _due_written(due) if isinstance(due, str) else due
    if not isinstance(day, date):
        raise ValueError("due 的列表里只能是日期,如 [2023-09-20, 2023-12-20]")
    return day if isinstance(day, datetime) else end_of(day)


def _with_statuses(form: FormSpec, persuaded: tuple[str, ...], excused: tuple[str, ...]) -> FormSpec:
    """Returns the form with default statuses from the vocabulary: which of them trigger the form, and which need a proof."""
    told: dict[str, Any] = {}
    if form.trigger is not None and not form.trigger.statuses:
        told["trigger"] = FormTrigger(form=form.trigger.form, statuses=persuaded)
    if form.role == "register" and "proof_statuses" not in form.model_fields_set:
        told["proof_statuses"] = excused
    return form.model_copy(update=told) if told else form


def end_of_day(day: date, zone: ZoneInfo, at: time | None = None) -> datetime:
    """Returns 23:59:59 of ``day``, or its own time; mail that arrives before the next midnight is on time."""
    return end_of(day, at).replace(tzinfo=zone)
