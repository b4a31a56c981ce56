"""Selects the current submissions of a unit and form: a fuller one replaces, a partial one adds (``docs/judging.md``, Versions).

What arrives at one instant is one filing, however many files it has: its files stand beside each other, and
their order says nothing. A later filing replaces its counterparts: all that is current, or of a filing in several
files the one whose students it sends again; of a form with several documents (附件6: 送达书 and 登记表) only the same
document. A partial one replaces, too, where its mail says so (以此为准). Whoever is left out of it stays a case: cases
are read from every submission.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType

from store.stored_values import StoredSubmission

RowStudents = Mapping[str, Sequence[tuple[str, str | None]]]
"""By submission, the ids of its rows and the key of the student of each."""
RowParts = Mapping[str, frozenset[str]]
"""By row id, the documents that the row is of (:mod:`ledger.versions.row_parts`)."""
ONE_DOCUMENT: RowParts = MappingProxyType({})
"""Of rows of forms that are one document."""
Entry = tuple[str, str]
"""A student, and the document in which it stands; "" where the form is one document."""
Entries = Mapping[str, frozenset[Entry]]
"""By submission, its entries."""

_NONE: frozenset[Entry] = frozenset()


def entries_by_submission(keys: RowStudents, parts: RowParts = ONE_DOCUMENT) -> Entries:
    """Returns for each submission its students and their documents."""
    if not parts:
        return {
            submission: frozenset((key, "") for _, key in rows if key is not None)
            for submission, rows in keys.items()
        }
    return {
        submission: frozenset(
            (key, document) for row, key in rows if key is not None for document in parts.get(row, ("",))
        )
        for submission, rows in keys.items()
    }


def student_by_row(keys: RowStudents) -> dict[str, str]:
    """Returns for each row id the key of its student."""
    return {row: key for rows in keys.values() for row, key in rows if key is not None}


def select_current_versions(
    versions: Sequence[StoredSubmission],
    entries: Entries,
    full_share: float,
    day_of: Callable[[datetime], date],
) -> tuple[StoredSubmission, ...]:
    """Returns of versions in order of period and arrival the current ones, oldest first.

    A filing with ``full_share`` of the current students replaces them all, or of several files of one day those that
    it has students of; with fewer it adds, and nobody is taken as absent. One whose mail says that it replaces those before replaces all
    that arrived before that mail, however many it shares. One without rows (empty, or a zero report) replaces only
    its like, and one whose table cannot count (``blocking``) replaces none that can.

    Args:
        day_of: the office's day of an instant; one mail may come in pieces on one day.
    """
    current: list[StoredSubmission] = []
    for filing in _filings(versions):
        standing = [fact for fact in current if fact not in filing.versions]
        current = _Selection(entries, full_share, day_of).add(standing, filing)
    return tuple(current)


def find_superseded_rows(
    current: Sequence[StoredSubmission], keys: RowStudents, parts: RowParts = ONE_DOCUMENT
) -> frozenset[str]:
    """Returns the ids of rows whose student a later filing sends again in the same document.

    Args:
        current: current submissions, oldest first.
    """
    newer: set[Entry] = set()
    superseded_ids: set[str] = set()
    for _, filing in groupby(reversed(current), attrgetter("filing")):
        rows = [
            (row, _entries_of_row(row, key, parts))
            for fact in filing
            for row, key in keys.get(fact.submission_id, ())
            if key is not None
        ]
        superseded_ids.update(row for row, entries in rows if entries <= newer)
        newer.update(entry for _, entries in rows for entry in entries)
    return frozenset(superseded_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filing:
    """The versions of one period that arrived at one instant."""

    versions: tuple[StoredSubmission, ...]
    replaces: bool
    """Whether its mail says that it replaces those before it."""


def _filings(versions: Sequence[StoredSubmission]) -> list[_Filing]:
    """Returns the versions by period and arrival; one that was sent again with the word that it replaces arrives twice."""
    arrivals = {((fact.period or "", fact.received_at), fact.submission_id): fact for fact in versions}
    restated = [fact for fact in versions if fact.replaces_at not in (None, fact.received_at)]
    arrivals |= {(fact.filing, fact.submission_id): fact for fact in restated}
    places = sorted({place for place, _ in arrivals})
    return [
        _Filing(
            versions=(own := tuple(fact for (arrival, _), fact in arrivals.items() if arrival == place)),
            replaces=any(fact.replaces_at == place[1] for fact in own),
        )
        for place in places
    ]


@dataclass(frozen=True, slots=True)
class _Selection:
    """How the versions of one unit and form follow each other."""

    entries: Entries
    full_share: float
    day_of: Callable[[datetime], date]

    def add(self, current: Sequence[StoredSubmission], filing: _Filing) -> list[StoredSubmission]:
        """Returns what is current after a filing: first its tables that can count speak, then the rest."""
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
            # An empty form says nothing against what was sent before; of one mail, rows speak last.
            own = [fact for fact in result if fact in filing.versions]
            result = [*(fact for fact in result if fact.records and fact not in own), *(nil or empty), *own]
        return result

    def _add_blocked(
        self, current: Sequence[StoredSubmission], blocked: Sequence[StoredSubmission], *, replaces: bool
    ) -> list[StoredSubmission]:
        """Adds tables that cannot count: beside those that can only for students of whom nobody told."""
        if not any(fact.records and not fact.blocking for fact in current):
            return [*self._unreplaced(current, blocked, replaces=replaces), *blocked]
        sent, before = self._all_entries(blocked), self._all_entries(current)
        if all(self._is_whole(_in(before, document), sent) for document in _documents(sent)):
            return list(current)
        return [*(fact for fact in current if fact.records), *blocked]

    def _unreplaced(
        self, current: Sequence[StoredSubmission], later: Sequence[StoredSubmission], *, replaces: bool
    ) -> list[StoredSubmission]:
        """Returns those of the current versions that later ones leave standing; each document is judged by itself."""
        sent = self._all_entries(later)
        return [
            fact
            for fact in current
            if fact.records
            and not all(
                self._is_replaced(fact, current, _in(sent, document), document, replaces=replaces)
                for document in _documents(self._of(fact) or sent)
            )
        ]

    def _is_replaced(
        self,
        fact: StoredSubmission,
        current: Sequence[StoredSubmission],
        sent: frozenset[Entry],
        document: str,
        *,
        replaces: bool,
    ) -> bool:
        before = _in(self._all_entries(current), document)
        if not sent:
            return not before  # the document was not sent again
        own = _in(self._of(fact), document)
        beside = [other for other in current if other is not fact and self._day(other) == self._day(fact)]
        is_whole = replaces or self._is_whole(before, sent)
        if not beside or replaces or not own:
            return is_whole
        if is_whole:  # one of several files of a filing stays where another of them was sent again
            return not sent.isdisjoint(own) or sent.isdisjoint(self._all_entries(beside))
        return self._is_whole(own, sent) and self._is_apart(fact, current)

    def _is_whole(self, before: frozenset[Entry], sent: frozenset[Entry]) -> bool:
        return len(sent & before) >= self.full_share * len(before)

    def _is_apart(self, fact: StoredSubmission, current: Sequence[StoredSubmission]) -> bool:
        """Whether no other current version has a student of this one: it corrects none, and none corrects it."""
        own = self._of(fact)
        return all(own.isdisjoint(self._of(other)) for other in current if other is not fact)

    def _of(self, fact: StoredSubmission) -> frozenset[Entry]:
        return self.entries.get(fact.submission_id, _NONE)

    def _all_entries(self, facts: Sequence[StoredSubmission]) -> frozenset[Entry]:
        return _NONE.union(*(self._of(fact) for fact in facts))

    def _day(self, fact: StoredSubmission) -> tuple[str | None, date]:
        return fact.period, self.day_of(fact.last_arrival)


def _documents(entries: frozenset[Entry]) -> frozenset[str]:
    """The documents of these entries; of none, the one that most forms are."""
    return frozenset(document for _, document in entries) or frozenset({""})


def _in(entries: frozenset[Entry], document: str) -> frozenset[Entry]:
    return frozenset(entry for entry in entries if entry[1] == document)


def _entries_of_row(row: str, key: str | None, parts: RowParts) -> frozenset[Entry]:
    return _NONE if key is None else frozenset((key, document) for document in parts.get(row, ("",)))
