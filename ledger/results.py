"""The values that judgements return: status, gaps, cases and findings (docs/contract.md, JSON)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from config.notice.rhythm import Period, title_in
from config.problem_codes import problem_code
from store.stored_values import ObligationKey


class FormState(StrEnum):
    """The state of one obligation: a unit, a form and, where the form recurs, a period."""

    RECEIVED = "received"
    UNCONFIRMED = "unconfirmed"  # came from an unproven sender: no gap, and not received either
    INCOMPLETE = "incomplete"  # came, but errors keep it from counting or its proof is missing
    MISSING = "missing"  # owed, past due, nothing came
    UNREAD = "unread"  # owed, past due, and unread mail may contain it: no gap
    PENDING = "pending"  # owed, not yet due
    NOT_OWED = "not_owed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormStatus:
    """The status of one form of one unit, for one period where the form recurs. Counts are numbers of rows or files."""

    form: str
    owed: bool
    due: datetime | None
    """The due instant; None where nothing is owed, or while the occasion has not come."""
    state: FormState
    late: bool
    """Whether the first submission that counted arrived after ``due``."""
    received_at: datetime | None
    """When the newest current submission arrived."""
    first_received_at: datetime | None
    """When the first submission arrived."""
    versions: int
    """How many submissions that count arrived."""
    nil: bool
    """Whether the current submission is a zero report (零报告)."""
    records: int
    errors: int
    warnings: int
    proof_owed: int
    proof_received: int
    under_review: int = 0
    """Quarantined files of this unit that may be this form."""
    blocking: tuple[str, ...] = ()
    """Problem codes that keep a current submission from counting."""
    exempted: str | None = None
    """Why an officer dropped the obligation, or None."""
    extended: str | None = None
    """Why an officer granted an extension, or None."""
    unconfirmed: int = 0
    """Submissions and proofs that wait for an officer to confirm their sender."""
    perhaps_in_time: bool = False
    """Whether it is late while such a submission arrived in time."""
    dated: bool = True
    """Whether ``due`` is the notice's own day; only then does its passing count against the unit."""
    uncovered: int = 0
    """Children that a triggered form should contain and does not."""
    missing_parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By document of the form, the names of children for which it has not arrived."""
    unnamed_parts: frozenset[str] = frozenset()
    """Documents of the form of which a scan arrived that names no child."""
    counted: bool = False
    """Whether a submission with content arrived, whatever problems it still has."""
    paper_owed: bool = False
    """Whether its signed and sealed paper is asked for (五(三), R27)."""
    paper_received_on: date | None = None
    asks: tuple[str, ...] = ()
    """Sentences asking the unit for an answer although the form arrived."""
    period: Period | None = None

    @property
    def title(self) -> str:
        """The form's key, with its period if it has one."""
        return title_in(self.form, self.period)

    def key_of(self, unit: str) -> ObligationKey:
        """Returns the obligation of this form for a unit."""
        return ObligationKey(unit, self.form, self.period.key if self.period else None)

    @property
    def has_both(self) -> bool:
        """Whether it arrived both by mail and on paper (电子件与纸质件均已收到)."""
        return self.counted and self.paper_received_on is not None

    @property
    def lacks_only_paper(self) -> bool:
        """Whether it arrived by mail and its signed and sealed paper is still asked for (五(三), R27)."""
        return self.paper_owed and self.counted and self.paper_received_on is None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitStatus:
    """The status of all forms of one unit, with candidate deductions in points; None for units without deductions (R29)."""

    unit: str
    kind: str
    forms: tuple[FormStatus, ...]
    deduction_per_due_date: float | None
    """Points if all forms of one due day count as one 次."""
    deduction_per_form: float | None
    """Points if each form counts as one 次."""
    deduction_counted: float | None
    """Points by the notice's ``readings.occasion``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The status of all units at an instant (docs/contract.md, JSON: ``status``)."""

    notice: str
    as_of: datetime
    units: tuple[UnitStatus, ...]
    unread: int = 0
    """Mails that arrived and are not read yet; they may contain what a unit seems to owe."""


