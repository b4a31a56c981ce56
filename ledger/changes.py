"""Finds what changed in the county since a digest, by what that digest reported."""

from dataclasses import dataclass
from datetime import datetime

from ledger.assessment import Assessment
from ledger.results import FormState
from store.stored_values import ReportedState


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Counts of changes between two instants."""

    since: datetime
    arrived: int
    """Obligations for which something arrived for the first time."""
    corrected: int
    """Obligations for which something arrived again."""
    settled: int
    """Obligations missing at the earlier instant and not at the later one."""
    opened: int
    closed: int
    suspected: int


def reported_state(notice: str, assessment: Assessment) -> ReportedState:
    """Returns what a digest of this assessment reports, as far as the next one is compared with it."""
    status = assessment.status
    forms = [(form.key_of(unit.unit), form) for unit in status.units for form in unit.forms]
    return ReportedState(
        notice=notice,
        as_of=status.as_of,
        versions={key: form.versions for key, form in forms if form.versions},
        missing=frozenset(key for key, form in forms if form.state is FormState.MISSING),
        open_cases=frozenset(case.case_id for case in assessment.open_cases),
        suspected=frozenset(case.case_id for case in assessment.suspected),
    )


def find_changes(earlier: ReportedState, later: Assessment) -> Changes:
    """Returns what changed from what was reported to ``later``."""
    after = {form.key_of(unit.unit): form for unit in later.status.units for form in unit.forms}
    then = earlier.versions
    open_now = {case.case_id for case in later.open_cases}
    closed_now = {case.case_id for case in later.cases} - open_now
    return Changes(
        since=earlier.as_of,
        arrived=sum(1 for key, form in after.items() if form.versions and not then.get(key)),
        corrected=sum(1 for key, form in after.items() if 0 < then.get(key, 0) < form.versions),
        settled=sum(
            1
            for key in earlier.missing & after.keys()
            if after[key].state not in (FormState.MISSING, FormState.UNCONFIRMED, FormState.UNREAD)
        ),
        opened=len(open_now - earlier.open_cases),
        closed=len(earlier.open_cases & closed_now),
        suspected=sum(case.case_id not in earlier.suspected for case in later.suspected),
    )
