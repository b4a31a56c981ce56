"""The values that judgements return: status, gaps, cases and findings (contract §4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from config.notice.rhythm import Period, title_in
from config.problem_codes import problem_code
from store.stored_values import ObligationKey


class FormState(StrEnum):
    """The state of one obligation."""

    RECEIVED = "received"
    UNCONFIRMED = "unconfirmed"  # came from a sender who is not proven: no gap, and not received either
    INCOMPLETE = "incomplete"  # came, but errors keep it from counting or its proof is missing
    MISSING = "missing"  # owed, past due, nothing came
    UNREAD = "unread"  # owed, past due, and mail lies unread that may be it: no gap
    PENDING = "pending"  # owed, not yet due
    NOT_OWED = "not_owed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormStatus:
    form: str
    owed: bool
    due: datetime | None
    state: FormState
    late: bool
    received_at: datetime | None
    first_received_at: datetime | None
    versions: int
    nil: bool
    records: int
    errors: int
    warnings: int
    proof_owed: int
    proof_received: int
    under_review: int = 0  # quarantined files of this unit that may be this form
    blocking: tuple[str, ...] = ()
    exempted: str | None = None  # why an officer dropped the demand
    extended: str | None = None  # why an officer gave more time
    unconfirmed: int = 0  # submissions and proofs that wait until a person says that their sender is the unit
    perhaps_in_time: bool = False  # late, while such a submission came in time
    dated: bool = True  # ``due`` is the notice's own day: only its passing counts against the unit
    uncovered: int = 0  # children whom a triggered form should hold and does not
    missing_parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By a document that the form consists of, the names of the children of whom it has not come."""
    unnamed_parts: frozenset[str] = frozenset()
    """Of these documents, the ones of which a scan came that names nobody."""
    counted: bool = False  # a submission with content came, whatever is still wrong with it
    paper_owed: bool = False  # its signed and sealed paper is asked for
    paper_received_on: date | None = None
    asks: tuple[str, ...] = ()  # what the unit must still answer though the form came, a sentence each
    period: Period | None = None

    @property
    def title(self) -> str:
        """The form, and its period where it has any."""
        return title_in(self.form, self.period)

    def key_of(self, unit: str) -> ObligationKey:
        return ObligationKey(unit, self.form, self.period.key if self.period else None)

    @property
    def has_both(self) -> bool:
        """Whether it came by mail and on paper (电子件与纸质件均已收到)."""
        return self.counted and self.paper_received_on is not None

    @property
    def lacks_only_paper(self) -> bool:
        """Whether it came by mail, and its signed and sealed paper is still asked for (五(三))."""
        return self.paper_owed and self.counted and self.paper_received_on is None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitStatus:
    unit: str
    kind: str
    forms: tuple[FormStatus, ...]
    deduction_per_due_date: float | None
    deduction_per_form: float | None
    deduction_counted: float | None  # as the notice's reading counts 次


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    notice: str
    as_of: datetime
    units: tuple[UnitStatus, ...]
    unread: int = 0
    """Mails that had arrived and are not read: whoever seems to owe something may have sent it."""


