"""Computes every judgement on a snapshot once, and what changed between two instants."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from ledger.cases.cases import build_cases
from ledger.cases.closing import find_closing_by_person, find_shown_in_school, tell_story
from ledger.cases.episodes import Episode
from ledger.cases.proofs import match_proofs
from ledger.cases.responsible_unit import (
    Responsibilities,
    RowsByOwner,
    competent_student,
    find_responsible,
    find_rows_by_owner,
)
from ledger.cases.suspected_dropouts import (
    find_absent_rows,
    find_listed_suspects,
    find_suspected_dropouts,
    is_accounted,
    match_with_cases,
)
from ledger.children.enrolment import find_enrolment, find_roll_candidates
from ledger.children.linked_children import Absence, Enrolment, PossibleMatch, Student, Students
from ledger.children.students import link_students, read_pair_decisions
from ledger.children.unconfirmed_children import add_unconfirmed_children
from ledger.children.vanished_children import find_absence
from ledger.crosscheck.age_checks import check_ages
from ledger.crosscheck.count_checks import LedgerOfDay, check_counts
from ledger.crosscheck.findings import CheckInput, find_contradictions
from ledger.crosscheck.leave_checks import check_leave
from ledger.crosscheck.making_findings import without_waived
from ledger.crosscheck.possible_matches import find_possible_matches
from ledger.crosscheck.responsibility_checks import check_responsibility
from ledger.crosscheck.roll_checks import check_rolls
from ledger.crosscheck.withdrawn_reports import find_withdrawn
from ledger.crosscheck.zero_report_checks import check_zero_reports
from ledger.lists.handed_lists import read_entries
from ledger.lists.listed_children import find_whereabouts
from ledger.lists.roll_words import OutByRoll, find_out_by_roll
from ledger.officer_decisions import CLOSE, waivers_of
from ledger.results import Case, CaseState, Finding, FormState, Gap, Proofs, Status
from ledger.snapshot import Snapshot
from ledger.submissions.current_problems import cross_file_problems, find_current_problems
from ledger.submissions.gaps import find_gaps
from ledger.submissions.obligations import Triggers, find_triggers
from ledger.submissions.recorded_problems import recount_problems
from ledger.submissions.status import assess_status
from ledger.submissions.unconfirmed_mail import AcceptanceEffect, UnconfirmedMail, find_unconfirmed_mail
from store.stored_values import ObligationKey, StoredProblem, StoredRecord

_MOST_FORESEEN = 10
_UNSETTLED = (CaseState.OPEN, CaseState.SUSPECTED)


@dataclass(frozen=True)
class Judgements:
    """The judgements on one snapshot; each is computed on first use and then cached."""

    snapshot: Snapshot

    @cached_property
    def across_notices(self) -> "Judgements":
        """The judgements at the same instant over every notice, as a case continues from one semester to the next."""
        every = self.snapshot.across_notices
        return self if every is self.snapshot else Judgements(every)

    @cached_property
    def students(self) -> Students:
        """The children out of school: rows linked by match rules and by officers' merges and splits."""
        return add_unconfirmed_children(
            self._known_students, self.snapshot.rows_that_open_cases, self.snapshot.decisions
        )

    @cached_property
    def _known_students(self) -> Students:
        return link_students(self.snapshot.case_rows, self.snapshot.decisions)

    @cached_property
    def responsible(self) -> Responsibilities:
        """The unit responsible for each of these children."""
        return find_responsible(self.snapshot, self.students)

    @cached_property
    def enrolment(self) -> Enrolment:
        """The entries on current rolls that surely or possibly are these children.

        Children reported only by unproven senders are looked up separately, so that they take no roll entry
        from another child.
        """
        rows = find_roll_candidates(self.students, self.snapshot.rolls) if self.students.all else ()
        pair_decisions = read_pair_decisions(self.snapshot.decisions)
        known = find_enrolment(self._known_students, rows, pair_decisions)
        strangers = tuple(student for student in self.students.all if student.is_unconfirmed)
        if not strangers:
            return known
        others = find_enrolment(Students(all=strangers, possible=()), rows, pair_decisions)
        return Enrolment(sure={**others.sure, **known.sure}, doubtful={**others.doubtful, **known.doubtful})

    @cached_property
    def absence(self) -> Absence:
        """The children of replaced submissions that are in no current one."""
        if not self.snapshot.replaced_submissions:
            return Absence(absent=(), possible=())
        return find_absence(
            self.snapshot.replaced_rows(),
            self.snapshot.current_children(),
            read_pair_decisions(self.snapshot.decisions),
        )

    @cached_property
    def proofs(self) -> Mapping[ObligationKey, Proofs]:
        """By unit and form, the proofs owed and received."""
        return match_proofs(
            self.snapshot,
            self.across_notices.responsible,
            self._waived,
            self.across_notices.excused_by_person,
        )

    @cached_property
    def excused_by_person(self) -> frozenset[str]:
        """Ids of rows about children that an officer excused; no proof of leave is asked for them."""
        if not any(decision.kind == CLOSE for decision in self.snapshot.decisions):
            return frozenset()
        closings = ((each, find_closing_by_person(self.snapshot, each)) for each in self.students.all)
        return frozenset(
            row.record_id
            for student, closing in closings
            if closing is not None and closing.state is CaseState.EXCUSED
            for row in student.rows
        )

    @cached_property
    def triggers(self) -> Triggers:
        """The students that make a triggered form owed."""
        return find_triggers(self.snapshot, self._own_rows, self._waived)

    @cached_property
    def _waived(self) -> Mapping[str, frozenset[str]]:
        """By record id, the forms that an officer waived for the row's child."""
        result = {}
        for student in self.across_notices.students.all:
            waivers = waivers_of(self.snapshot.decisions, student.ids)
            forms = frozenset(waiver.detail for waiver in waivers if waiver.detail)
            result.update({row.record_id: forms for row in student.rows if forms})
        return result

    @cached_property
    def _own_rows(self) -> RowsByOwner:
        return find_rows_by_owner(self.snapshot, self.across_notices.responsible)

    @cached_property
    def recounted(self) -> Mapping[ObligationKey, list[StoredProblem]]:
        """Current problems of units and forms whose stored totals are not valid (``recount_problems``)."""
        return recount_problems(self.snapshot)

    @cached_property
    def cross_file(self) -> Mapping[ObligationKey, tuple[StoredProblem, ...]]:
        """By unit and form, the problems that only show when several files are compared."""
        return cross_file_problems(self.snapshot, self.proofs)

    @cached_property
    def status(self) -> Status:
        """The status of each unit and form."""
        return assess_status(self.snapshot, self.triggers, self.proofs, self.cross_file, self.recounted)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Everything missing, late or incomplete."""
        return find_gaps(self.snapshot, self.status, self.proofs)

    @cached_property
    def problems(self) -> tuple[StoredProblem, ...]:
        """The current problems of all units, explained ones included."""
        return find_current_problems(self.snapshot, self.cross_file)

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """Every case, open and closed."""
        return build_cases(
            self.snapshot, self.students, self.responsible, self.episodes, self.enrolment, self.proofs
        )

    @cached_property
    def episodes(self) -> Mapping[str, Episode]:
        """By student key, the latest time out of school by the responsible unit's reports."""
        return {student.key: self._episode_of(student) for student in self.students.all}

    def _episode_of(self, student: Student) -> Episode:
        responsibility = self.responsible.by_student[student.key]
        heard = competent_student(responsibility, student)
        shown = find_shown_in_school(self.snapshot, responsibility, student, self.enrolment)
        return tell_story(self.snapshot, heard.rows, heard.ids, shown)

    @cached_property
    def absent_rows(self) -> tuple[StoredRecord, ...]:
        """The last row of each absent child that did not finish school or move up to another one."""
        return find_absent_rows(self.snapshot, self.absence)

    @cached_property
    def suspected(self) -> tuple[Case, ...]:
        """The suspected dropouts: absent from lists, called out of school by rolls, or only on another authority's list."""
        suspected = find_suspected_dropouts(
            self.snapshot, self.absent_rows, self._unsettled_by_roll, self._with_case.keys()
        )
        entries = read_entries(self.snapshot)
        if not entries:
            return suspected
        cases = (*self.cases, *suspected)
        listed = {str(index): entry.child for index, entry in enumerate(entries)}
        whereabouts = find_whereabouts(listed, cases, self.snapshot.rolls.rows, self.snapshot.notice)
        known_ids = {case.case_id for case in cases}
        from_lists = find_listed_suspects(self.snapshot, entries, whereabouts, known_ids)
        return tuple(
            sorted(
                (*suspected, *from_lists), key=lambda case: (case.responsible_unit, case.name, case.case_id)
            )
        )

    @cached_property
    def out_by_roll(self) -> tuple[OutByRoll, ...]:
        """Rows of rolls that say that a child is not in school."""
        return find_out_by_roll(self.snapshot)

    @cached_property
    def _unsettled_by_roll(self) -> tuple[OutByRoll, ...]:
        """Roll rows that call a child out of school, where no other roll shows it in school and no officer accounted for it."""
        return tuple(
            one for one in self.out_by_roll if not one.elsewhere and not is_accounted(self.snapshot, one.row)
        )

    @cached_property
    def _with_case(self) -> Mapping[str, Student]:
        """By record id of roll rows that call a child out of school, and of absent children's rows, the child with a case."""
        rows = [*self.absent_rows, *(one.row for one in self.out_by_roll)]
        return match_with_cases(self.students, rows) if rows else {}

    @cached_property
    def possible_matches(self) -> tuple[PossibleMatch, ...]:
        """Pairs of rows that may be one child, where an open case or a suspected dropout depends on it."""
        unsettled_ids = frozenset(
            case.case_id for case in (*self.cases, *self.suspected) if case.state in _UNSETTLED
        )
        return tuple(
            find_possible_matches(self.snapshot, self.students, self.enrolment, self.absence, unsettled_ids)
        )

    @cached_property
    def _earlier(self) -> dict[date, "Judgements"]:
        return {}

    def _ledger_of(self, day: date) -> LedgerOfDay:
        """Returns the cases at the end of a day, computed once per day."""
        judgements = self
        if day < self.snapshot.today:
            if day not in self._earlier:
                self._earlier[day] = Judgements(self.snapshot.as_it_stood(day))
            judgements = self._earlier[day]
        return LedgerOfDay(snapshot=judgements.snapshot, cases=(*judgements.cases, *judgements.suspected))

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The contradictions between submissions, without those that an officer waived."""
        cases = {case.case_id: case for case in self.cases}
        withdrawn = find_withdrawn(self.snapshot, self.students, cases)
        given = CheckInput(
            snapshot=self.snapshot,
            withdrawn=withdrawn,
            out_by_roll=self.out_by_roll,
            students=self.students,
            episodes=self.episodes,
            enrolment=self.enrolment,
            own_rows=self._own_rows,
            absent_rows=tuple(row for row in self.absent_rows if not is_accounted(self.snapshot, row)),
            possible_matches=self.possible_matches,
            triggers=self.triggers,
        )
        found = (
            *find_contradictions(given),
            *check_responsibility(self.snapshot, self.students, self.responsible, withdrawn),
            *check_rolls(self.snapshot, self._unsettled_by_roll, self._with_case, cases),
            *check_zero_reports(self.snapshot, self.students.all, self.responsible, self.cases),
            *check_ages(self.snapshot, self.students, self.responsible, cases),
            *check_leave(self.snapshot, self.students, self.responsible, cases),
            *check_counts(self.snapshot, self._ledger_of),
        )
        return without_waived(found, self.snapshot.decisions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A notice's obligations, and the children of all semesters, as of ``status.as_of``."""

    status: Status
    gaps: tuple[Gap, ...]
    cases: tuple[Case, ...]
    suspected: tuple[Case, ...]
    findings: tuple[Finding, ...]
    problems: tuple[StoredProblem, ...]
    unconfirmed: tuple[UnconfirmedMail, ...] = ()

    @property
    def open_cases(self) -> tuple[Case, ...]:
        """The cases that nothing has closed."""
        return tuple(case for case in self.cases if case.state is CaseState.OPEN)


