"""Finds old mails that must stay, because an open case, a dispute, a question or a decision depends on them.

A purge changes no case: the office is judged once without the mails to be purged, and mails that change a result
stay.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from config.errors import StoreError
from kongchuo.office import Office
from ledger.assessment import Judgements
from ledger.children.columns.child_columns import birth_in_number, birth_of
from ledger.children.linked_children import Student
from ledger.officer_decisions import HOLD, HOLD_ALL
from ledger.results import Case, CaseState, Finding
from store.retention.purged_mails import OldMail
from store.stored_values import Disposition, ObligationKey, StoredRecord, StoredSubmission, submission_of

_ALWAYS_KEPT = (CaseState.OPEN, CaseState.SUSPECTED)
_YOUNGEST = 6
"""The age in years that a child without a birth date is taken to have had when its case began: the lowest that a case can have."""
_MOST_ROUNDS = 6
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class Hold(StrEnum):
    """The reasons for keeping a mail, in the words that people read."""

    PERSON = "有人决定不得清理"
    WAITING = "等人处理(kongchuo questions)"
    CASE = "个案的依据(未结案,或学生还没有到年龄)"
    DISPUTE = "比对有矛盾没有说清(kongchuo crosscheck)"
    SERIES = "同一张表有更早的还要留"


@dataclass(frozen=True)
class KeptMails:
    """Decides which of some old mails stay, at an instant."""

    office: Office
    now: datetime
    old: tuple[OldMail, ...]

    @cached_property
    def _judged(self) -> Judgements:
        return Judgements(self.office.snapshot_at(self.now)).across_notices

    @cached_property
    def _copies(self) -> tuple[StoredSubmission, ...]:
        """Every submission, once for each mail that contains it."""
        return self.office.store.submissions.copies(None, _END_OF_TIME)

    @cached_property
    def _mails_of(self) -> Mapping[str, frozenset[str]]:
        """Maps each submission to the mails that contain it."""
        mails: dict[str, set[str]] = {}
        for copy in self._copies:
            mails.setdefault(copy.submission_id, set()).add(copy.message_id)
        return {submission: frozenset(found) for submission, found in mails.items()}

    @cached_property
    def is_everything_held(self) -> bool:
        """Whether a person decided that nothing may be purged."""
        return HOLD_ALL in self._held_subjects

    @cached_property
    def _held_subjects(self) -> frozenset[str]:
        return frozenset(one.subject for one in self._judged.snapshot.decisions if one.kind == HOLD)

    def mails_of_case(self, case: Case) -> set[str]:
        """Returns the mails with rows on which a case depends."""
        return self._mails_with(self._submissions_of(lambda one: one.case_id == case.case_id))

    def kept_until(self, case: Case) -> date | None:
        """Returns the day on which the child of a case reaches the age until which its mails stay; None while it is open."""
        if case.state in _ALWAYS_KEPT:
            return None
        return _years_later(self._birth_of(case), self.office.settings.retention.case_until_age)

    def find_holds(self) -> dict[str, Hold]:
        """Returns by message the reason why it stays; the other messages may be purged.

        Raises:
            StoreError: a case would change whatever stays; then nothing may be purged.
        """
        old = {mail.message_id for mail in self.old}
        if not old:
            return {}
        holds: dict[str, Hold] = {}

        def hold(messages: Iterable[str], why: Hold) -> None:
            for message in messages:
                if message in old:
                    holds.setdefault(message, why)

        hold(self._held_by_person(old), Hold.PERSON)
        hold((mail.message_id for mail in self.old if not mail.is_read), Hold.WAITING)
        hold((file.message_id for file in self._waiting_files()), Hold.WAITING)
        hold(self._mails_with(self._submissions_of_cases()), Hold.CASE)
        hold(self._proofs_of_cases(), Hold.CASE)
        disputes = (one for one in self._judged.findings if self._is_dispute(one))
        disputed = {submission_of(row) for finding in disputes for row in finding.records}
        hold(self._mails_with(disputed), Hold.DISPUTE)
        for _ in range(_MOST_ROUNDS):
            hold(self._later_in_series(old, holds), Hold.SERIES)
            changed = self._changed_children(old - holds.keys())
            if not changed:
                return holds
            before = len(holds)
            hold(self._mails_with(self._submissions_naming(changed)), Hold.CASE)
            if len(holds) == before:
                break
        raise StoreError("清理会改变个案,没有清理:请把 kongchuo purge --dry-run 的输出告诉维护的人")

    def _mails_with(self, submissions: Iterable[str]) -> set[str]:
        return {mail for each in submissions for mail in self._mails_of.get(each, ())}

    def _held_by_person(self, old: set[str]) -> set[str]:
        subjects = self._held_subjects
        if self.is_everything_held:
            return old
        units = {subject.removeprefix("unit:") for subject in subjects if subject.startswith("unit:")}
        units = {self.office.roster.current_name(unit) for unit in units}
        held = {copy.message_id for copy in self._copies if copy.unit in units}
        held |= {
            file.message_id
            for file in self._files
            if file.unit_hint in units or any(link.unit in units for link in file.links)
        }
        cases = {subject.removeprefix("case:") for subject in subjects if subject.startswith("case:")}
        return held | self._mails_with(self._submissions_of(lambda case: case.case_id in cases))

    @cached_property
    def _files(self) -> Sequence[Any]:
        return self.office.store.files.arrived(_END_OF_TIME)

    def _waiting_files(self) -> Iterable[Any]:
        unconfirmed = {mail for one in self._judged.snapshot.unconfirmed for mail in one.message_ids}
        return (
            file
            for file in self._files
            if file.disposition is Disposition.QUARANTINED or file.message_id in unconfirmed
        )

    def _submissions_of_cases(self) -> set[str]:
        return self._submissions_of(self._stays)

    def _submissions_of(self, wanted: Callable[[Case], bool]) -> set[str]:
        """Returns the submissions whose rows these cases depend on, including rolls that list the child."""
        cases = [case for case in (*self._judged.cases, *self._judged.suspected) if wanted(case)]
        submission_ids = {origin.submission_id for case in cases for origin in case.origins}
        ids = {case.case_id for case in cases}
        enrolment = self._judged.enrolment
        for student in self._judged.students.all:
            if student.ids.isdisjoint(ids):
                continue
            submission_ids |= {row.submission_id for row in _rows_of(student)}
            for part in {student.key, *(part.person.key for part in student.parts)}:
                matches = [*enrolment.doubtful.get(part, ())]
                if (sure := enrolment.sure.get(part)) is not None:
                    matches.append(sure)
                submission_ids |= {row.submission_id for match in matches for row in match.rows}
        return submission_ids

    def _stays(self, case: Case) -> bool:
        """Returns whether a case is open, or its child is below the age until which cases are kept."""
        return case.state in _ALWAYS_KEPT or not self._is_of_age(self._birth_of(case))

    def _birth_of(self, case: Case) -> date:
        return self._births.get(case.case_id, _years_later(case.opened_on, -_YOUNGEST))

    def _is_dispute(self, finding: Finding) -> bool:
        """Returns whether a finding is an error on a child outside the compulsory age, or of unknown age."""
        birth = _latest_day(birth_in_number(finding.id_number)) if finding.id_number else None
        return finding.severity == "error" and (birth is None or not self._is_of_age(birth))

    def _is_of_age(self, birth: date) -> bool:
        return _years_later(birth, self.office.settings.retention.case_until_age) <= self._today

    @property
    def _today(self) -> date:
        return self.now.astimezone(self.office.zone).date()

    @cached_property
    def _births(self) -> dict[str, date]:
        """Maps each child's id to the latest reported birth date."""
        births: dict[str, date] = {}
        for student in self._judged.students.all:
            days = [day for row in _rows_of(student) if (day := _latest_day(birth_of(row))) is not None]
            if days:
                births |= dict.fromkeys(student.ids, max(days))
        return births

    def _proofs_of_cases(self) -> set[str]:
        """Returns the mails with proof documents of units that have, or report, a case that stays."""
        ids = {case.case_id for case in self._judged.cases if self._stays(case)}
        units = {case.responsible_unit for case in self._judged.cases if case.case_id in ids}
        for student in self._judged.students.all:
            if not student.ids.isdisjoint(ids):
                units |= {row.unit for row in _rows_of(student)}
        snapshot = self._judged.snapshot
        proofs = (*snapshot.proof_documents, *snapshot.unconfirmed_proof_documents)
        return {proof.message_id for proof in proofs if proof.unit in units}

    def _later_in_series(self, old: set[str], holds: Mapping[str, Hold]) -> set[str]:
        """Returns the mails that came after one that stays, with another version of the same form of the same unit.

        Without them, the children of the later version would seem to have been taken off the earlier one.
        """
        kept_since: dict[ObligationKey, datetime] = {}
        for copy in self._copies:
            if copy.message_id not in old or copy.message_id in holds:
                key = copy.key.of_form
                kept_since[key] = min(copy.received_at, kept_since.get(key, copy.received_at))
        return {
            copy.message_id
            for copy in self._copies
            if copy.received_at >= kept_since.get(copy.key.of_form, _END_OF_TIME)
        }

    def _changed_children(self, going: set[str]) -> list[Case]:
        """Returns the cases that would change, appear or disappear without these mails."""
        snapshot = self._judged.snapshot
        without = replace(
            snapshot,
            notice_id=None,
            submissions=tuple(one for one in snapshot.submissions if not one.message_ids <= going),
            unconfirmed=tuple(one for one in snapshot.unconfirmed if not one.message_ids <= going),
        )
        later = Judgements(without)
        after = {case.case_id: case for case in (*later.cases, *later.suspected)}
        before = {case.case_id: case for case in (*self._judged.cases, *self._judged.suspected)}
        return [
            before.get(each, after.get(each))  # type: ignore[misc]
            for each in sorted(before.keys() | after.keys())
            if _seen(before.get(each)) != _seen(after.get(each))
            and (each not in before or self._stays(before[each]))
        ]

    def _submissions_naming(self, cases: Sequence[Case]) -> set[str]:
        numbers = {case.id_number for case in cases if case.id_number}
        names = {case.name for case in cases if case.name}
        rows = self.office.store.submissions.records(self._copies)
        return {
            part.submission_id
            for part in rows.parts
            if any(number in numbers for number in part.block.column("id_number"))
            or any(name in names for name in part.block.column("name"))
        }


def _rows_of(student: Student) -> tuple[StoredRecord, ...]:
    return (*student.rows, *student.unconfirmed_rows, *student.foreign_rows)


def _latest_day(birth: str | None) -> date | None:
    """Returns the last possible day of a birth date, which may be only a month or a year."""
    for rest in ("", "-28", "-12-31"):
        try:
            return date.fromisoformat(f"{birth}{rest}")
        except ValueError:
            continue
    return None


def _seen(case: Case | None) -> tuple[Any, ...] | None:
    """Returns the values of a case that people see."""
    if case is None:
        return None
    return (case.state, case.responsible_unit, case.status, case.opened_on, case.closed_on, case.visits)


def _years_later(day: date, years: int) -> date:
    """Returns the same day so many years later; of 29 February the first of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
