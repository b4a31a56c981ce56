"""Values of record linkage: links between entries, and the children, roll rows and absences built from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.children.person import Person
from store.stored_values import StoredRecord

CLOSING_STEPS = (0, 1, 2)
"""Steps whose links may close a case: 0, an officer's decision, and the first two match rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairDecisions:
    """Officers' decisions on pairs of children, each pair a set of two ids; the latest decision on a pair holds."""

    joined: frozenset[frozenset[str]] = frozenset()
    separated: frozenset[frozenset[str]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.joined or self.separated)

    def joins(self, one: Person, other: Person) -> bool:
        """Returns whether an officer decided that both are one child."""
        return _has_pair(self.joined, one, other)

    def separates(self, one: Person, other: Person) -> bool:
        """Returns whether an officer decided that these are two different children."""
        return _has_pair(self.separated, one, other)


NO_DECISIONS = PairDecisions()


def _has_pair(pairs: frozenset[frozenset[str]], one: Person, other: Person) -> bool:
    return bool(pairs) and any(frozenset((a, b)) in pairs for a in one.ids for b in other.ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two entries that are, or may be, one child."""

    left: str
    """The key of the entry in the first list."""
    right: str
    """The key of the entry in the second list."""
    step: int
    """The number of the match rule, or 0 for an officer's decision."""
    linked: bool
    """True for a link, False for a proposal."""
    origins: tuple[str, str]
    """The rows of both sides as Chinese words."""
    sentence: str
    """The reason in Chinese: the facts that agree and differ."""

    @property
    def may_close(self) -> bool:
        """Whether a roll entry with this link may close a case."""
        return self.linked and self.step in CLOSING_STEPS


@dataclass(slots=True)
class LinkResult:
    """The links, and the proposals between entries that are not linked.

    ``same_number`` are pairs with one sound number but different names and birth dates: never linked, always
    asked about.
    """

    linked: list[Link] = field(default_factory=list)
    proposed: list[Link] = field(default_factory=list)
    same_number: list[Link] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Rows that are certainly about one child: by its own unit, its number, its family or an officer's decision."""

    person: Person
    rows: tuple[StoredRecord, ...]
    """Oldest first."""
    keys: tuple[str, ...]
    """The student keys of ``group_by_student`` that the rows had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """One child of the registers: parts linked by weaker rules, such as a slip in the number, with all their rows."""

    key: str
    ids: frozenset[str]
    """All ids under which officers may have decided on the child."""
    parts: tuple[Part, ...]
    rows: tuple[StoredRecord, ...]
    """The rows of all parts, oldest first."""
    links: tuple[Link, ...]
    """The links between the parts."""
    unconfirmed_rows: tuple[StoredRecord, ...] = ()
    """Rows about the child from unproven senders; they close nothing."""
    is_unconfirmed: bool = False
    """Whether only unproven senders report the child."""
    own_units: frozenset[str] = frozenset()
    """The responsible unit and all that reported the child; empty until responsibility is decided."""
    foreign_rows: tuple[StoredRecord, ...] = ()
    """Rows of units that are not responsible; empty until responsibility is decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Students:
    """Every child of the registers, in order of first mention, and pairs that may be the same child."""

    all: tuple[Student, ...]
    possible: tuple[Link, ...]
    """Proposals between parts, for a person to decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollMatch:
    """A child of the rolls that is, or may be, the child of a case; ``rows`` are oldest first."""

    link: Link
    rows: tuple[StoredRecord, ...]
    child_id: str
    """The id under which an officer decides whether it is the same child."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """The roll entries linked to children of the registers, by key of :class:`Part`."""

    sure: Mapping[str, RollMatch]
    """The links that may close a case."""
    doubtful: Mapping[str, tuple[RollMatch, ...]]
    """The links that a person must decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsentMatch:
    """An absent child, and a current one that may be the same."""

    link: Link
    absent: StoredRecord
    present: StoredRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """The last row of each absent child, and the current children that may be one of them."""

    absent: tuple[StoredRecord, ...]
    possible: tuple[AbsentMatch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleMatch:
    """Rows that may be about one child; ``ids`` are the arguments of ``case merge`` and ``case split``."""

    link: Link
    rows: tuple[StoredRecord, ...]
    ids: tuple[str, str]

    @property
    def message(self) -> str:
        """The question in Chinese, with the command for each answer."""
        one, other = self.link.origins
        return (
            f"{one}与{other}可能是同一人({self.link.sentence}),请核实。"
            f"是:kongchuo case merge {self.ids[0]} {self.ids[1]} --why 理由;"
            f"不是:kongchuo case split {self.ids[0]} {self.ids[1]} --why 理由"
        )