def assess(snapshot: Snapshot) -> Assessment:
    """Returns the judgements on a snapshot, without problems that an officer explained."""
    notice = Judgements(snapshot)
    children = notice.across_notices
    return Assessment(
        status=notice.status,
        gaps=notice.gaps,
        cases=children.cases,
        suspected=children.suspected,
        findings=children.findings,
        problems=tuple(problem for problem in notice.problems if problem.explained is None),
        unconfirmed=find_unconfirmed_mail(children.snapshot),
    )


def foresee_acceptance(snapshot: Snapshot, assessment: Assessment) -> Assessment:
    """Returns the assessment with the effect of accepting each sender's mail; only for the first ten, as each costs a full assessment."""
    foreseen = (
        replace(mail, effect=_compare_accepted(assessment, assess(snapshot.as_if_accepted(mail.file_ids))))
        for mail in assessment.unconfirmed[:_MOST_FORESEEN]
    )
    return replace(assessment, unconfirmed=(*foreseen, *assessment.unconfirmed[_MOST_FORESEEN:]))


def _compare_accepted(now: Assessment, then: Assessment) -> AcceptanceEffect:
    before, after = _unsettled(now), _unsettled(then)
    return AcceptanceEffect(
        settled_cases=len(before - after),
        opened_cases=len(after - before),
        received_forms=len(_received(then.status) - _received(now.status)),
    )


def _unsettled(assessment: Assessment) -> frozenset[str]:
    return frozenset(case.case_id for case in (*assessment.open_cases, *assessment.suspected))


def _received(status: Status) -> frozenset[ObligationKey]:
    return frozenset(
        form.key_of(unit.unit)
        for unit in status.units
        for form in unit.forms
        if form.state is FormState.RECEIVED
    )
