"""Builds the cases: children out of school and not yet accounted for (docs/contract.md, JSON: ``cases``).

There is one case per child, built from every row ever sent about that child. Leaving a child out of a later
list closes nothing (R30): a case closes only on evidence that the child returned, is excused with proof, is
on another school's roll, or is past compulsory school age.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.cases.closing import find_proven_closing, says_returned
from ledger.cases.episodes import Episode, visits_of_episode
from ledger.cases.leave import is_leave_over, last_day_of_leave, next_step_after_leave
from ledger.cases.responsible_unit import Responsibilities, Responsibility, competent_student
from ledger.cases.statements import Says, is_leave
from ledger.cases.timeline import build_timeline, origin_of
from ledger.cases.visits import failed_streak, last_day
from ledger.cases.work_files import WorkFiles, find_work_files, work_file_of
from ledger.children.linked_children import Enrolment, Student, Students
from ledger.children.person import describe_row
from ledger.children.student_keys import case_id, last_statement
from ledger.lists.households import is_watched
from ledger.officer_decisions import waivers_of
from ledger.results import STATUS_MISSING, Case, CaseState, Proofs, Visit
from ledger.snapshot import Snapshot
from ledger.state_words import CASE_STATE_WORDS
from parsers.fields.dates import whole_day
from store.stored_values import ObligationKey, StoredDecision, StoredRecord

_DETAILS = (
    "grade", "class_name", "household_category", "guardian", "guardian_phone", "previous_school", "reason", "whereabouts", "remark",
)  # fmt: skip


def build_cases(
    snapshot: Snapshot,
    students: Students,
    responsibilities: Responsibilities,
    episodes: Mapping[str, Episode],
    enrolment: Enrolment,
    proofs_by_form: Mapping[ObligationKey, Proofs],
) -> tuple[Case, ...]:
    """Returns every case, open and closed, sorted by responsible unit, name and case id.

    Args:
        episodes: by student key, the child's latest time out of school.
        proofs_by_form: by unit and form, the proofs owed and received.
    """
    rows = [*snapshot.case_rows, *(row for roll_match in enrolment.sure.values() for row in roll_match.rows)]
    file_ids = {row.file_id for row in rows} | {proof.file_id for proof in snapshot.proof_documents}
    context = _Context(
        snapshot=snapshot,
        enrolment=enrolment,
        proofs_by_form=proofs_by_form,
        paths=snapshot.file_paths(file_ids),
        work_files=find_work_files(snapshot),
    )
    cases = [
        _case(context, student, responsibilities.by_student[student.key], episodes[student.key])
        for student in students.all
    ]
    return tuple(sorted(cases, key=lambda case: (case.responsible_unit, case.name, case.case_id)))


@dataclass(frozen=True, kw_only=True)
class _Context:
    """The data that every case is built from, besides the child's own rows."""

    snapshot: Snapshot
    enrolment: Enrolment
    proofs_by_form: Mapping[ObligationKey, Proofs]
    paths: Mapping[str, str]
    """By file id, the path under which the file arrived (archives and forwarded mails outermost first)."""
    work_files: WorkFiles


