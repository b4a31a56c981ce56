"""Values of record linkage: links between children, and the children, roll rows and absences that links join."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.children.person import Person
from store.stored_values import StoredRecord

CLOSING_STEPS = (0, 1, 2)
"""Steps by which a case may be closed: a person's decision and the first two match rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairDecisions:
    """What people decided on pairs of children, by ids: the last word on a pair holds for ever."""

    joined: frozenset[frozenset[str]] = frozenset()
    separated: frozenset[frozenset[str]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.joined or self.separated)

    def joins(self, one: Person, other: Person) -> bool:
        return _has_pair(self.joined, one, other)

    def separates(self, one: Person, other: Person) -> bool:
        return _has_pair(self.separated, one, other)


NO_DECISIONS = PairDecisions()


def _has_pair(pairs: frozenset[frozenset[str]], one: Person, other: Person) -> bool:
    return bool(pairs) and any(frozenset((a, b)) in pairs for a in one.ids for b in other.ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two persons who are, or may be, one child.

    ``step`` is that of the match rule (0: a person decided it); ``sentence`` gives the reason in Chinese.
    """

    left: str
    right: str
    step: int
    linked: bool  # else proposed
    origins: tuple[str, str]
    sentence: str

    @property
    def may_close(self) -> bool:
        """Whether a roll entry with this link may close a case."""
        return self.linked and self.step in CLOSING_STEPS


@dataclass(slots=True)
class LinkResult:
    """Who is linked, and who is proposed; nobody linked is proposed too.

    ``same_number`` are two children by name and birth date with one sound number: never linked, always asked about.
    """

    linked: list[Link] = field(default_factory=list)
    proposed: list[Link] = field(default_factory=list)
    same_number: list[Link] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Rows that are certainly about one child: by its own unit, its number, its family, or a person's decision."""

    person: Person
    rows: tuple[StoredRecord, ...]  # oldest first
    keys: tuple[str, ...]  # as ``group_by_student`` knows them


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """One child of the registers: parts that differ by a slip in the number, and all their rows."""

    key: str
    ids: frozenset[str]
    parts: tuple[Part, ...]
    rows: tuple[StoredRecord, ...]  # oldest first
    links: tuple[Link, ...]  # between the parts
    unconfirmed_rows: tuple[
        StoredRecord, ...
    ] = ()  # about it, of senders who are not proven; they close nothing
    is_unconfirmed: bool = False  # named by such rows alone
    own_units: frozenset[str] = (
        frozenset()
    )  # the responsible unit, and all that told of it: once that is known
    foreign_rows: tuple[StoredRecord, ...] = ()  # of units that are not responsible: likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class Students:
    """Every child of the registers, in order of first mention, and who of them may be the same."""

    all: tuple[Student, ...]
    possible: tuple[Link, ...]  # by keys of parts; for a person to decide


@dataclass(frozen=True, slots=True, kw_only=True)
class RollMatch:
    """A child of the rolls who is, or may be, the child of a case; ``rows`` are oldest first."""

    link: Link
    rows: tuple[StoredRecord, ...]
    child_id: str
    """The id under which people decide whether it is the same child."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """By key of part: roll matches that may close its case, and those that a person must decide."""

    sure: Mapping[str, RollMatch]
    doubtful: Mapping[str, tuple[RollMatch, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsentMatch:
    """An absent child, and a current one who may be the same."""

    link: Link
    absent: StoredRecord
    present: StoredRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """The last row of each absent child, and the current children who may be one of them."""

    absent: tuple[StoredRecord, ...]
    possible: tuple[AbsentMatch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleMatch:
    """Rows that may be one child. ``ids`` are what ``case merge`` and ``case split`` take."""

    link: Link
    rows: tuple[StoredRecord, ...]
    ids: tuple[str, str]

    @property
    def message(self) -> str:
        """The question with both answers as commands."""
        one, other = self.link.origins
        return (
            f"{one}与{other}可能是同一人({self.link.sentence}),请核实。"
            f"是:kongchuo case merge {self.ids[0]} {self.ids[1]} --why 理由;"
            f"不是:kongchuo case split {self.ids[0]} {self.ids[1]} --why 理由"
        )