class GapKind(StrEnum):
    """The kinds of gap."""

    MISSING = "missing"
    LATE = "late"
    INCOMPLETE = "incomplete"
    PROOF = "proof"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing that a unit lacks in one form, with evidence and a candidate deduction (docs/contract.md, JSON: ``gaps``)."""

    unit: str
    kind: str
    form: str
    gap: GapKind
    due: datetime | None
    days_late: int
    """Whole calendar days."""
    deduction: float | None
    """Points, or None where the notice gives no figure."""
    detail: str
    under_review: int = 0
    names: tuple[str, ...] = ()
    """The children named in ``detail``."""
    candidate: bool = False
    """Whether it may cost points, also where the notice gives no figure (六(一): schools)."""
    period: Period | None = None

    @property
    def key(self) -> ObligationKey:
        """The obligation with this gap."""
        return ObligationKey(self.unit, self.form, self.period.key if self.period else None)

    @property
    def title(self) -> str:
        """The form's key, with its period if it has one."""
        return title_in(self.form, self.period)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclearProof:
    """A proof document that names no single child, with the children of one form that it may belong to."""

    file_id: str
    key: ObligationKey
    """The unit and form, without period."""
    names: tuple[str, ...]
    settled: bool
    """Whether it was counted for these children, as there are as many such documents as children."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """For one unit and form: the children that owe a proof, and the files that prove them, by student key."""

    owed: Mapping[str, str]
    """By student key, the child's name."""
    received: Mapping[str, str]
    """By student key, the id of the proving file."""
    unconfirmed: Mapping[str, str] = field(default_factory=dict)
    """By key of children without a counting proof, the id of a file whose sender is not proven."""
    unclear: tuple[UnclearProof, ...] = ()
    periods: Mapping[str, str | None] = field(default_factory=dict)
    """By student key, the period in which the child was last reported; its proof is asked for there."""
    rows_without: frozenset[str] = frozenset()
    """Ids of rows about children whose proof has not arrived or has expired."""

    def of_period(self, period: str | None) -> "Proofs":
        """Returns the proofs owed in one period."""
        keys = {key for key in self.owed if self.periods.get(key) == period}
        return replace(
            self,
            owed={key: name for key, name in self.owed.items() if key in keys},
            received={key: file for key, file in self.received.items() if key in keys},
            unconfirmed={key: file for key, file in self.unconfirmed.items() if key in keys},
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of children for which no proof has arrived, from a proven or an unproven sender."""
        return tuple(
            name
            for key, name in self.owed.items()
            if key not in self.received and key not in self.unconfirmed
        )


class CaseState(StrEnum):
    """The state of a case (docs/contract.md, JSON: ``cases``)."""

    OPEN = "open"
    RETURNED = "returned"
    EXCUSED = "excused"
    MOVED = "moved"
    AGED_OUT = "aged_out"
    SUSPECTED = "suspected"  # 疑似: on a roll or register before, on none now


@dataclass(frozen=True, slots=True)
class Closing:
    """How a case ended: its state, the day, and the evidence in Chinese."""

    state: CaseState
    on: date
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One persuasion visit (劝返), numbered from 1 within an episode."""

    number: int
    date: date | None
    """None where only the number of visits is reported."""
    result: str | None
    is_return: bool = False
    """Whether the result means that the child is back."""
    place: str | None = None
    people: str | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A row that reports a child; ``form`` is the form's key, or the name of a list that is no form."""

    submission_id: str
    form: str
    row: int
    called: str = ""
    """The list's usual name, where the form's key alone would not identify it: 县残联残疾儿童名单."""
    overruled: str = ""
    """Sent values that an officer's values replace, in words: 出生日期报的是2012-03-01."""

    @property
    def words(self) -> str:
        """The row in words: 附件4第7行."""
        overruled = f"({self.overruled})" if self.overruled else ""
        return f"{self.called or self.form}第{self.row}行{overruled}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    """An event of a case; ``origin`` is its source: mail, file, sheet and row, or the deciding person."""

    date: date
    what: str
    origin: str


STATUS_MISSING = "类别未填"
"""The status of a case without one in any row; it becomes a question, as it may be 休学 as well as 辍学."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One child out of school (docs/contract.md, JSON: ``cases``)."""

    case_id: str
    name: str
    id_number: str | None
    """Not masked; it is masked where it is printed."""
    status: str
    state: CaseState
    responsible_unit: str
    opened_on: date
    visits: tuple[Visit, ...]
    """The visits of the latest episode, by date."""
    next_visit_due: date | None
    """None where the case needs no visit."""
    days_overdue: int
    escalation: str
    """``none``, ``owed`` (three failed visits, no persuasion form) or ``filed``."""
    closed_on: date | None
    closed_by: str | None
    """The evidence in Chinese, or None while open."""
    origins: tuple[Origin, ...]
    notes: tuple[str, ...] = ()
    """Officers' notes."""
    details: dict[str, str] = field(default_factory=dict)
    """By field key (grade, household_category, guardian_phone …), the newest value for lists."""
    observed_until: date | None = None
    """The last day of 返校观察 (R21) for a child that returned recently, else None."""
    work_file: str | None = None
    """For a child that returned, the evidence that its work file (一生一案) exists, or None."""
    after_leave: str | None = None
    """For an open case whose leave (休学, 延缓入学) is over, the unit's next step."""
    is_watched: bool = False
    """Whether its household is of a kind reported with priority to higher levels."""
    on_leave: bool = False
    """Whether its status is leave, which needs a proof."""
    settling_remark: str | None = None
    """A remark that may settle the case, or None."""
    doubts: tuple[str, ...] = ()
    """Sentences on what may close the case, for a person to verify."""
    timeline: tuple[TimelineEvent, ...] = ()
    episode: int = 1
    """How many times the child has been out of school; visits, due days and ``opened_on`` are of the last time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A contradiction between submissions: a question to both sides, never a verdict (docs/judging.md, Findings).

    ``finding_id`` stays the same from run to run while the data do.

    Raises:
        KeyError: ``code`` is not in the catalogue (config/problem_codes.py).
    """

    finding_id: str
    code: str
    severity: str
    name: str
    id_number: str | None
    units: tuple[str, ...]
    records: tuple[str, ...]
    message: str
    names: tuple[str, ...] = ()
    """Children named in ``message``."""
    periods: tuple[str, ...] = ()
    """The periods of the rows, for forms that recur."""
    pair: tuple[str, ...] = ()
    """Two ids that a person may decide to be one child or two."""
    asks_for: ObligationKey | None = None
    """The obligation that the finding asks a unit to meet; if that is a gap already, the finding is not shown."""
    child: str = ""
    """The case id of the suspected dropout that asks the same, if there is one."""

    def __post_init__(self) -> None:
        problem_code(self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Reporting rates under DHIS2's names, with the counts behind them (docs/judging.md, Reporting rates).

    Each counts (unit, form) pairs, and ``expected = on_time + late + incomplete + missing`` always holds.
    """

    expected: int
    on_time: int
    late: int
    incomplete: int
    """Something arrived, but nothing that counts."""
    missing: int
    zero: int
    usable: int
    paper_expected: int
    """Pairs whose paper is asked for."""
    with_paper: int
    """Of these, pairs that arrived both by mail and on paper."""

    @property
    def actual(self) -> int:
        """Pairs with a submission that counts: read without blocking errors, or a zero report."""
        return self.on_time + self.late


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedChild:
    """One child as an external list names it; an empty text means that the list does not give it."""

    name: str
    id_number: str
    unit: str
    birth: str = ""
    """A whole ISO date, for lists that give it beside or instead of the number."""