def _case(context: _Context, student: Student, responsibility: Responsibility, episode: Episode) -> Case:
    snapshot, rows = context.snapshot, student.rows
    heard = competent_student(responsibility, student)
    visits = visits_of_episode(snapshot, rows, episode)
    status = _status(snapshot, heard.rows, episode)
    opened = _opened(snapshot, rows, episode)
    closed, doubts = find_proven_closing(
        snapshot, heard, context.enrolment, context.proofs_by_form, context.paths
    )
    waivers = waivers_of(snapshot.decisions, student.ids)
    over = _leave_that_is_over(snapshot, heard) if closed is None else None
    needs_visits = closed is None and status in snapshot.notice.persuasion.statuses
    known_on = max(opened, _known_on(snapshot, rows, responsibility), _out_of_leave_on(episode))
    due = _next_visit(snapshot, visits, known_on) if needs_visits else None
    if closed is None:
        doubts = (*doubts, *_past_leave(snapshot, over), *_unproven_statements(snapshot, student))
    returned = closed if closed is not None and closed.state is CaseState.RETURNED else None
    voices = {*responsibility.voices, *responsibility.others}
    return Case(
        episode=episode.number,
        case_id=case_id(student.key),
        name=_latest(rows, "name") or "(姓名未填)",
        id_number=_latest(rows, "id_number"),
        status=status,
        state=closed.state if closed else CaseState.OPEN,
        responsible_unit=responsibility.unit,
        opened_on=opened,
        visits=visits,
        next_visit_due=due,
        days_overdue=max((snapshot.today - due).days, 0) if due else 0,
        escalation=_escalation(snapshot, rows, visits, waivers) if needs_visits else "none",
        closed_on=closed.on if closed else None,
        closed_by=closed.by if closed else None,
        origins=tuple(origin_of(snapshot, row) for row in rows),
        notes=_notes(snapshot, student, waivers),
        details={key: value for key in _DETAILS if (value := _latest(rows, key)) is not None},
        is_watched=is_watched(snapshot.notice, _latest(rows, "household_category") or ""),
        on_leave=any(status in form.proof_statuses for form in snapshot.case_forms),
        settling_remark=_settling_remark(snapshot, rows),
        observed_until=_observed_until(snapshot, returned.on) if returned else None,
        work_file=work_file_of(snapshot, student, voices, context.work_files, returned.on)
        if returned
        else None,
        after_leave=next_step_after_leave(snapshot, over) if over is not None else None,
        doubts=doubts,
        timeline=build_timeline(snapshot, student, context.enrolment, closed, context.paths),
    )


def _notes(snapshot: Snapshot, student: Student, waivers: Sequence[StoredDecision]) -> tuple[str, ...]:
    """Returns officers' notes on a child and the forms they waived for it, one sentence each with day and officer."""
    notes = (one for one in snapshot.decisions if one.kind == "note" and one.subject in student.ids)
    return (
        *(f"{snapshot.day(one.at)} {one.who}:{one.why}" for one in notes),
        *(f"{snapshot.day(one.at)} {one.who}免报{one.detail}:{one.why}" for one in waivers),
    )


def _settling_remark(snapshot: Snapshot, rows: Sequence[StoredRecord]) -> str | None:
    """Returns the latest remark on the child if it contains one of the notice's settling words, else None."""
    remark = _latest(rows, "remark") or ""
    return remark if any(word in remark for word in snapshot.notice.rolls.settling) else None


def _leave_that_is_over(snapshot: Snapshot, student: Student) -> StoredRecord | None:
    last = last_statement(student.rows, snapshot.statuses)
    return last if last is not None and is_leave_over(snapshot, last) else None


def _past_leave(snapshot: Snapshot, over: StoredRecord | None) -> Iterator[str]:
    """Yields the next step for an open case whose leave is over; ``over`` is the row that stated the leave."""
    if over is not None:
        end = last_day_of_leave(snapshot, over)
        yield f"{over.values['status']}到{end}已期满,{next_step_after_leave(snapshot, over)}"


def _unproven_statements(snapshot: Snapshot, student: Student) -> Iterator[str]:
    """Yields sentences about what unproven senders report on an open case: its existence, a return or a leave."""
    if student.is_unconfirmed:
        yield f"只有未核实来源报过({describe_row(student.rows[0])}),请核实"
    for row in student.unconfirmed_rows[-1:]:
        status, form = row.values.get("status"), snapshot.notice.form(row.form)
        if says_returned(snapshot, row) is not None:
            yield f"未核实来源报{CASE_STATE_WORDS[CaseState.RETURNED]}({describe_row(row)}),核实前不结案"
        elif is_leave(form, snapshot.notice.meaning("status", status), status):
            yield f"未核实来源报{status}({describe_row(row)}),核实前不结案"


