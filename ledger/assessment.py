"""Everything judged at one instant, once, and what changed between two instants."""

from dataclasses import dataclass
from datetime import datetime

from ledger.cases.cases import build_cases
from ledger.cases.suspected_dropouts import find_suspected_dropouts
from ledger.crosscheck.findings import find_contradictions
from ledger.results import Case, CaseState, Finding, FormState, Gap, Status
from ledger.snapshot import Snapshot
from ledger.submissions.current_problems import find_current_problems
from ledger.submissions.gaps import find_gaps
from ledger.submissions.status import assess_status
from store.stored_values import StoredProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
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


def assess(snapshot: Snapshot) -> Assessment:
    """All judgements of a book; problems that an officer explained are left out."""
    across_notices = snapshot.across_notices
    return Assessment(
        status=assess_status(snapshot),
        gaps=find_gaps(snapshot),
        cases=build_cases(across_notices),
        suspected=find_suspected_dropouts(across_notices),
        findings=find_contradictions(across_notices),
        problems=tuple(problem for problem in find_current_problems(snapshot) if problem.explained is None),
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


def compare_assessments(earlier: Assessment, later: Assessment) -> Changes:
    """How the county moved from ``earlier`` to ``later``."""
    before = {(unit.unit, form.form): form for unit in earlier.status.units for form in unit.forms}
    after = {(unit.unit, form.form): form for unit in later.status.units for form in unit.forms}
    versions_before = {unit_form: form.versions for unit_form, form in before.items()}
    open_then = {case.case_id for case in earlier.open_cases}
    open_now = {case.case_id for case in later.open_cases}
    closed_now = {case.case_id for case in later.cases} - open_now
    suspects = {case.case_id for case in earlier.suspected}
    return Changes(
        since=earlier.status.as_of,
        arrived=sum(
            1 for unit_form, form in after.items() if form.versions and not versions_before.get(unit_form)
        ),
        corrected=sum(
            1 for unit_form, form in after.items() if 0 < versions_before.get(unit_form, 0) < form.versions
        ),
        settled=sum(
            1
            for unit_form, form in before.items()
            if form.state is FormState.MISSING
            and unit_form in after
            and after[unit_form].state is not FormState.MISSING
        ),
        opened=len(open_now - open_then),
        closed=len(open_then & closed_now),
        suspected=sum(case.case_id not in suspects for case in later.suspected),
    )
