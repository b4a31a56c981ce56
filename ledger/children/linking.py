"""Which children of two lists are the same child (judgement 3.3): pure, and linear in the rows.

Three rules keep siblings apart: two different sound numbers are never one child (*veto*); a pass links
only who fits one alone, seen from both sides (*one-to-one*); who shares telephone and birth date with
another of the own list is linked by nothing but a sound number (*twin guard*). What a pass holds for the
same and may not link is a proposal, for a person.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from ledger.children.match_rules import PASSES, SAME_NUMBER, Pair, Pass, rounded, slip
from ledger.children.person import Person

CLOSES = (0, 1, 2)
"""Steps by which a case may be closed: a person's word and the first two passes."""
_FACTS = (("姓名", "name"), ("出生日期", "birth"), ("监护人", "guardian"), ("电话", "phone"), ("户籍乡镇", "township"))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What people decided on pairs of children, by ids: the last word on a pair holds for ever."""

    joined: frozenset[frozenset[str]] = frozenset()
    barred: frozenset[frozenset[str]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.joined or self.barred)

    def joins(self, one: Person, other: Person) -> bool:
        return _any(self.joined, one, other)

    def bars(self, one: Person, other: Person) -> bool:
        return _any(self.barred, one, other)


UNDECIDED = Decided()


def _any(pairs: frozenset[frozenset[str]], one: Person, other: Person) -> bool:
    return bool(pairs) and any(frozenset((a, b)) in pairs for a in one.ids for b in other.ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two tellings of one child, or what may be.

    ``step`` is the pass (0: a person said so); ``evidence`` what agrees; ``sentence`` says it in Chinese.
    """

    left: str
    right: str
    step: int
    linked: bool  # else proposed
    origins: tuple[str, str]
    evidence: tuple[str, ...]
    sentence: str

    @property
    def key(self) -> str:
        """The same for the same two children, whichever is asked about first."""
        return hashlib.sha256("\0".join(sorted((self.left, self.right))).encode()).hexdigest()[:12]

    @property
    def closes(self) -> bool:
        """Whether enrolment may close a case through this link."""
        return self.linked and self.step in CLOSES


@dataclass(slots=True)
class Links:
    """The outcome: who is linked, and who is proposed; nobody linked is proposed too.

    ``same_number`` are two children by name and birth date with one sound number: never linked, always asked about.
    """

    linked: list[Link] = field(default_factory=list)
    proposed: list[Link] = field(default_factory=list)
    same_number: list[Link] = field(default_factory=list)


def link(left: Sequence[Person], right: Sequence[Person], decided: Decided = UNDECIDED) -> Links:
    """Link two lists in each of which a child stands once."""
    guards = twins(left), twins(right)
    return _run(_Sides(left, right, *guards, decided, within=False))


def link_within(persons: Sequence[Person], decided: Decided = UNDECIDED) -> Links:
    """Link the persons of one list with each other, apart from two that one filing lists side by side."""
    guard = crossed_twins(persons)
    return _run(_Sides(persons, persons, guard, guard, decided, within=True))


def twins(persons: Sequence[Person]) -> frozenset[int]:
    """Places of those who share telephone and birth date with another of the same list."""
    counts = Counter(_household(p) for p in persons)
    return frozenset(place for place, p in enumerate(persons) if _household(p) and counts[_household(p)] > 1)


def crossed_twins(persons: Sequence[Person]) -> frozenset[int]:
    """The same for a list in which one child may stand twice: those who share them with another name."""
    names: dict[tuple[str, str], set[str | None]] = {}
    for person in persons:
        if home := _household(person):
            names.setdefault(home, set()).add(person.name)
    return frozenset(
        place for place, p in enumerate(persons) if (home := _household(p)) and len(names[home]) > 1
    )


def _household(person: Person) -> tuple[str, str] | None:
    return (person.phone, person.birth) if person.phone is not None and person.birth is not None else None


@dataclass(frozen=True, slots=True)
class _Sides:
    left: Sequence[Person]
    right: Sequence[Person]
    left_twins: frozenset[int]
    right_twins: frozenset[int]
    decided: Decided
    within: bool  # the two are one list

    def may_pair(self, pair: Pair) -> bool:
        """The veto, a person's bar, and in one list: each pair once, and never two rows of one filing."""
        one, other = self.left[pair[0]], self.right[pair[1]]
        if vetoed(one, other) or self.decided.bars(one, other):
            return False
        return not self.within or (pair[0] < pair[1] and not one.filings & other.filings)

    def twin(self, pair: Pair) -> bool:
        return pair[0] in self.left_twins or pair[1] in self.right_twins


def vetoed(one: Person, other: Person) -> bool:
    """Two sound numbers that differ are two children."""
    return one.number is not None and other.number is not None and one.number != other.number