def _status(snapshot: Snapshot, rows: Sequence[StoredRecord], episode: Episode) -> str:
    """Returns the latest stated status; a child that only persuasion forms (附件5/6) list has the notice's ``unstated`` one."""
    for one in reversed(episode.stated):
        if one.row is not None and one.row.values.get("status") in snapshot.statuses:
            return str(one.row.values["status"])
    last = last_statement(rows, snapshot.statuses)
    if last is not None:
        return str(last.values["status"])
    if (unknown_word := _latest(rows, "status")) is not None:
        return unknown_word
    is_visited = any(snapshot.notice.form(row.form).role == "visits" for row in rows)
    return snapshot.notice.persuasion.unstated if is_visited else STATUS_MISSING


def _observed_until(snapshot: Snapshot, returned: date) -> date | None:
    """Returns the last day of 返校观察 for a child that returned on ``returned``, or None once it is over."""
    until = returned + timedelta(days=snapshot.notice.persuasion.observed_days)
    return until if snapshot.today < until else None


def _opened(snapshot: Snapshot, rows: Sequence[StoredRecord], episode: Episode) -> date:
    """Returns the day the child left school if a row gives it in full, else the day of the first report (A04).

    A child that was back in school in between counts from the day on which it left again.
    """
    first_heard_on = snapshot.day(rows[0].received_at)
    if episode.before is not None:
        left_on = [
            one.began
            for one in reversed(episode.stated)
            if one.began is not None and episode.holds(one.began)
        ]
        reported_on = [one.day for one in episode.statements if one.says is not Says.PROMISED]
        return left_on[0] if left_on else min(reported_on, default=first_heard_on)
    for row in reversed(rows):
        since = whole_day(row.values.get("since"))
        if since is not None and since <= first_heard_on:
            return since
    return first_heard_on


def _known_on(snapshot: Snapshot, rows: Sequence[StoredRecord], responsibility: Responsibility) -> date:
    """Returns the day on which the responsible unit first reported the child or an officer assigned it.

    Where neither has happened, it is the day of the first report by any unit.
    """
    if responsibility.told:
        return min(snapshot.day(row.received_at) for row in rows if row.unit in responsibility.voices)
    if responsibility.decided is not None:
        return snapshot.day(responsibility.decided.at)
    return snapshot.day(rows[0].received_at)


def _out_of_leave_on(episode: Episode) -> date:
    """Returns the first day out of school after a leave (休学) by the stated statuses, or ``date.min`` if there was no leave."""
    stated = list(episode.stated)
    leaves = [index for index, one in enumerate(stated) if one.says is Says.LEAVE]
    since_leave = stated[leaves[-1] + 1 :] if leaves else []
    if not since_leave:
        return date.min
    first = since_leave[0]
    return first.told_on if first.began is None or first.began <= stated[leaves[-1]].day else first.began


def _next_visit(snapshot: Snapshot, visits: Sequence[Visit], known_on: date) -> date:
    """Returns the day of the next visit: ``persuasion.interval_days`` after the last visit, else after ``known_on`` (R17, A04).

    Holidays do not count: if that day is before the semester, counting starts on the semester's first day.
    """
    last = last_day(visits) or known_on
    begun = snapshot.notice.opened
    if last < begun <= snapshot.today:
        last = begun
    return last + timedelta(days=snapshot.notice.persuasion.interval_days)


def _escalation(
    snapshot: Snapshot,
    rows: Sequence[StoredRecord],
    visits: Sequence[Visit],
    waivers: Sequence[StoredDecision],
) -> str:
    """Returns ``owed`` after three failed visits in a row, ``filed`` once a persuasion form came, else ``none`` (R18, R19).

    A waiver for this child turns ``owed`` into ``none``.
    """
    third = failed_streak(visits, snapshot.notice.persuasion.streak)
    if third is None:
        return "none"
    forms = {form.key for form in snapshot.notice.forms if form.role == "visits"}
    filed = any(row.form in forms and snapshot.day(row.received_at) >= third for row in rows)
    if filed:
        return "filed"
    return "none" if waivers else "owed"


def _latest(rows: Sequence[StoredRecord], key: str) -> str | None:
    return next(
        (str(row.values[key]) for row in reversed(rows) if row.values.get(key) not in (None, "")), None
    )
