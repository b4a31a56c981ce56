"""Lists the events of a child's case by day, each with its source."""

from collections.abc import Mapping, Sequence
from datetime import date

from ledger.cases.statements import promised_day
from ledger.cases.visits import merged_visits
from ledger.children.linked_children import Enrolment, Student
from ledger.officer_decisions import OWN, WORK_FILE
from ledger.results import Closing, Origin, TimelineEvent
from ledger.snapshot import Snapshot
from store.answers.overruled_values import overruled_words
from store.stored_values import StoredRecord

_DECIDED = {
    "close": "结案",
    "reopen": "撤销结案",
    "note": "记一笔",
    "own": "确定责任单位",
    "merge": "并案",
    "split": "分开",
}


def build_timeline(
    snapshot: Snapshot,
    student: Student,
    enrolment: Enrolment,
    closed: Closing | None,
    paths: Mapping[str, str],
) -> tuple[TimelineEvent, ...]:
    """Returns the statements, visits, roll entries, decisions and the closing of a case, by day.

    A submission that repeats what the same unit stated before in the same form is no event.

    Args:
        paths: by file id, the path of the file.
    """
    events = [
        *_statements(snapshot, student.rows, paths),
        *_overruled(snapshot, student.rows),
        *_visited(snapshot, student.rows, paths),
        *_decided(snapshot, student),
    ]
    in_school = snapshot.notice.word_for("study_status", "in-school")
    for part in student.parts:
        roll_match = enrolment.sure.get(part.person.key)
        for row in roll_match.rows if roll_match is not None else ():
            events.append(
                TimelineEvent(
                    date=snapshot.day(row.received_at),
                    what=f"{row.unit}{row.form}在册:{row.values.get('study_status') or in_school}",
                    origin=_origin(snapshot, row, paths),
                )
            )
    if closed is not None and not any(
        event.what.startswith("结案") for event in events if event.date == closed.on
    ):
        events.append(TimelineEvent(date=closed.on, what="结案", origin=closed.by))
    return tuple(sorted(events, key=lambda event: event.date))


def _statements(
    snapshot: Snapshot, rows: Sequence[StoredRecord], paths: Mapping[str, str]
) -> list[TimelineEvent]:
    last_statements: dict[tuple[str, str], tuple[object, object]] = {}
    events = []
    for row in rows:
        status, outcome = row.values.get("status"), row.values.get("outcome")
        if (promised := promised_day(snapshot, row)) is not None:
            outcome = f"承诺{promised}返校"
        statement = (status, outcome)
        if last_statements.get((row.unit, row.form)) == statement or not (status or outcome):
            continue
        last_statements[row.unit, row.form] = statement
        words = "、".join(str(word) for word in statement if word)
        events.append(
            TimelineEvent(
                date=snapshot.day(row.received_at),
                what=f"{row.unit}{row.form}报{words}",
                origin=_origin(snapshot, row, paths),
            )
        )
    return events


def _overruled(snapshot: Snapshot, rows: Sequence[StoredRecord]) -> list[TimelineEvent]:
    """Returns an event per value of a unit that an officer overruled."""
    words = dict.fromkeys((row.unit, row.form, one) for row in rows for one in row.overruled)
    return [
        TimelineEvent(
            date=snapshot.day(one.at),
            what=f"更正{unit}{form}:{overruled_words([one], snapshot.notice)}",
            origin=f"{one.who}:{one.why}",
        )
        for unit, form, one in words
    ]


def origin_of(snapshot: Snapshot, row: StoredRecord) -> Origin:
    """Returns the source of a row: its submission, form and row number, with overruled values."""
    overruled = overruled_words(row.overruled, snapshot.notice)
    return Origin(submission_id=row.submission_id, form=row.form, row=row.row, overruled=overruled)


def _visited(
    snapshot: Snapshot, rows: Sequence[StoredRecord], paths: Mapping[str, str]
) -> list[TimelineEvent]:
    """Returns each dated visit once, with the row that reported it first as its source."""
    events: dict[date, TimelineEvent] = {}
    for visit in merged_visits(snapshot.notice, rows, snapshot.today):
        if visit.date is None:
            continue
        row = next(
            r
            for r in rows
            if any(v.date == visit.date for v in merged_visits(snapshot.notice, [r], snapshot.today))
        )
        events[visit.date] = TimelineEvent(
            date=visit.date,
            what=f"第{visit.number}次劝返:{visit.result or '结果未填'}",
            origin=_origin(snapshot, row, paths),
        )
    return list(events.values())


def _decided(snapshot: Snapshot, student: Student) -> list[TimelineEvent]:
    words = {**_DECIDED, WORK_FILE: f"已建{snapshot.notice.work_file}"}
    return [
        TimelineEvent(
            date=snapshot.day(d.at),
            what=f"{words[d.kind]}:{d.detail}" if d.kind == OWN else words[d.kind],
            origin=f"{d.who}:{d.why}",
        )
        for d in snapshot.decisions
        if d.kind in words and d.subject in student.ids
    ]


def _origin(snapshot: Snapshot, row: StoredRecord, paths: Mapping[str, str]) -> str:
    """Returns the mail's arrival, file, sheet and row as Chinese words."""
    received = row.received_at.astimezone(snapshot.zone)
    path = paths.get(row.file_id, row.file_id)
    return f"{received:%Y-%m-%d %H:%M}来信 {path} {row.sheet}第{row.row}行"
