"""The match rules that compare entries of two lists (docs/judging.md, One child), each an equality join with a test.

A rule yields pairs of indexes (left, right) that may be one child; :mod:`ledger.children.link_children`
decides which of them are linked.
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
    """Compares entries that share a key; those that pass the test are a pair."""

    step: int
    """The rule's number in docs/judging.md."""
    keys: KeyFunction
    test: PairTest
    links_unasked: bool = False
    """Whether its pairs may be linked without asking a person."""
    guarded: bool = False
    """Whether twins are excluded from linking unasked."""
    sure: PairTest = _always
    """A further condition for linking unasked; pairs that fail it are proposals."""
    largest_group: int = 60
    """Keys with more entries on one side are skipped: they identify no child, and skipping keeps the work linear."""

    def pairs(
        self, left: Sequence[Person], lefts: Iterable[int], right: Sequence[Person], rights: Iterable[int]
    ) -> Iterator[Pair]:
        """Yields the pairs among these indexes, each once."""
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
    """Returns whether two numbers differ by one slip of typing, or by an end that Excel rounded.

    Two sound numbers that differ belong to two children, so they never differ by a slip.
    """
    a, b = one.written, other.written
    if a is None or b is None or (one.number is not None and other.number is not None):
        return False
    return is_rounded(one, other) or OSA.distance(a, b, score_cutoff=1) <= 1


def is_rounded(one: Person, other: Person) -> bool:
    """Returns whether Excel rounded the end of one number (``…000``) and all other digits agree."""
    a, b = one.written or "", other.written or ""
    ends = (one.number is None and a.endswith(_ROUNDED)) or (other.number is None and b.endswith(_ROUNDED))
    return ends and len(a) == len(b) == 18 and a[:_KEPT_DIGITS] == b[:_KEPT_DIGITS]


def _name_or_birth(one: Person, other: Person) -> bool:
    return _same(one.name, other.name) or _same(one.stated_birth, other.stated_birth)


def is_other_family(one: Person, other: Person) -> bool:
    """Returns whether guardian and telephone differ wherever both sides give them; the township is too weak a sign."""
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
    """Returns whether two different names share sound or shape, and no fact that both sides give differs."""
    if one.name is None or other.name is None or one.name == other.name:
        return False
    facts = ((one.guardian, other.guardian), (one.phone, other.phone), (one.township, other.township))
    if any(a is not None and b is not None and a != b for a, b in facts) or not _one_family(one, other):
        return False
    return sound(one.name) == sound(other.name) or same_shape(one.name, other.name)


def _by_row_mark(one: Person) -> Iterable[Hashable]:
    return one.row_marks


def _kept_its_child(one: Person, other: Person) -> bool:
    """Returns whether a row that this program filled in advance is still about the same child.

    A clerk may paste other children over it while the invisible mark stays. So the name must agree, and not
    both birth date and family differ; or the name is written slightly differently and all else agrees.
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
"""The step of the rule that recognises a row by the mark of the row it was filled with."""

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
"""In the order of use; each sees only what earlier rules left. The last finds children with two changed facts."""

SAME_NUMBER = MatchRule(1, _by_number, is_other_child)
"""One number with different names and birth dates: never a link, always a question."""
