"""Everything recorded by an instant, and what is selected from it: current versions, their rows, rows of cases."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from config.notice import end_of_day
from ledger.children.columns.child_columns import ChildColumns
from ledger.instant import Arrivals
from ledger.officer_decisions import OfficerDecisions, decisions_in_force, read_officer_decisions
from ledger.senders import Senders, split_by_sender
from ledger.versions.corrected_numbers import unify_corrected_keys, versions_to_compare
from ledger.versions.current_versions import (
    EarlierVersions,
    EntriesBySubmission,
    RowParts,
    entries_by_submission,
    find_superseded_rows,
    group_by_obligation,
    select_current_versions,
    select_earlier_versions,
)
from ledger.versions.overruled_rows import OverruledRows
from ledger.versions.row_parts import parts_of_row
from ledger.versions.same_filing import Overlaps, compare_files, find_shared_rows
from ledger.versions.short_absences import find_short_absences, list_periods
from store.answers.overruled_values import OverruledValue, read_overruled
from store.questions.stored_rows import StoredRows
from store.stored_values import (
    ObligationKey,
    RowStudents,
    StoredDecision,
    StoredProblem,
    StoredProof,
    StoredRecord,
    StoredSubmission,
    student_by_row,
)

_SUBMISSIONS_AT_A_TIME = 100


@dataclass(frozen=True)
class Snapshot(Arrivals):
    """Everything that had arrived by ``as_of``, and the decisions made by then; rows are read on first use."""

    submissions: tuple[StoredSubmission, ...]
    """Those from proven senders, or accepted by an officer; only these can close a case or meet an obligation.

    The reason is in ``docs/decisions/007-no-stranger-makes-anything-better.md``.
    """
    unconfirmed: tuple[StoredSubmission, ...]
    """Those whose sender is not proven and that no officer has accepted."""
    senders: Senders

    @cached_property
    def across_notices(self) -> "Snapshot":
        """The same instant over every notice in the store, as a case continues from one semester to the next."""
        if self.notice_id is None:
            return self
        counting, unconfirmed = split_by_sender(self.recorded.submissions(None, self.as_of), self.senders)
        if len(counting) + len(unconfirmed) == len(self.submissions) + len(self.unconfirmed):
            return self
        return replace(self, notice_id=None, submissions=counting, unconfirmed=unconfirmed)

    def as_it_stood(self, day: date) -> "Snapshot":
        """Returns the snapshot at the end of an earlier day, over every notice.

        It contains what had arrived by then, and later submissions for a period that was over by then.
        """
        return replace(
            self.across_notices,
            as_of=end_of_day(day, self.zone),
            notice_id=None,
            submissions=tuple(fact for fact in self.across_notices.submissions if self.told_on(fact) <= day),
            unconfirmed=tuple(fact for fact in self.across_notices.unconfirmed if self.told_on(fact) <= day),
        )

    def as_if_accepted(self, file_ids: Iterable[str]) -> "Snapshot":
        """Returns the same instant as if an officer had accepted these files."""
        senders = replace(self.senders, accepted=self.senders.accepted.union(file_ids))
        counting, unconfirmed = split_by_sender(
            self.recorded.submissions(self.notice_id, self.as_of), senders
        )
        return replace(self, submissions=counting, unconfirmed=unconfirmed, senders=senders)

    @cached_property
    def overruled(self) -> tuple[OverruledValue, ...]:
        """The values that an officer overruled."""
        return read_overruled(self.decisions, self.roster.current_name)

    @cached_property
    def _rows(self) -> OverruledRows:
        return OverruledRows(self.recorded.rows, self.notice, self.roster, self.zone, self.overruled)

    @cached_property
    def versions(self) -> dict[ObligationKey, tuple[StoredSubmission, ...]]:
        """By obligation, all submissions from proven senders, in order of arrival."""
        return group_by_obligation(self.submissions)

    @cached_property
    def unconfirmed_versions(self) -> dict[ObligationKey, tuple[StoredSubmission, ...]]:
        """By obligation, all submissions from unproven senders, in order of arrival."""
        return group_by_obligation(self.unconfirmed)

    @cached_property
    def histories(self) -> dict[ObligationKey, tuple[StoredSubmission, ...]]:
        """By unit and form, all submissions from proven senders, earlier periods first, then in order of arrival."""
        result: dict[ObligationKey, list[StoredSubmission]] = {}
        for fact in self.submissions:
            result.setdefault(fact.key.of_form, []).append(fact)
        return {
            key: tuple(sorted(facts, key=lambda fact: (fact.notice == facts[-1].notice, fact.period or "")))
            for key, facts in result.items()
        }

    @cached_property
    def _last_semester(self) -> dict[ObligationKey, list[StoredSubmission]]:
        """By unit and form, the submissions of the last semester with any; its first one replaces those of earlier semesters."""
        return {
            key: [fact for fact in facts if fact.notice == facts[-1].notice]
            for key, facts in self.histories.items()
        }

    @cached_property
    def row_keys(self) -> RowStudents:
        """By submission id, the student keys of the last semester's versions (``read_row_keys``)."""
        return self.read_row_keys(self._last_semester.values(), self.notice.full_share)

    def read_row_keys(
        self, version_lists: Iterable[Sequence[StoredSubmission]], full_share: float
    ) -> RowStudents:
        """Returns by submission id the student key of each row, for all version lists with more than one version.

        A student whose number was corrected has one key in all versions, wherever that may decide whether a
        version that shares less than ``full_share`` (0..1) of the children replaces another.
        """
        several = [versions for versions in version_lists if len(versions) > 1]
        keys = self._rows.row_keys([version for versions in several for version in versions])
        compared = versions_to_compare(several, keys, full_share)
        if not compared:
            return keys
        rows = self._rows.records([version for versions in compared for version in versions])
        return unify_corrected_keys(keys, compared, rows)

    @cached_property
    def row_parts(self) -> RowParts:
        """By row id, the documents that rows of the last semester's versions belong to."""
        return self.read_row_parts(self._last_semester.values())

    def read_row_parts(self, version_lists: Iterable[Sequence[StoredSubmission]]) -> RowParts:
        """Returns by row id the documents of rows, for forms of several documents with more than one version."""
        compared = [
            version
            for versions in version_lists
            if len(versions) > 1 and self.notice.form(versions[0].form).parts
            for version in versions
        ]
        rows = self._rows.records(compared)
        return {row.record_id: parts_of_row(self.notice.form(row.form), row) for row in rows}

    @cached_property
    def current_versions(self) -> dict[ObligationKey, tuple[StoredSubmission, ...]]:
        """By obligation, the submissions that no later one has replaced; a list replaces none of another period."""
        return self._select_current(
            versions
            for facts in self._last_semester.values()
            for versions in group_by_obligation(facts).values()
        )

    @cached_property
    def latest_versions(self) -> dict[ObligationKey, tuple[StoredSubmission, ...]]:
        """By unit and form, the submissions that no later one has replaced, where a list also replaces those of earlier periods."""
        latest = {key.of_form: facts for key, facts in self.current_versions.items()}
        return latest | {key.of_form: facts for key, facts in self._over_periods.items()}

    @cached_property
    def _over_periods(self) -> dict[ObligationKey, tuple[StoredSubmission, ...]]:
        several = [facts for facts in self._last_semester.values() if facts[0].period != facts[-1].period]
        return self._select_current(several)

    def _select_current(
        self, version_lists: Iterable[Sequence[StoredSubmission]]
    ) -> dict[ObligationKey, tuple[StoredSubmission, ...]]:
        entries, share = self._entries, self.notice.full_share
        return {
            facts[-1].key: select_current_versions(facts, entries, share, self.day) for facts in version_lists
        }

    @cached_property
    def _entries(self) -> EntriesBySubmission:
        """The students of the last semester's versions, by submission and document."""
        return entries_by_submission(self.row_keys, self.row_parts)

    @cached_property
    def _several_current(self) -> dict[ObligationKey, tuple[StoredSubmission, ...]]:
        return {key: facts for key, facts in self.current_versions.items() if len(facts) > 1}

    @cached_property
    def _corrected_rows(self) -> dict[ObligationKey, frozenset[str]]:
        return self._correct(self._several_current)

    def _correct(
        self, versions: Mapping[ObligationKey, Sequence[StoredSubmission]]
    ) -> dict[ObligationKey, frozenset[str]]:
        return {
            key: find_superseded_rows(facts, self.row_keys, self.row_parts) for key, facts in versions.items()
        }

    @cached_property
    def overlaps(self) -> dict[ObligationKey, Overlaps]:
        """By obligation, how files of one filing agree on the same students, where the current filing has several files."""
        result = {}
        for key, facts in self._several_current.items():
            shared = frozenset(find_shared_rows(facts, self.row_keys)) - self._corrected_rows[key]
            if shared:
                rows = [row for row in self._rows.records(facts) if row.record_id in shared]
                arrivals = {fact.submission_id: fact.last_arrival for fact in facts}
                students = student_by_row({fact: self.row_keys[fact] for fact in arrivals})
                result[key] = compare_files(self.notice, rows, students, arrivals)
        return result

    @cached_property
    def superseded_rows(self) -> dict[ObligationKey, frozenset[str]]:
        """By obligation with several current submissions, ids of rows that a later one replaces or a file beside it repeats."""
        repeated = {key: overlaps.repeated for key, overlaps in self.overlaps.items()}
        result = {key: rows | repeated.get(key, frozenset()) for key, rows in self._corrected_rows.items()}
        return {key: rows for key, rows in result.items() if rows}

    @cached_property
    def _superseded_by_later(self) -> frozenset[str]:
        """Ids of superseded rows of the latest versions, within each period and across periods."""
        rows_over_periods = self._correct(self._over_periods).values()
        return frozenset[str]().union(*self.superseded_rows.values(), *rows_over_periods)

    def current_rows(self, form: str, unit: str | None = None) -> StoredRows:
        """Returns the current rows of a form, for each period its own, by unit, arrival and position in the file."""
        keys = _keys_of(self.current_versions, form, unit)
        rows = self._rows.records([fact for key in keys for fact in self.current_versions[key]])
        return rows.without(self.superseded_ids(keys))

    def latest_rows(self, form: str, unit: str | None = None) -> StoredRows:
        """Returns the rows of a form's latest versions, by unit, arrival and position in the file."""
        if unit is not None:
            return self._load_latest_rows(form, unit)
        if form not in self._latest_rows:
            self._latest_rows[form] = self._load_latest_rows(form, None)
        return self._latest_rows[form]

    @cached_property
    def _latest_rows(self) -> dict[str, StoredRows]:
        """The results of ``latest_rows`` by form, cached because several judgements read every child."""
        return {}

    def _load_latest_rows(self, form: str, unit: str | None) -> StoredRows:
        keys = _keys_of(self.latest_versions, form, unit)
        rows = self._rows.records([fact for key in keys for fact in self.latest_versions[key]])
        return rows.without(self._superseded_by_later)

    def earlier_versions(self, key: ObligationKey, last_period: str | None = None) -> EarlierVersions | None:
        """Returns the versions of a unit and form, of any semester, that were current before its last submission with rows.

        None if there are none, or if their rows were purged.

        Args:
            last_period: ignores submissions for later periods.
        """
        asked = (key, last_period)
        if asked not in self._earlier_versions:
            self._earlier_versions[asked] = self._find_earlier_versions(key, last_period)
        return self._earlier_versions[asked]

    @cached_property
    def _earlier_versions(self) -> dict[tuple[ObligationKey, str | None], EarlierVersions | None]:
        return {}

    def _find_earlier_versions(self, key: ObligationKey, last_period: str | None) -> EarlierVersions | None:
        versions = [
            fact
            for fact in self.across_notices.histories.get(key, ())
            if fact.records and (last_period is None or (fact.period or "") <= last_period)
        ]
        earlier = [fact for fact in versions if fact.filing < versions[-1].filing]
        if not earlier:
            return None
        keys = self.read_row_keys([versions], full_share=1.0)
        if any(fact.submission_id not in keys for fact in earlier):  # its rows were purged
            return None
        return select_earlier_versions(earlier, keys, self.notice.full_share, self.day)

    def rows_that_counted(self, versions: EarlierVersions) -> StoredRows:
        """Returns the rows of earlier versions that counted at that time."""
        return self._rows.records(versions.submissions).without(versions.superseded)

    def shown_rows(self, form: str, unit: str | None = None) -> StoredRows:
        """Returns the current rows of a form; for units without any, those that would be current if their senders were proven."""
        waiting = [
            self.unconfirmed_versions[key]
            for key in _keys_of(self.unconfirmed_versions, form, unit)
            if key not in self.current_versions and not self.senders.rules.hold
        ]
        row_keys = self.read_row_keys(waiting, self.notice.full_share)
        parts = self.read_row_parts(waiting)
        entries = entries_by_submission(row_keys, parts)
        current = [
            select_current_versions(facts, entries, self.notice.full_share, self.day) for facts in waiting
        ]
        superseded = frozenset[str]().union(
            *(find_superseded_rows(facts, row_keys, parts) for facts in current)
        )
        rows = self._rows.records([fact for facts in current for fact in facts])
        return StoredRows.joined((self.current_rows(form, unit), rows.without(superseded)))

    def stored_problems(self, submissions: Collection[StoredSubmission]) -> tuple[StoredProblem, ...]:
        """Returns the problems of these submissions, with officers' explanations."""
        problems = self._rows.problems(submissions)
        return tuple(self.officer_decisions.with_explanation(problem) for problem in problems)

    def problems_with_code(
        self, submissions: Collection[StoredSubmission], code: str
    ) -> tuple[StoredProblem, ...]:
        """Returns the problems of one code in these submissions, with officers' explanations."""
        problems = self._rows.problems(submissions, code)
        return tuple(self.officer_decisions.with_explanation(problem) for problem in problems)

    def superseded_ids(self, keys: Collection[ObligationKey]) -> set[str]:
        """Returns the ids of rows of these obligations that another current submission replaces or repeats."""
        return {row for key in keys for row in self.superseded_rows.get(key, ())}

    @cached_property
    def case_rows(self) -> tuple[StoredRecord, ...]:
        """Every row of 附件3–6 from proven senders, of current versions or not, by day, form and arrival (R30)."""
        return self._rows_of_cases(self.submissions)

    @cached_property
    def unconfirmed_case_rows(self) -> tuple[StoredRecord, ...]:
        """Every row of 附件3–6 from unproven senders, by day, form and arrival; it closes no case but may open one."""
        return self._rows_of_cases(self.unconfirmed)

    @property
    def rows_that_open_cases(self) -> tuple[StoredRecord, ...]:
        """The rows of 附件3–6 from unproven senders that may open cases; none under ``[trust] policy = "hold"``."""
        return () if self.senders.rules.hold else self.unconfirmed_case_rows

    def _rows_of_cases(self, submissions: Iterable[StoredSubmission]) -> tuple[StoredRecord, ...]:
        order = {form.key: index for index, form in enumerate(self.case_forms)}
        facts = [fact for fact in submissions if fact.form in order]
        rows = tuple(self._rows.records(facts))
        if self.notice.persuasion.absent_days is not None:
            short = self._short_absences(facts, rows)
            rows = tuple(row for row in rows if row.record_id not in short)
        rows = tuple(row for row in rows if not self._is_on_short_leave(row))

        def place(row: StoredRecord) -> tuple[object, ...]:
            # The hour counts among versions of one form alone: a mail may come in pieces, and in any order.
            # Rows equal in these are ordered by their values, never by the id of a file.
            return (
                self.told_on(row), order[row.form], row.unit, row.received_at,
                row.sheet, row.row, repr(sorted(row.values.items())), row.record_id,
            )  # fmt: skip

        return tuple(sorted(rows, key=place))

    def _is_on_short_leave(self, row: StoredRecord) -> bool:
        """Returns whether a register reports a child as away for some days (请假), which is neither out of school nor back."""
        return row.form in self.registers and row.values.get("status") in self.notice.meant(
            "status", "absent"
        )

    def _short_absences(
        self, facts: Iterable[StoredSubmission], rows: Sequence[StoredRecord]
    ) -> frozenset[str]:
        """Returns the ids of rows whose child has not been absent for long enough to be 疑似."""
        lists = [
            (fact, self.told_on(fact), self.day(fact.received_at))
            for fact in facts
            if fact.period is not None and (fact.records or fact.nil) and not fact.blocking
        ]
        dated = ((row, self.told_on(row)) for row in rows)
        return frozenset(find_short_absences(self.notice, dated, list_periods(lists, rows), self.today))

    @cached_property
    def replaced_submissions(self) -> tuple[StoredSubmission, ...]:
        """Every submission about children that a later one replaced."""
        return tuple(
            submission
            for key, submissions in self.histories.items()
            if key.form in self.child_forms
            for submission in submissions
            if submission.records and submission not in self.latest_versions[key]
        )

    def replaced_rows(self) -> Iterator[StoredRows]:
        """Yields the rows of these in chunks, as they may be more than all current rows together."""
        for start in range(0, len(self.replaced_submissions), _SUBMISSIONS_AT_A_TIME):
            rows = self._rows.records(self.replaced_submissions[start : start + _SUBMISSIONS_AT_A_TIME])
            registers = StoredRows(part for part in rows.parts if part.form in self.registers)
            yield rows.without(set(registers.record_ids) - self._ids_of_case_rows) if registers else rows

    @cached_property
    def _ids_of_case_rows(self) -> frozenset[str]:
        return frozenset(row.record_id for row in self.case_rows)

    def records_as_sent(self, submissions: Collection[StoredSubmission]) -> StoredRows:
        """Returns every row of these submissions as sent, without officers' corrections."""
        return self.recorded.rows.records(submissions)

    def records_of(self, submissions: Collection[StoredSubmission]) -> StoredRows:
        """Returns every row of these submissions, superseded ones included."""
        return self._rows.records(submissions)

    @cached_property
    def proof_documents(self) -> tuple[StoredProof, ...]:
        """Certificates and photographs from proven senders, or accepted by an officer."""
        return tuple(one for one in self.arrived_proof_documents if self._counts(one))

    @cached_property
    def unconfirmed_proof_documents(self) -> tuple[StoredProof, ...]:
        """Certificates and photographs whose sender is not proven and that no officer has accepted."""
        return tuple(one for one in self.arrived_proof_documents if not self._counts(one))

    def _counts(self, proof_document: StoredProof) -> bool:
        return self.senders.counts(proof_document.sent_by, proof_document.unit, proof_document.file_id)

    @cached_property
    def decisions(self) -> tuple[StoredDecision, ...]:
        """The decisions in force at ``as_of``, oldest first."""
        return decisions_in_force([one for one in self.recorded.decisions if one.at <= self.as_of])

    @cached_property
    def officer_decisions(self) -> OfficerDecisions:
        """The extensions, exemptions and explanations under this notice."""
        return read_officer_decisions(self.decisions, self.notice.id, self.roster.current_name)

    def current_children(self) -> ChildColumns:
        """Returns the rows of all rolls, registers and forms about visits that give the present state, by form."""
        return ChildColumns(StoredRows.joined(map(self.latest_rows, self.child_forms)))

    @cached_property
    def rolls(self) -> ChildColumns:
        """Every current row of the rolls."""
        forms = {form.key for form in self.roll_forms}
        return ChildColumns(
            StoredRows.joined(self.latest_rows(form) for form in self.child_forms if form in forms)
        )


def _keys_of(keys: Iterable[ObligationKey], form: str, unit: str | None) -> list[ObligationKey]:
    """Returns the keys of one form, and of one unit or all, sorted."""
    return sorted(
        (key for key in keys if key.form == form and unit in (None, key.unit)), key=lambda key: key.place
    )
