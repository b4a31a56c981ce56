"""Compares rows of one student in several files of one filing: equal, complementary or contradictory.

Files that arrived in one mail are parts of one filing, so neither is newer: equal rows count once, and of two
contradictory ones it is unknown which is right.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, groupby
from operator import attrgetter

from config.notice import FieldKind, Notice
from config.records.record import ROW_MARK
from store.stored_values import StoredRecord, StoredSubmission, record_id

_DECIDED: frozenset[FieldKind] = frozenset(
    {"date", "period", "choice", "sex", "bool", "grade", "class", "township"}
)
"""Kinds of fields with one right value; free texts differ by spelling alone."""
_POSITION = frozenset({"seq", ROW_MARK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two rows of one student in one filing whose values differ in some column."""

    one: StoredRecord
    other: StoredRecord
    columns: Mapping[str, str]
    """By field, the heading of each such column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaps:
    """The result of comparing the files of one filing."""

    repeated: frozenset[str]
    """Ids of rows that repeat a row of another file."""
    contradictions: tuple[Contradiction, ...]


def find_shared_rows(
    current: Sequence[StoredSubmission], keys: Mapping[str, Sequence[str | None]]
) -> Iterator[str]:
    """Yields the ids of rows whose student occurs in several files of one filing, among a form's current submissions.

    Args:
        keys: by submission, the student of each of its rows, in order.
    """
    for _, filing in groupby(current, attrgetter("filing")):
        files = {fact.submission_id: keys.get(fact.submission_id, ()) for fact in filing}
        times = Counter(key for rows in files.values() for key in {key for key in rows if key is not None})
        yield from (
            record_id(submission, ordinal)
            for submission, rows in files.items()
            for ordinal, key in enumerate(rows)
            if key is not None and times[key] > 1
        )


def compare_files(
    notice: Notice,
    rows: Sequence[StoredRecord],
    students: Mapping[str, str],
    arrivals: Mapping[str, datetime],
) -> Overlaps:
    """Returns the repeated and the contradictory rows of one student in different files of one filing.

    The order of the files has no influence.

    Args:
        students: by row id, the student.
        arrivals: by submission id, the instant of arrival.
    """
    groups: dict[tuple[object, ...], list[StoredRecord]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.sheet, row.row, row.record_id)):
        filing = (row.unit, row.form, arrivals[row.submission_id])
        groups[*filing, students[row.record_id]].append(row)
    repeated: set[str] = set()
    contradictions = []
    for group in groups.values():
        for one, other in combinations(group, 2):
            if one.submission_id == other.submission_id or repeated & {one.record_id, other.record_id}:
                continue
            if _content(one) == _content(other):
                repeated.add(other.record_id)
            elif columns := _contradicting(notice, one, other):
                contradictions.append(Contradiction(one=one, other=other, columns=columns))
    return Overlaps(repeated=frozenset(repeated), contradictions=tuple(contradictions))


def _contradicting(notice: Notice, one: StoredRecord, other: StoredRecord) -> dict[str, str]:
    """Returns by field the headings of columns in which two rows differ; a value that only one gives is no contradiction."""
    fields = {key: notice.fields[key] for key in notice.form(one.form).fields}
    return {
        key: field.heading
        for key, field in fields.items()
        if field.kind in _DECIDED and _differ(one.values.get(key), other.values.get(key))
    }


def _content(row: StoredRecord) -> dict[str, object]:
    return {key: value for key, value in row.values.items() if key not in _POSITION and not _is_blank(value)}


def _differ(one: object, other: object) -> bool:
    """Returns whether two values exclude each other; a month does not exclude a day in it."""
    if _is_blank(one) or _is_blank(other):
        return False
    if isinstance(one, str) and isinstance(other, str):
        return not (one.startswith(other) or other.startswith(one))
    return one != other


def _is_blank(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, Collection) and not value)
