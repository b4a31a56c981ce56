"""Everything judged at one instant, once, and what changed between two instants."""

from dataclasses import dataclass
from datetime import datetime

from ledger.cases.cases import cases
from ledger.cases.suspected import suspected
from ledger.crosscheck.findings import crosscheck
from ledger.results import Case, CaseState, Finding, Gap, State, Status
from ledger.snapshot import Book
from ledger.submissions.current_problems import problems
from ledger.submissions.gaps import gaps
from ledger.submissions.status import status
from store.stored_values import StoredProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A notice's obligations, and the children of all semesters, as they stood at ``status.as_of``."""

    status: Status
    gaps: tuple[Gap, ...]
    cases: tuple[Case, ...]
    suspected: tuple[Case, ...]
    findings: tuple[Finding, ...]
    problems: tuple[StoredProblem, ...]

    @property
    def open_cases(self) -> tuple[Case, ...]:
        return tuple(case for case in self.cases if case.state is CaseState.OPEN)


def judge(book: Book) -> Judged:
    """All judgements of a book; problems that an officer explained are left out."""
    whole = book.whole
    return Judged(
        status=status(book),
        gaps=gaps(book),
        cases=cases(whole),
        suspected=suspected(whole),
        findings=crosscheck(whole),
        problems=tuple(problem for problem in problems(book) if problem.explained is None),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What came about between two instants."""

    since: datetime
    arrived: int  # unit × form of which something came for the first time
    corrected: int  # of which something came again
    settled: int  # missing then, not missing now
    opened: int
    closed: int
    suspected: int


def changes(then: Judged, now: Judged) -> Changes:
    """How the county moved from ``then`` to ``now``."""
    before = {(unit.unit, form.form): form for unit in then.status.units for form in unit.forms}
    after = {(unit.unit, form.form): form for unit in now.status.units for form in unit.forms}
    seen = {place: form.versions for place, form in before.items()}
    open_then = {case.case_id for case in then.open_cases}
    open_now = {case.case_id for case in now.open_cases}
    closed_now = {case.case_id for case in now.cases} - open_now
    suspects = {case.case_id for case in then.suspected}
    return Changes(
        since=then.status.as_of,
        arrived=sum(1 for place, form in after.items() if form.versions and not seen.get(place)),
        corrected=sum(1 for place, form in after.items() if 0 < seen.get(place, 0) < form.versions),
        settled=sum(
            1
            for place, form in before.items()
            if form.state is State.MISSING and place in after and after[place].state is not State.MISSING
        ),
        opened=len(open_now - open_then),
        closed=len(open_then & closed_now),
        suspected=sum(case.case_id not in suspects for case in now.suspected),
    )
