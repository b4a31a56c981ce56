"""Links the children of two lists who are the same child (``docs/judging.md``, One child), in time linear in the rows.

A row of a form that this program filled in carries a mark of the row that it was filled with; it links where the name
stays, for a clerk may paste another child over it.

Three rules keep siblings apart: two different sound numbers are never one child (*veto*); a match
rule links only who fits one alone, seen from both sides (*one-to-one*); who shares telephone and birth date with
another of the own list is linked by nothing but a sound number (*twin guard*). Pairs that a rule
matches and may not link are proposals, for a person to decide.
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
    """Links two lists with one entry a child each."""
    guards = twins(left), twins(right)
    return _link_sides(_Sides(left, right, *guards, pair_decisions, within=False))


def link_within(persons: Sequence[Person], pair_decisions: PairDecisions = NO_DECISIONS) -> LinkResult:
    """Links the persons of one list with each other, but never two that one submission lists side by side."""
    guard = crossed_twins(persons)
    return _link_sides(_Sides(persons, persons, guard, guard, pair_decisions, within=True))


@dataclass(frozen=True, slots=True)
class _Sides:
    left: Sequence[Person]
    right: Sequence[Person]
    left_twins: frozenset[int]
    right_twins: frozenset[int]
    pair_decisions: PairDecisions
    within: bool  # the two are one list

    def may_pair(self, pair: Pair) -> bool:
        """The veto, a person's bar, and in one list: each pair once, and never two rows of one submission."""
        one, other = self.left[pair[0]], self.right[pair[1]]
        if is_vetoed(one, other) or self.pair_decisions.separates(one, other):
            return False
        return not self.within or (pair[0] < pair[1] and not one.submission_ids & other.submission_ids)

    def twin(self, pair: Pair) -> bool:
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
    """Returns why a pair of this match rule is not to be linked without asking, or None."""
    if rule.guarded and sides.twin(pair):
        return "但同一册中有同胞"
    if pair not in unambiguous:
        return "但不止一人相符"
    return None if rule.sure(sides.left[pair[0]], sides.right[pair[1]]) else "但家庭不符"


def _unlinked(sides: _Sides, linked_indexes: tuple[set[int], set[int]]) -> tuple[list[int], list[int]]:
    """Returns the indexes that nobody has been linked to yet."""
    return (
        [index for index in range(len(sides.left)) if index not in linked_indexes[0]],
        [index for index in range(len(sides.right)) if index not in linked_indexes[1]],
    )


def _joined_pairs(sides: _Sides) -> list[Pair]:
    """The pairs that a person joined, veto or not."""
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
    """Returns the pairs of which each member fits nobody else by this match rule."""
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
    """Returns the facts that both sides give: those that agree, and those that differ."""
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
    """What is to be said of two numbers that are not the same sound one."""
    if one.number is not None and one.number == other.number:
        return None
    if one.written is None or other.written is None:
        return "一方没有身份证号" if one.written or other.written else "都没有身份证号"
    if one.number is not None and other.number is not None:
        return "身份证号不同"
    if is_rounded(one, other):
        return "身份证号末几位被Excel改成0"
    return "身份证号差一位" if differs_by_slip(one, other) else "身份证号有误"
