"""Holds the forms of a notice: who owes each, when, with which columns and proofs, and how its rows are checked."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, Literal, get_args

from pydantic import Field, NonNegativeFloat, model_validator

from config.notice.rhythm import Period, Rhythm, dated_periods
from config.notice.sections.due_days import read_due, read_one_of_several
from config.notice.sections.readings import FoundLater
from config.notice.sections.vocabulary import FrozenModel
from config.notice.sections.wording import Pattern

CheckName = Literal[
    "required", "place-code", "birth-date", "sex", "age", "repetition", "date-order", "proof", "unit", "region", "future-date"
]  # fmt: skip
"""The names of the checks of rows; each is a function of :mod:`parsers.checks` with its spec."""
Role = Literal["roll", "register", "visits", "compare", "counts", "other"]
"""The purpose of a form: children in school, children out of school, persuasion visits, another authority's list that is
compared with rolls and cases, counts, or nothing that is judged."""


class FormTrigger(FrozenModel):
    """A form is owed when rows of another form say so (notice 五(一): 若发现有失学、辍学学生)."""

    form: str
    statuses: tuple[str, ...] = ()
    """The statuses of the rows; by default those that need persuasion visits."""


class FormPart(FrozenModel):
    """One of the documents that a form consists of, and how it is recognised."""

    name: str
    fields: tuple[str, ...]
    """A row with any of these fields filled in is part of this document."""
    words: tuple[str, ...]
    """A scan with any of these words in its name is this document."""


class FormSpec(FrozenModel):
    """One 附件."""

    key: str
    title: str
    called: str = ""
    """Its name in sentences; by default its key."""
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
    """The time of the due day; by default the whole day is in time."""
    rhythm: Rhythm | None = None
    """How often it is owed, for a recurring form; in TOML also as ``due = "每月25日"``."""
    dates: tuple[datetime, ...] = ()
    """The due instants of a form that is owed on several days, in TOML a list ``due``; a day without a time means its last second."""
    deduction: NonNegativeFloat | None = None
    """The points for this form, if they differ from those of the sender's kind."""
    trigger: FormTrigger | None = None
    found_later: FoundLater = "third-visit"
    """When a triggered form falls due for a child found after the form of its trigger was due; in TOML ``due = "discovery"``."""
    owed: bool = True
    enabled: bool = True
    """Whether units owe it; a form that is switched off is still read and kept."""
    nil_allowed: bool = False
    """Whether an empty one is a zero report (零报告)."""
    fields: tuple[str, ...]
    template: tuple[str, ...] = ()
    """The columns of the blank form for units (``kongchuo forms``), in order; by default all ``fields``."""
    headings: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """By field, headings that mean it in this form only: 姓名 in 附件7 is the responsible person's."""
    required: tuple[str, ...] = ()
    """Values that must not be blank."""
    implied: dict[str, str] = Field(default_factory=dict)
    """Values of every row that have no column: each child on a list of 送教上门 is taught at home."""
    columns: tuple[str, ...] = ()
    """The headings that a table must have (``heading-missing``)."""
    fingerprint: tuple[str, ...] = ()
    """Columns that speak for this form."""
    foreign: tuple[str, ...] = ()
    """Columns that speak against it."""
    foreign_words: tuple[str, ...] = ()
    """Words in headings that show that a table is not this form, unless its title says that it is."""
    unit_field: str | None = None
    """The column that names the reporting unit in every row."""
    region: Literal["inside", "outside"] | None = None
    """The place of the schools in its rows: inside or outside the county (``scope-mismatch``)."""
    parts: tuple[FormPart, ...] = ()
    """The documents that every child needs; empty for a form that is one document."""
    paper: bool = False
    """Whether the signed and sealed paper is required; missing paper is never counted as a missing form."""
    proof_statuses: tuple[str, ...] = ()
    """Rows with these statuses owe a proof."""
    proof_every: bool = False
    """Whether every student in it owes a proof; on a roll, one of being in school there (在读证明)."""
    proof_until: date | None = None
    """The last day for which a proof of a roll is valid; afterwards another is owed. A row's own ``until`` has priority."""
    proof_words: tuple[str, ...] = ()
    """Words in the name of a proof that assign it to this form and not to the unit's others."""
    checks: tuple[CheckName, ...] | None = None
    """The checks of its rows; None for the checks of its role."""

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
            due = read_due(due)
        if isinstance(due, Rhythm):
            tables.update(due=None, rhythm=due)
        elif due in get_args(FoundLater):
            if tables.get("trigger") is None:
                raise ValueError(f"due“{due}”只用于有 trigger 的附件:请改成日期")
            tables.update(due=None, found_later=due)
        elif isinstance(due, datetime):
            tables.update(due=due.date(), due_time=due.time())
        elif isinstance(due, list):
            dates = [read_one_of_several(day) for day in due]
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


def with_statuses(form: FormSpec, persuaded: tuple[str, ...], excused: tuple[str, ...]) -> FormSpec:
    """Returns the form with default statuses from the vocabulary: which of them trigger the form, and which need a proof."""
    told: dict[str, Any] = {}
    if form.trigger is not None and not form.trigger.statuses:
        told["trigger"] = FormTrigger(form=form.trigger.form, statuses=persuaded)
    if form.role == "register" and "proof_statuses" not in form.model_fields_set:
        told["proof_statuses"] = excused
    return form.model_copy(update=told) if told else form
