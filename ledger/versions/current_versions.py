"""Selects the current submissions of a unit and form: a fuller one replaces, a partial one adds (docs/judging.md, Versions).

All files that arrive at one instant are one filing, and their order means nothing. A later filing replaces
everything current; or, of an earlier filing in several files, only the file whose students it sends again; of
a form with several documents (附件6: 送达书 and 登记表), only the same document. A partial filing replaces
too if its mail says so (以此为准). A child left out of it stays a case, as cases are read from every
submission.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType

from store.stored_values import ObligationKey, RowStudents, StoredSubmission, record_id, student_by_row

RowParts = Mapping[str, frozenset[str]]
"""By row id, the documents that the row belongs to (:mod:`ledger.versions.row_parts`)."""
ONE_DOCUMENT: RowParts = MappingProxyType({})
"""The row parts of forms that are one document."""
Entries = Mapping[str, frozenset[str]]
"""By document, the keys of the students in it; the document is "" where the form is one document."""
EntriesBySubmission = Mapping[str, Entries]

_ONE = ("",)
_NOBODY: frozenset[str] = frozenset()
_EMPTY: Entries = MappingProxyType({})


def group_by_obligation(
    submissions: Iterable[StoredSubmission],
) -> dict[ObligationKey, tuple[StoredSubmission, ...]]:
    """Returns the submissions of each obligation, in the order in which they are given."""
    result: dict[ObligationKey, list[StoredSubmission]] = {}
    for fact in submissions:
        result.setdefault(fact.key, []).append(fact)
    return {key: tuple(facts) for key, facts in result.items()}


def entries_by_submission(keys: RowStudents, parts: RowParts = ONE_DOCUMENT) -> EntriesBySubmission:
    """Returns by submission id the keys of its students, by document."""
    return {submission: _entries(submission, students, parts) for submission, students in keys.items()}


def _entries(submission: str, students: Sequence[str | None], parts: RowParts) -> Entries:
    if not parts:
        named = frozenset(student for student in students if student is not None)
        return {"": named} if named else _EMPTY
    result: dict[str, set[str]] = {}
    for ordinal, student in enumerate(students):
        for document in parts.get(record_id(submission, ordinal), _ONE) if student is not None else ():
            result.setdefault(document, set()).add(str(student))
    return {document: frozenset(named) for document, named in result.items()}


def select_current_versions(
    versions: Sequence[StoredSubmission],
    entries: EntriesBySubmission,
    full_share: float,
    day_of: Callable[[datetime], date],
) -> tuple[StoredSubmission, ...]:
    """Returns the current ones of these versions, oldest first; the input is in order of period and arrival.

    A filing with at least ``full_share`` (0..1) of the current students replaces them all, or, among several
    files of one day, those with which it shares students. With fewer it adds, and no child is taken as
    absent. A filing whose mail says that it replaces the others replaces all that arrived before that mail. A
    filing without rows (empty, or a zero report) replaces only others without rows. A filing with
    ``blocking`` errors never replaces one without such errors.

    Args:
        day_of: returns the office's day of an instant; the pieces of one mail may arrive within a day.
    """
    current: list[StoredSubmission] = []
    for filing in _filings(versions):
        others = [fact for fact in current if fact not in filing.versions]
        current = _Selection(entries, full_share, day_of).add(others, filing)
    return tuple(current)


def find_superseded_rows(
    current: Sequence[StoredSubmission], keys: RowStudents, parts: RowParts = ONE_DOCUMENT
) -> frozenset[str]:
    """Returns the ids of rows whose student a later filing sends again in the same document.

    Args:
        current: current submissions, oldest first.
    """
    newer: set[tuple[str, str]] = set()
    superseded_ids: set[str] = set()
    for _, filing in groupby(reversed(current), attrgetter("filing")):
        rows = [
            (row, {(student, document) for document in parts.get(row, _ONE)})
            for fact in filing
            for ordinal, student in enumerate(keys.get(fact.submission_id, ()))
            if student is not None and (row := record_id(fact.submission_id, ordinal))
        ]
        superseded_ids.update(row for row, entries in rows if entries <= newer)
        newer.update(entry for _, entries in rows for entry in entries)
    return frozenset(superseded_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierVersions:
    """The versions that were current before the last one, with their students."""

    submissions: tuple[StoredSubmission, ...]
    superseded: frozenset[str]
    """Ids of their rows that other rows had replaced."""
    row_by_student: Mapping[str, str]
    """By student key, the id of the row."""
    student_by_row: Mapping[str, str]
    """By row id the student key, in all versions; a student whose number was corrected has one key."""
    day: date
    """The office's day on which the last of them arrived."""


