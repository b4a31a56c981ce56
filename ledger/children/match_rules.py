"""The match rules by which children of two lists are compared (``docs/judging.md``, One child), each an equality join with a test.

A match rule gives the pairs of indexes (left, right) of children who may be the same; who may be linked of
these is decided in :mod:`ledger.children.link_children`.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from ledger.children.lookalikes import same_shape, sound
from ledger.children.person import Person, is_other_child

Pair = tuple[int, int]
KeyFunction = Callable[[Person], Iterable[Hashable]]
PairTest = Callable[[Person, Person], bool]

_KEPT_DIGITS = 14  # Excel keeps 15 digits and rounds the last of them
_ROUNDED = "000"


def _always(_: Person, __: Person) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class MatchRule:
    """Compares persons who share a key; those who meet the test are a pair."""

    step: int
    keys: KeyFunction
    test: PairTest
    links_unasked: bool = False
    """Whether its pairs are linked without asking."""
    guarded: bool = False
    """Whether twins are left out of that."""
    sure: PairTest = _always
    """What else must hold for that; a pair without is a proposal."""
    largest_group: int = 60
    """So many of one key on one side tell nobody from another; it keeps the work linear."""

    def pairs(
        self, left: Sequence[Person], lefts: Iterable[int], right: Sequence[Person], rights: Iterable[int]
    ) -> Iterator[Pair]:
        """Returns the pairs among these indexes, each once."""
        ours: dict[Hashable, list[int]] = {}
        for index in lefts:
            for key in self.keys(left[index]):
                ours.setdefault(key, []).append(index)
        theirs: dict[Hashable, list[int]] = {}
        for index in rights if ours else ():
            for key in self.keys(right[index]):
                if key in ours:
                    theirs.setdefault(key, []).append(index)
        seen: set[Pair] = set()
        for key, others in theirs.items():
            ones = ours[key]
            if len(ones) > self.largest_group or len(others) > self.largest_group:
                continue
            for one in ones:
                for other in others:
                    pair = (one, other)
                    if pair not in seen and self.test(left[one], right[other]):
                        seen.add(pair)
                        yield pair


def _by_number(one: Person) -> Iterable[Hashable]:
    return () if one.number is None else (one.number,)


def _by_name_and_birth(one: Person) -> Iterable[Hashable]:
    if one.name is None:
        return ()
    births = {one.birth, one.stated_birth} - {None}  # a date mistyped in one list may be mistyped in another
    return tuple((one.name, birth) for birth in sorted(map(str, births)))


def _by_name_and_year(one: Person) -> Iterable[Hashable]:
    if one.name is None or one.birth is None or one.written is None:
        return ()
    return ((one.name, one.birth[:4]),)


def _by_guardian_and_birth(one: Person) -> Iterable[Hashable]:
    if one.guardian is None or one.phone is None or one.birth is None:
        return ()
    return ((one.guardian, one.phone, one.birth),)


def _by_birth_and_home(one: Person) -> Iterable[Hashable]:
    if one.birth is None or one.township is None or one.guardian is None or one.name is None:
        return ()
    return ((one.birth, one.township, one.guardian, one.name[0]),)


def _by_name_and_guardian(one: Person) -> Iterable[Hashable]:
    if one.name is None or one.guardian is None or one.birth is None:
        return ()
    return ((one.name, one.guardian, one.birth[:4]),)


def _by_guardian(one: Person) -> Iterable[Hashable]:
    if one.name is None or one.guardian is None or one.birth is None:
        return ()
    return ((one.name, one.guardian), (one.birth, one.guardian, one.name[0]))


def _by_likeness(one: Person) -> Iterable[Hashable]:
    if one.name is None or one.birth is None:
        return ()
    holes = ((one.birth, one.name[:n], one.name[n + 1 :]) for n in range(len(one.name)))
    return ((one.birth, sound(one.name)), *holes)


def _one_family(one: Person, other: Person) -> bool:
    return (
        _same(one.guardian, other.guardian)
        or _same(one.phone, other.phone)
        or _same(one.township, other.township)
    )


def differs_by_slip(one: Person, other: Person) -> bool:
    """Whether one number is the other with one slip of the pen, or with its end lost to Excel.

    Two sound numbers that differ are two children: there is no slip between them.
    """
    a, b = one.written, other.written
    if a is None or b is None or (one.number is not None and other.number is not None):
        return False
    return is_rounded(one, other) or OSA.distance(a, b, score_cutoff=1) <= 1


def is_rounded(one: Person, other: Person) -> bool:
    """Whether one of two numbers lost its end to Excel (``…000``), and the rest agrees."""
    a, b = one.written or "", other.written or ""
    ends = (one.number is None and a.endswith(_ROUNDED)) or (other.number is None and b.endswith(_ROUNDED))
    return ends and len(a) == len(b) == 18 and a[:_KEPT_DIGITS] == b[:_KEPT_DIGITS]


def _name_or_birth(one: Person, other: Person) -> bool:
    return _same(one.name, other.name) or _same(one.stated_birth, other.stated_birth)


def is_other_family(one: Person, other: Person) -> bool:
    """Returns whether guardian and telephone differ wherever both give them; one township makes no family."""
    given = [(a, b) for a, b in ((one.guardian, other.guardian), (one.phone, other.phone)) if a and b]
    return bool(given) and all(a != b for a, b in given)


def _family_may_agree(one: Person, other: Person) -> bool:
    return not is_other_family(one, other)


def _named_or_one_family(one: Person, other: Person) -> bool:
    return _same(one.name, other.name) or not is_other_family(one, other)


def _phone_or_township(one: Person, other: Person) -> bool:
    return _same(one.phone, other.phone) or _same(one.township, other.township)


def _home_or_slip_or_birth(one: Person, other: Person) -> bool:
    return _phone_or_township(one, other) or differs_by_slip(one, other) or _same(one.birth, other.birth)


def _looks_alike(one: Person, other: Person) -> bool:
    """Same sound or shape of the name, and all else that both tell equal."""
    if one.name is None or other.name is None or one.name == other.name:
        return False
    facts = ((one.guardian, other.guardian), (one.phone, other.phone), (one.township, other.township))
    if any(a is not None and b is not None and a != b for a, b in facts) or not _one_family(one, other):
        return False
    return sound(one.name) == sound(other.name) or same_shape(one.name, other.name)


def _by_row_mark(one: Person) -> Iterable[Hashable]:
    return one.row_marks


def _kept_its_child(one: Person, other: Person) -> bool:
    """Whether a row that was filled in for one child still tells of that child.

    A clerk may paste other children over it, and the mark that nobody sees stays. So the name must be the same, and
    not both birth date and family another; or all else the same, and the name written a little otherwise.
    """
    if _same(one.name, other.name):
        return (
            one.birth is None
            or other.birth is None
            or one.birth == other.birth
            or not is_other_family(one, other)
        )
    return _same(one.birth, other.birth) and _looks_alike(one, other)


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and one == other


MARK_STEP = 9
"""The step of the rule by which a row is known again that a form of ours was filled with."""

MATCH_RULES = (
    MatchRule(1, _by_number, _name_or_birth, links_unasked=True, sure=_named_or_one_family),
    MatchRule(2, _by_name_and_birth, _one_family, links_unasked=True, guarded=True, sure=_family_may_agree),
    MatchRule(
        3, _by_name_and_year, differs_by_slip, links_unasked=True, guarded=True, sure=_family_may_agree
    ),
    MatchRule(MARK_STEP, _by_row_mark, _kept_its_child, links_unasked=True, guarded=True),
    MatchRule(4, _by_guardian_and_birth, _always),
    MatchRule(5, _by_birth_and_home, _always),
    MatchRule(6, _by_name_and_guardian, _phone_or_township),
    MatchRule(7, _by_likeness, _looks_alike),
    MatchRule(8, _by_guardian, _home_or_slip_or_birth),
)
"""In the order in which they are asked; each takes what those before left. The last finds those of whom two facts changed."""

SAME_NUMBER = MatchRule(1, _by_number, is_other_child)
"""One number, another name and another birth date: never a link, always a question."""
