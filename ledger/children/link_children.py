"""Links entries of two lists that are the same child (docs/judging.md, One child), in time linear in the rows.

Three guards keep siblings apart: two different sound numbers never link (*veto*); a match rule links only a
pair that is unique on both sides (*one-to-one*); an entry that shares telephone and birth date with another
of its own list is linked by a sound number only (*twin guard*). Pairs that a rule matches but must not link
are proposals for a person to decide.

A row of a form that this program filled in advance carries a mark of the row it came from. The mark links
only where the name still agrees, as a clerk may paste another child over the row.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ledger.children.linked_children import NO_DECISIONS, Link, LinkResult, PairDecisions
from ledger.children.match_rules import (
    MARK_STEP,
    MATCH_RULES,
    SAME_NUMBER,
    MatchRule,
    Pair,
    differs_by_slip,
    is_rounded,
)
from ledger.children.person import Person
from ledger.children.twin_guards import crossed_twins, is_vetoed, twins

_FACTS = (("姓名", "name"), ("出生日期", "birth"), ("监护人", "guardian"), ("电话", "phone"), ("户籍乡镇", "township"))  # fmt: skip


def link(
    left: Sequence[Person], right: Sequence[Person], pair_decisions: PairDecisions = NO_DECISIONS
) -> LinkResult:
    """Returns the links between two lists that have one entry per child each."""
    guards = twins(left), twins(right)
    return _link_sides(_Sides(left, right, *guards, pair_decisions, within=False))


def link_within(persons: Sequence[Person], pair_decisions: PairDecisions = NO_DECISIONS) -> LinkResult:
    """Returns the links within one list, never between two entries that one submission lists side by side."""
    guard = crossed_twins(persons)
    return _link_sides(_Sides(persons, persons, guard, guard, pair_decisions, within=True))


@dataclass(frozen=True, slots=True)
class _Sides:
    """The two lists being linked, with the indexes that the twin guard excludes."""

    left: Sequence[Person]
    right: Sequence[Person]
    left_twins: frozenset[int]
    right_twins: frozenset[int]
    pair_decisions: PairDecisions
    within: bool  # the two are one list

    def may_pair(self, pair: Pair) -> bool:
        """Returns whether neither the veto nor an officer separates a pair.

        Within one list it also excludes the mirrored pair and two rows of one submission.
        """
        one, other = self.left[pair[0]], self.right[pair[1]]
        if is_vetoed(one, other) or self.pair_decisions.separates(one, other):
            return False
        return not self.within or (pair[0] < pair[1] and not one.submission_ids & other.submission_ids)

    def twin(self, pair: Pair) -> bool:
        """Returns whether either entry is a twin."""
        return pair[0] in self.left_twins or pair[1] in self.right_twins


def _link_sides(sides: _Sides) -> LinkResult:
    links = LinkResult()
    linked_indexes: tuple[set[int], set[int]] = set(), set()
    if sides.within:
        linked_indexes = (linked_indexes[0], linked_indexes[0])
    proposals: dict[Pair, tuple[int, str]] = {}
    for pair in _joined_pairs(sides):
        _add_link(sides, links, linked_indexes, pair, 0)
    lefts, rights = _unlinked(sides, linked_indexes)
    for pair in SAME_NUMBER.pairs(sides.left, lefts, sides.right, rights):
        if sides.may_pair(pair):
            links.same_number.append(_link(sides, pair, SAME_NUMBER.step, linked=False))
    for rule in MATCH_RULES:
        lefts, rights = _unlinked(sides, linked_indexes)
        pairs = [p for p in rule.pairs(sides.left, lefts, sides.right, rights) if sides.may_pair(p)]
        unambiguous = _unambiguous(pairs, sides.within)
        for pair in pairs:
            doubt = _doubt(sides, rule, pair, unambiguous)
            if rule.links_unasked and doubt is None:
                _add_link(sides, links, linked_indexes, pair, rule.step)
            elif rule.links_unasked or pair in unambiguous:
                proposals.setdefault(pair, (rule.step, doubt or ""))
    for pair, (step, why) in proposals.items():
        if pair[0] not in linked_indexes[0] and pair[1] not in linked_indexes[1]:
            links.proposed.append(_link(sides, pair, step, linked=False, doubt=why))
    return links


def _doubt(sides: _Sides, rule: MatchRule, pair: Pair, unambiguous: Collection[Pair]) -> str | None:
    """Returns in Chinese why a pair of this rule must not be linked unasked, or None."""
    if rule.guarded and sides.twin(pair):
        return "但同一册中有同胞"
    if pair not in unambiguous:
        return "但不止一人相符"
    return None if rule.sure(sides.left[pair[0]], sides.right[pair[1]]) else "但家庭不符"


def _unlinked(sides: _Sides, linked_indexes: tuple[set[int], set[int]]) -> tuple[list[int], list[int]]:
    """Returns the indexes of both lists that have no link yet."""
    return (
        [index for index in range(len(sides.left)) if index not in linked_indexes[0]],
        [index for index in range(len(sides.right)) if index not in linked_indexes[1]],
    )


def _joined_pairs(sides: _Sides) -> list[Pair]:
    """Returns the pairs that an officer joined; the veto does not apply to them."""
    if not sides.pair_decisions.joined:
        return []
    named = frozenset().union(*sides.pair_decisions.joined)
    ones = [index for index, p in enumerate(sides.left) if p.ids & named]
    others = [index for index, p in enumerate(sides.right) if p.ids & named]
    return [
        (one, other)
        for one in ones
        for other in others
        if sides.pair_decisions.joins(sides.left[one], sides.right[other])
        and not sides.pair_decisions.separates(sides.left[one], sides.right[other])
        and (not sides.within or one < other)
    ]


def _unambiguous(pairs: Sequence[Pair], within: bool) -> frozenset[Pair]:
    """Returns the pairs whose two members match no other entry by this rule."""
    if within:
        ends = Counter(index for pair in pairs for index in pair)
        return frozenset(pair for pair in pairs if ends[pair[0]] == ends[pair[1]] == 1)
    lefts, rights = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    return frozenset(pair for pair in pairs if lefts[pair[0]] == rights[pair[1]] == 1)


def _add_link(
    sides: _Sides, links: LinkResult, linked_indexes: tuple[set[int], set[int]], pair: Pair, step: int
) -> None:
    linked_indexes[0].add(pair[0])
    linked_indexes[1].add(pair[1])
    links.linked.append(_link(sides, pair, step, linked=True))


def _link(sides: _Sides, pair: Pair, step: int, *, linked: bool, doubt: str = "") -> Link:
    one, other = sides.left[pair[0]], sides.right[pair[1]]
    agree, differ = _compared(one, other)
    return Link(
        left=one.key,
        right=other.key,
        step=step,
        linked=linked,
        origins=(one.where, other.where),
        sentence=_sentence(one, other, agree, differ, step, doubt),
    )


def _compared(one: Person, other: Person) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns the names of facts that both sides give: those that agree, and those that differ."""
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
    one: Person, other: Person, agree: Iterable[str], differ: Collection[str], step: int, doubt: str
) -> str:
    parts = ["经人确认"] if step == 0 else []
    if (number_sentence := _compare_numbers(one, other)) is not None:
        parts.append(number_sentence)
    parts.append(f"{'、'.join(agree)}一致")
    if differ:
        names = f"({one.name}/{other.name})" if "姓名" in differ else ""
        parts.append(f"{'、'.join(differ)}不同{names}")
    if step == MARK_STEP:
        parts.append("是预填表里的同一行")
    if doubt:
        parts.append(doubt)
    return ",".join(parts)


def _compare_numbers(one: Person, other: Person) -> str | None:
    """Returns in Chinese how two numbers relate that are not the same sound one, or None if they are."""
    if one.number is not None and one.number == other.number:
        return None
    if one.written is None or other.written is None:
        return "一方没有身份证号" if one.written or other.written else "都没有身份证号"
    if one.number is not None and other.number is not None:
        return "身份证号不同"
    if is_rounded(one, other):
        return "身份证号末几位被Excel改成0"
    return "身份证号差一位" if differs_by_slip(one, other) else "身份证号有误"