def select_earlier_versions(
    earlier: Sequence[StoredSubmission],
    keys: RowStudents,
    full_share: float,
    day_of: Callable[[datetime], date],
) -> EarlierVersions:
    """Returns which of these versions were current among themselves.

    Args:
        earlier: in order of period and arrival, at least one.
        keys: by submission, the student keys of these versions and of later ones, unified so that a child
            whose number was corrected neither appears nor disappears.
        day_of: returns the office's day of an instant.
    """
    before = select_current_versions(earlier, entries_by_submission(keys), full_share, day_of)
    superseded = find_superseded_rows(before, keys)
    return EarlierVersions(
        submissions=before,
        superseded=superseded,
        row_by_student={
            student: record
            for fact in before
            for ordinal, student in enumerate(keys.get(fact.submission_id, ()))
            if student and (record := record_id(fact.submission_id, ordinal)) not in superseded
        },
        student_by_row=student_by_row(keys),
        day=day_of(before[-1].received_at),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filing:
    """The versions of one period that arrived at one instant."""

    versions: tuple[StoredSubmission, ...]
    replaces: bool
    """Whether its mail says that it replaces earlier ones."""


def _filings(versions: Sequence[StoredSubmission]) -> list[_Filing]:
    """Returns the versions by period and arrival; a version sent again with the word that it replaces appears twice."""
    arrivals = {((fact.period or "", fact.received_at), fact.submission_id): fact for fact in versions}
    restated = [fact for fact in versions if fact.replaces_at not in (None, fact.received_at)]
    arrivals |= {(fact.filing, fact.submission_id): fact for fact in restated}
    arrival_times = sorted({arrival_time for arrival_time, _ in arrivals})
    return [
        _Filing(
            versions=(
                of_arrival := tuple(
                    fact for (arrival, _), fact in arrivals.items() if arrival == arrival_time
                )
            ),
            replaces=any(fact.replaces_at == arrival_time[1] for fact in of_arrival),
        )
        for arrival_time in arrival_times
    ]


@dataclass(frozen=True, slots=True)
class _Selection:
    """Applies filings of one unit and form one after the other."""

    entries: EntriesBySubmission
    full_share: float
    day_of: Callable[[datetime], date]

    def add(self, current: Sequence[StoredSubmission], filing: _Filing) -> list[StoredSubmission]:
        """Returns the current submissions after a filing: tables that can count first, then blocked and empty ones."""
        result = list(current)
        counting = [fact for fact in filing.versions if fact.records and not fact.blocking]
        blocked = [fact for fact in filing.versions if fact.records and fact.blocking]
        empty = [fact for fact in filing.versions if not fact.records]
        if counting:
            result = [*self._unreplaced(result, counting, replaces=filing.replaces), *counting]
        if blocked:
            result = self._add_blocked(result, blocked, replaces=filing.replaces)
        nil = [fact for fact in empty if fact.nil]
        if nil or (empty and not any(fact.records or fact.nil for fact in result)):
            # An empty form does not contradict earlier rows; within one mail, rows come last.
            same_filing = [fact for fact in result if fact in filing.versions]
            result = [
                *(fact for fact in result if fact.records and fact not in same_filing),
                *(nil or empty),
                *same_filing,
            ]
        return result

    def _add_blocked(
        self, current: Sequence[StoredSubmission], blocked: Sequence[StoredSubmission], *, replaces: bool
    ) -> list[StoredSubmission]:
        """Returns the current submissions with blocked tables, beside those that count only if they have further students."""
        if not any(fact.records and not fact.blocking for fact in current):
            return [*self._unreplaced(current, blocked, replaces=replaces), *blocked]
        if all(
            self._is_whole(self._students(current, document), self._students(blocked, document))
            for document in self._documents(blocked)
        ):
            return list(current)
        return [*(fact for fact in current if fact.records), *blocked]

    def _unreplaced(
        self, current: Sequence[StoredSubmission], later: Sequence[StoredSubmission], *, replaces: bool
    ) -> list[StoredSubmission]:
        """Returns the current versions that later ones do not replace, judged document by document."""
        return [
            fact
            for fact in current
            if fact.records
            and not all(
                self._is_replaced(fact, current, self._students(later, document), document, replaces=replaces)
                for document in self._documents([fact] if self._of(fact) else later)
            )
        ]

    def _is_replaced(
        self,
        fact: StoredSubmission,
        current: Sequence[StoredSubmission],
        sent: frozenset[str],
        document: str,
        *,
        replaces: bool,
    ) -> bool:
        before = self._students(current, document)
        if not sent:
            return not before  # the document was not sent again
        own_students = self._of(fact).get(document, _NOBODY)
        beside = [other for other in current if other is not fact and self._day(other) == self._day(fact)]
        is_whole = replaces or self._is_whole(before, sent)
        if not beside or replaces or not own_students:
            return is_whole
        if is_whole:  # one of several files of a filing stays where another of them was sent again
            return not sent.isdisjoint(own_students) or sent.isdisjoint(self._students(beside, document))
        return self._is_whole(own_students, sent) and self._is_apart(fact, current)

    def _is_whole(self, before: frozenset[str], sent: frozenset[str]) -> bool:
        return len(sent & before) >= self.full_share * len(before)

    def _is_apart(self, fact: StoredSubmission, current: Sequence[StoredSubmission]) -> bool:
        """Returns whether no other current version shares a student with this one, so that none corrects another."""
        others = [other for other in current if other is not fact]
        return all(
            students.isdisjoint(self._students(others, document))
            for document, students in self._of(fact).items()
        )

    def _of(self, fact: StoredSubmission) -> Entries:
        return self.entries.get(fact.submission_id, _EMPTY)

    def _students(self, facts: Sequence[StoredSubmission], document: str) -> frozenset[str]:
        return _NOBODY.union(*(self._of(fact).get(document, _NOBODY) for fact in facts))

    def _documents(self, facts: Sequence[StoredSubmission]) -> frozenset[str]:
        """Returns the documents of these submissions, or the single unnamed one if they have none."""
        return frozenset(document for fact in facts for document in self._of(fact)) or frozenset(_ONE)

    def _day(self, fact: StoredSubmission) -> tuple[str | None, date]:
        return fact.period, self.day_of(fact.last_arrival)