class GapKind(StrEnum):
    MISSING = "missing"
    LATE = "late"
    INCOMPLETE = "incomplete"
    PROOF = "proof"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    unit: str
    kind: str
    form: str
    gap: GapKind
    due: datetime | None
    days_late: int
    deduction: float | None
    detail: str
    under_review: int = 0
    names: tuple[str, ...] = ()  # the children whom ``detail`` names
    candidate: bool = False  # may cost points, also where the notice gives no figure (六(一): schools)
    period: Period | None = None

    @property
    def key(self) -> ObligationKey:
        return ObligationKey(self.unit, self.form, self.period.key if self.period else None)

    @property
    def title(self) -> str:
        """The form, and its period where it has any."""
        return title_in(self.form, self.period)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclearProof:
    """A proof document that does not say whose it is, of those whom it may be in one form of its unit."""

    file_id: str
    key: ObligationKey
    """Of the form, whatever the period."""
    names: tuple[str, ...]
    settled: bool
    """Whether it was taken for theirs, there being as many such documents as children."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """For one unit and form: who owes a proof, by student key, and whose has come from which file."""

    owed: Mapping[str, str]  # key → name
    received: Mapping[str, str]  # key → file_id
    unconfirmed: Mapping[str, str] = field(default_factory=dict)
    """Of whom no proof counts yet: key → file_id of one whose sender is not proven."""
    unclear: tuple[UnclearProof, ...] = ()
    periods: Mapping[str, str | None] = field(default_factory=dict)
    """By key the period in which the child was told of last: there its proof is asked for."""
    rows_without: frozenset[str] = frozenset()
    """The ids of the rows about children whose proof has not come, or is over."""

    def of_period(self, period: str | None) -> "Proofs":
        """Returns what is owed in one period."""
        keys = {key for key in self.owed if self.periods.get(key) == period}
        return replace(
            self,
            owed={key: name for key, name in self.owed.items() if key in keys},
            received={key: file for key, file in self.received.items() if key in keys},
            unconfirmed={key: file for key, file in self.unconfirmed.items() if key in keys},
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """Names whose proof has not come."""
        return tuple(
            name
            for key, name in self.owed.items()
            if key not in self.received and key not in self.unconfirmed
        )


class CaseState(StrEnum):
    OPEN = "open"
    RETURNED = "returned"
    EXCUSED = "excused"
    MOVED = "moved"
    AGED_OUT = "aged_out"
    SUSPECTED = "suspected"  # 疑似: on a roll or ledger before, on none now


@dataclass(frozen=True, slots=True)
class Closing:
    """How a case ended, on which day, and by what."""

    state: CaseState
    on: date
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    number: int
    date: date | None
    result: str | None
    is_return: bool = False
    """Whether the result means that the child is back."""
    place: str | None = None
    people: str | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The row that told of a child; ``form`` is its form's key, or the name of a list that is no form."""

    submission_id: str
    form: str
    row: int
    called: str = ""
    """What people call the list, where its form's key alone would not say which: 县残联残疾儿童名单."""
    overruled: str = ""
    """What was sent where a person's word counts instead: 出生日期报的是2012-03-01."""

    @property
    def words(self) -> str:
        """The row as a person reads it: 附件4第7行."""
        overruled = f"({self.overruled})" if self.overruled else ""
        return f"{self.called or self.form}第{self.row}行{overruled}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    """Something that happened to a child; ``origin`` is its source: message, file, sheet and row, or who."""

    date: date
    what: str
    origin: str


STATUS_MISSING = "类别未填"
"""The status of a case that no row gives one: a question, for it may be 休学 as well as 辍学."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    case_id: str
    name: str
    id_number: str | None  # unmasked; masking happens where it is printed
    status: str
    state: CaseState
    responsible_unit: str
    opened_on: date
    visits: tuple[Visit, ...]
    next_visit_due: date | None
    days_overdue: int
    escalation: str  # none | owed | filed
    closed_on: date | None
    closed_by: str | None
    origins: tuple[Origin, ...]
    notes: tuple[str, ...] = ()  # what people wrote about it
    details: dict[str, str] = field(
        default_factory=dict
    )  # grade, household_category, guardian_phone … for lists
    observed_until: date | None = None  # 返校观察: returned so lately that it is watched until then
    work_file: str | None = None  # 一生一案: by what it is known to exist, of a child who returned
    after_leave: str | None = None
    """What the unit is to do, of an open case whose leave (休学, 延缓入学) is over."""
    is_watched: bool = False  # of a household that is counted first upwards
    on_leave: bool = False  # its status is of leave, which needs a proof
    settling_remark: str | None = None  # a remark that may settle it
    doubts: tuple[str, ...] = ()  # what may close it, for a person to verify
    timeline: tuple[TimelineEvent, ...] = ()
    episode: int = 1
    """How many times the child has been out of school; visits, dues and ``opened_on`` are of the last time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A contradiction between what units sent: a question to both sides, never a verdict.

    ``finding_id`` stays the same from run to run while the data say the same.

    Raises:
        KeyError: ``code`` is not in the catalogue.
    """

    finding_id: str
    code: str
    severity: str
    name: str
    id_number: str | None
    units: tuple[str, ...]
    records: tuple[str, ...]
    message: str
    names: tuple[str, ...] = ()  # other children whom ``message`` names
    periods: tuple[str, ...] = ()
    """The periods of which the rows are, of forms that are owed again and again."""
    pair: tuple[str, ...] = ()  # the two ids of which a person may say that they are one child, or are not
    asks_for: ObligationKey | None = None
    """What it asks a unit to send: where that is a gap anyway, the gap says so."""
    child: str = ""  # the id of the suspected dropout that asks the same, if there is one

    def __post_init__(self) -> None:
        problem_code(self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Reporting rates as DHIS2 names them, with what they are made of (``docs/judging.md``, Reporting rates).

    ``expected = on_time + late + incomplete + missing``, always: each counts (unit, form) pairs.
    """

    expected: int
    on_time: int
    late: int
    incomplete: int  # something came, nothing that counts
    missing: int
    zero: int
    usable: int
    paper_expected: int  # whose paper is asked for
    with_paper: int  # of those, came by mail and on paper

    @property
    def actual(self) -> int:
        return self.on_time + self.late


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedChild:
    """One child as a list names it; an empty text is what the list does not say."""

    name: str
    id_number: str
    unit: str
    birth: str = ""
    """A whole ISO date, of a list that gives it beside or instead of the number."""
