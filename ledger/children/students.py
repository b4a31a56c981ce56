"""Groups the rows of 附件3–6 by child over mails, forms and spellings, by match rules and officers' decisions."""

from collections.abc import Iterable, Mapping, Sequence

from ledger.children.group_rows import group_persons
from ledger.children.link_children import link_within
from ledger.children.linked_children import Link, PairDecisions, Part, Student, Students
from ledger.children.person import person_of
from ledger.children.student_keys import Rows, aliases, case_id, group_by_student
from store.stored_values import StoredDecision, StoredRecord


def link_students(rows: Sequence[StoredRecord], decisions: Sequence[StoredDecision]) -> Students:
    """Returns the children of these rows, which are oldest first, as linked by match rules and officers' decisions."""
    groups, pair_decisions = _apply_decisions(group_by_student(rows), decisions)
    persons = [person_of(key, cluster, aliases(key, cluster)) for key, cluster in groups]
    order = {row.record_id: index for index, row in enumerate(rows)}
    parts = [
        _part([groups[index] for index in indexes], order)
        for indexes in group_persons(persons, pair_decisions)
    ]
    result = link_within([part.person for part in parts], pair_decisions)
    members: dict[str, list[Part]] = {part.person.key: [part] for part in parts}
    links: dict[str, list[Link]] = {part.person.key: [] for part in parts}
    for one in result.linked:
        both = {id(members[key]): members[key] for key in (one.left, one.right)}
        joined = [part for cluster in both.values() for part in cluster]
        reasons = [*links[one.left], *(link for link in links[one.right] if link not in links[one.left]), one]
        for part in joined:
            members[part.person.key], links[part.person.key] = joined, reasons
    by_identity = {id(cluster): (cluster, links[key]) for key, cluster in members.items()}
    students = [_student(cluster, reasons, order) for cluster, reasons in by_identity.values()]
    students.sort(key=lambda student: order[student.rows[0].record_id])
    return Students(all=tuple(students), possible=tuple(result.proposed))


def _part(groups: Sequence[tuple[str, Rows]], order: Mapping[str, int]) -> Part:
    rows = _in_order((row for _, members in groups for row in members), order)
    keys = sorted((key for key, _ in groups), key=lambda key: not key[:1].isdigit())  # a number first
    ids = frozenset(alias for key, members in groups for alias in aliases(key, members))
    return Part(person=person_of(keys[0], rows, ids), rows=rows, keys=tuple(keys))


def _student(parts: Sequence[Part], links: Sequence[Link], order: Mapping[str, int]) -> Student:
    keys = sorted((part.person.key for part in parts), key=lambda key: not key[:1].isdigit())
    return Student(
        key=keys[0],
        ids=frozenset().union(*(part.person.ids for part in parts)),
        parts=tuple(parts),
        rows=_in_order((row for part in parts for row in part.rows), order),
        links=tuple(links),
    )


def _in_order(rows: Iterable[StoredRecord], order: Mapping[str, int]) -> Rows:
    return tuple(sorted(rows, key=lambda row: order[row.record_id]))


def _apply_decisions(
    groups: list[tuple[str, Rows]], decisions: Sequence[StoredDecision]
) -> tuple[list[tuple[str, Rows]], PairDecisions]:
    """Returns the groups with split-off submissions as groups of their own, and the decisions on pairs of ids."""
    last: dict[frozenset[str], str] = {}
    for decision in decisions:
        if decision.kind not in ("merge", "split") or decision.detail is None:
            continue
        last[frozenset((decision.subject, decision.detail))] = decision.kind
        if decision.kind == "merge":
            continue
        remaining: list[tuple[str, Rows]] = []
        for key, rows in groups:
            is_subject = decision.subject in aliases(key, rows)
            separated_rows = tuple(row for row in rows if row.submission_id == decision.detail)
            if not is_subject and separated_rows:
                last[frozenset((decision.subject, case_id(key)))] = "split"
            if not is_subject or not separated_rows or len(separated_rows) == len(rows):
                remaining.append((key, rows))
                continue
            apart = f"{key}#{decision.detail}"
            last[frozenset((case_id(key), case_id(apart)))] = "split"
            remaining += [
                (key, tuple(row for row in rows if row not in separated_rows)),
                (apart, separated_rows),
            ]
        groups = remaining
    pairs = {kind: frozenset(pair for pair, k in last.items() if k == kind) for kind in ("merge", "split")}
    return groups, PairDecisions(joined=pairs["merge"], separated=pairs["split"])


def read_pair_decisions(decisions: Iterable[StoredDecision]) -> PairDecisions:
    """Returns officers' latest decision on each pair of children, by ids."""
    return _apply_decisions([], tuple(decisions))[1]