def _run(sides: _Sides) -> Links:
    found = Links()
    taken: tuple[set[int], set[int]] = set(), set()
    if sides.within:
        taken = (taken[0], taken[0])
    proposals: dict[Pair, tuple[int, str]] = {}
    for pair in _joined(sides):
        _take(sides, found, taken, pair, 0)
    lefts, rights = _left(sides, taken)
    for pair in SAME_NUMBER.pairs(sides.left, lefts, sides.right, rights):
        if sides.may_pair(pair):
            found.same_number.append(_link(sides, pair, SAME_NUMBER.step, linked=False))
    for each in PASSES:
        lefts, rights = _left(sides, taken)
        pairs = [p for p in each.pairs(sides.left, lefts, sides.right, rights) if sides.may_pair(p)]
        alone = _alone(pairs, sides.within)
        for pair in pairs:
            but = _but(sides, each, pair, alone)
            if each.links and but is None:
                _take(sides, found, taken, pair, each.step)
            elif each.links or pair in alone:
                proposals.setdefault(pair, (each.step, but or ""))
    for pair, (step, why) in proposals.items():
        if pair[0] not in taken[0] and pair[1] not in taken[1]:
            found.proposed.append(_link(sides, pair, step, linked=False, but=why))
    return found


def _but(sides: _Sides, each: Pass, pair: Pair, alone: Collection[Pair]) -> str | None:
    """Why a pair of this pass is not to be linked without asking."""
    if each.guarded and sides.twin(pair):
        return "但同一册中有同胞"
    if pair not in alone:
        return "但不止一人相符"
    return None if each.sure(sides.left[pair[0]], sides.right[pair[1]]) else "但家庭不符"


def _left(sides: _Sides, taken: tuple[set[int], set[int]]) -> tuple[list[int], list[int]]:
    """The places that nobody has been linked to yet."""
    return (
        [place for place in range(len(sides.left)) if place not in taken[0]],
        [place for place in range(len(sides.right)) if place not in taken[1]],
    )


def _joined(sides: _Sides) -> list[Pair]:
    """The pairs that a person joined, veto or not."""
    if not sides.decided.joined:
        return []
    named = frozenset().union(*sides.decided.joined)
    ones = [place for place, p in enumerate(sides.left) if p.ids & named]
    others = [place for place, p in enumerate(sides.right) if p.ids & named]
    return [
        (one, other)
        for one in ones
        for other in others
        if sides.decided.joins(sides.left[one], sides.right[other])
        and not sides.decided.bars(sides.left[one], sides.right[other])
        and (not sides.within or one < other)
    ]


def _alone(pairs: Sequence[Pair], within: bool) -> frozenset[Pair]:
    """The pairs of which each fits nobody else in this pass."""
    if within:
        ends = Counter(place for pair in pairs for place in pair)
        return frozenset(pair for pair in pairs if ends[pair[0]] == ends[pair[1]] == 1)
    lefts, rights = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    return frozenset(pair for pair in pairs if lefts[pair[0]] == rights[pair[1]] == 1)


def _take(sides: _Sides, found: Links, taken: tuple[set[int], set[int]], pair: Pair, step: int) -> None:
    taken[0].add(pair[0])
    taken[1].add(pair[1])
    found.linked.append(_link(sides, pair, step, linked=True))


def _link(sides: _Sides, pair: Pair, step: int, *, linked: bool, but: str = "") -> Link:
    one, other = sides.left[pair[0]], sides.right[pair[1]]
    agree, differ = _compared(one, other)
    return Link(
        left=one.key,
        right=other.key,
        step=step,
        linked=linked,
        origins=(one.where, other.where),
        evidence=agree,
        sentence=_sentence(one, other, agree, differ, step, but),
    )


def _compared(one: Person, other: Person) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What both tell and is equal, and what differs."""
    agree: list[str] = []
    differ: list[str] = []
    if one.number is not None and one.number == other.number:
        agree.append("身份证号")
    for word, fact in _FACTS:
        a, b = getattr(one, fact), getattr(other, fact)
        if a is not None and b is not None:
            (agree if a == b else differ).append(word)
    return tuple(agree), tuple(differ)


def _sentence(
    one: Person, other: Person, agree: Iterable[str], differ: Collection[str], step: int, but: str
) -> str:
    parts = ["经人确认"] if step == 0 else []
    if (said := _of_numbers(one, other)) is not None:
        parts.append(said)
    parts.append(f"{'、'.join(agree)}一致")
    if differ:
        names = f"({one.name}/{other.name})" if "姓名" in differ else ""
        parts.append(f"{'、'.join(differ)}不同{names}")
    if but:
        parts.append(but)
    return ",".join(parts)


def _of_numbers(one: Person, other: Person) -> str | None:
    """What is to be said of two numbers that are not the same sound one."""
    if one.number is not None and one.number == other.number:
        return None
    if one.written is None or other.written is None:
        return "一方没有身份证号" if one.written or other.written else "都没有身份证号"
    if one.number is not None and other.number is not None:
        return "身份证号不同"
    if rounded(one, other):
        return "身份证号末几位被Excel改成0"
    return "身份证号差一位" if slip(one, other) else "身份证号有误"
