"""Cases: children out of school and not yet accounted for (contract §4, ``cases --json``).

One case a child, from everything that ever came about it. A case never closes by silence: something
must say that the child returned, is excused with proof, is on another roll, or is too old.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from ledger.book import Book
from ledger.judgements import Case, CaseState, Origin, Visit
from ledger.proof import Proofs, proofs
from ledger.students import by_student, last_statement
from ledger.visits import RETURNED, failed_streak, last_day, merged_visits
from parsers.identity import sound_number
from store.facts import RecordFact

_DETAILS = (
    "grade", "class_name", "household_category", "guardian", "guardian_phone", "previous_school", "reason", "whereabouts", "remark",
)  # fmt: skip
_IN_SCHOOL = frozenset({None, "在校"})
_LEFT = "转出"  # the school that was left says nothing on whether the child arrived
_HOME_TEACHING = "送教上门"


@dataclass(frozen=True, slots=True)
class _Closing:
    state: CaseState
    on: date
    by: str


def cases(book: Book) -> tuple[Case, ...]:
    """Every case, open and closed, by responsible unit and name."""
    groups = students_of(book)
    enrolled: dict[str, list[RecordFact]] = {}
    for row in book.enrolled([key for key, _ in groups]):
        number = sound_number(row.values, row.problems)
        if number is not None:
            enrolled.setdefault(number, []).append(row)
    proven = proofs(book)
    found = [_case(book, key, rows, enrolled.get(key, ()), proven) for key, rows in groups]
    return tuple(sorted(found, key=lambda case: (case.responsible_unit, case.name, case.case_id)))


def students_of(book: Book) -> list[tuple[str, tuple[RecordFact, ...]]]:
    """The rows of 附件3–6 by child, as people have merged and split them."""
    groups = dict(by_student(book.case_rows))
    for decision in book.decisions:
        key = next((k for k, rows in groups.items() if decision.subject in aliases(k, rows)), None)
        if key is None or decision.detail is None:
            continue
        if decision.kind == "merge":
            other = next(
                (k for k, rows in groups.items() if decision.detail in aliases(k, rows) and k != key), None
            )
            if other is not None:
                both = {row.record_id: row for row in (*groups[key], *groups.pop(other))}
                groups[key] = tuple(sorted(both.values(), key=lambda row: (row.received_at, row.record_id)))
        elif decision.kind == "split":
            apart = tuple(row for row in groups[key] if row.submission_id == decision.detail)
            rest = tuple(row for row in groups[key] if row.submission_id != decision.detail)
            if apart and rest:
                groups[key], groups[f"{key}#{decision.detail}"] = rest, apart
    return list(groups.items())


def _case(
    book: Book,
    key: str,
    rows: Sequence[RecordFact],
    enrolled: Sequence[RecordFact],
    proven: Mapping[tuple[str, str], Proofs],
) -> Case:
    own = aliases(key, rows)
    visits = merged_visits(rows, book.today)
    last = last_statement(rows, book.statuses)
    status = str(last.values["status"]) if last is not None else _latest(rows, "status") or "辍学"
    opened = _opened(book, rows)
    closing = _closing(book, key, status, rows, visits, enrolled, proven)
    chased = closing is None and status in book.notice.persuasion.statuses
    due = _next_visit(book, visits, opened) if chased else None
    return Case(
        case_id=case_id(key),
        name=_latest(rows, "name") or "(姓名未填)",
        id_number=_latest(rows, "id_number"),
        status=status,
        state=closing.state if closing else CaseState.OPEN,
        responsible_unit=_responsible(book, rows[-1]),
        opened_on=opened,
        visits=visits,
        next_visit_due=due,
        days_overdue=max((book.today - due).days, 0) if due else 0,
        escalation=_escalation(book, rows, visits) if chased else "none",
        closed_on=closing.on if closing else None,
        closed_by=closing.by if closing else None,
        origins=tuple(Origin(submission_id=row.submission_id, form=row.form, row=row.row) for row in rows),
        notes=tuple(
            f"{book.day(d.at)} {d.who}:{d.why}"
            for d in book.decisions
            if d.kind == "note" and d.subject in own
        ),
        details={key: value for key in _DETAILS if (value := _latest(rows, key)) is not None},
    )


def _opened(book: Book, rows: Sequence[RecordFact]) -> date:
    """The day of the event where one is given in full, else the day on which the office first heard (A04)."""
    heard = book.day(rows[0].received_at)
    for row in reversed(rows):
        since = row.values.get("since")
        if isinstance(since, str) and len(since) == 10 and date.fromisoformat(since) <= heard:
            return date.fromisoformat(since)
    return heard


def _closing(
    book: Book,
    key: str,
    status: str,
    rows: Sequence[RecordFact],
    visits: Sequence[Visit],
    enrolled: Sequence[RecordFact],
    proven: Mapping[tuple[str, str], Proofs],
) -> _Closing | None:
    """What closes the case, or None while it is open."""
    decided = _decided(book, key, rows)
    if decided is not None:
        return decided if isinstance(decided, _Closing) else None
    return (
        _returned(book, rows, visits)
        or _on_a_roll(book, rows, enrolled)
        or _excused(book, key, status, rows, proven)
        or _aged_out(book, rows)
    )


def aliases(key: str, rows: Sequence[RecordFact]) -> frozenset[str]:
    """Every id that this case may have had: a decision holds also when a number is learnt later."""
    keys = {key} | {
        f"{row.values.get('name')}|{row.values.get('birth_date') or ''}|{row.unit}" for row in rows
    }
    return frozenset(case_id(each) for each in keys)


def case_id(key: str) -> str:
    """A case's id, from what its child is known by."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def _decided(book: Book, key: str, rows: Sequence[RecordFact]) -> "_Closing | Literal['open'] | None":
    """What a person decided last: closed, open again, or nothing.

    News of being out that comes after a closing opens the case again: a person closed what was known then.
    """
    own = aliases(key, rows)
    last = next(
        (d for d in reversed(book.decisions) if d.kind in ("close", "reopen") and d.subject in own), None
    )
    if last is None:
        return None
    if last.kind == "reopen":
        news = [row for row in rows if row.received_at > last.at]
        return None if news else "open"
    if any(row.received_at > last.at and row.values.get("outcome") != RETURNED for row in rows):
        return None
    state = CaseState(last.detail) if last.detail else CaseState.RETURNED
    return _Closing(state, book.day(last.at), f"{last.who}:{last.why}")


def _returned(book: Book, rows: Sequence[RecordFact], visits: Sequence[Visit]) -> _Closing | None:
    """The newest word says 已返校; a word of being out again takes it back (辍学反复)."""
    for row in reversed(rows):
        outcome, day = row.values.get("outcome"), row.values.get("returned_on")
        told = isinstance(day, str) and day <= book.today.isoformat()
        if outcome == RETURNED or (told and outcome is None):
            on = (
                date.fromisoformat(day)
                if isinstance(day, str) and len(day) == 10 and told
                else book.day(row.received_at)
            )
            return _Closing(CaseState.RETURNED, on, f"{_origin(row)}:已返校")
        own = merged_visits([row], book.today)
        if own and own[-1].result == RETURNED and outcome is None:
            return _Closing(
                CaseState.RETURNED,
                own[-1].date or book.day(row.received_at),
                f"{_origin(row)}:劝返结果已返校",
            )
        if row.values.get("status") or outcome is not None or own:
            return None
    return None


def _on_a_roll(book: Book, rows: Sequence[RecordFact], enrolled: Sequence[RecordFact]) -> _Closing | None:
    """A roll that came after the last word of being out shows the child in school."""
    last = rows[-1]
    later = [
        row
        for row in enrolled
        if row.received_at > last.received_at and row.values.get("study_status") != _LEFT
    ]
    if not later or later[-1].values.get("study_status") not in _IN_SCHOOL:
        return None
    row = later[-1]
    day = book.day(row.received_at)
    if row.values.get("attendance_mode") == _HOME_TEACHING:
        return _Closing(CaseState.EXCUSED, day, f"{_origin(row)}:送教上门")
    state = CaseState.RETURNED if row.unit == last.unit else CaseState.MOVED
    return _Closing(state, day, f"{_origin(row)}:在校")


def _excused(
    book: Book, key: str, status: str, rows: Sequence[RecordFact], proven: Mapping[tuple[str, str], Proofs]
) -> _Closing | None:
    """休学 or 延缓入学 with its proof, and not past its end."""
    last = last_statement(rows, book.statuses)
    if last is None or status not in book.notice.form(last.form).proof_statuses:
        return None
    until = last.values.get("until")
    if isinstance(until, str) and until < book.today.isoformat()[: len(until)]:
        return None
    proof = proven.get((last.unit, last.form))
    file_id = _proof_of(proof, key, last) if proof is not None else None
    if file_id is None:
        return None
    came = next((fact.received_at for fact in book.evidence if fact.file_id == file_id), last.received_at)
    return _Closing(
        CaseState.EXCUSED, book.day(max(came, last.received_at)), f"{_origin(last)}:{status},证明材料已收到"
    )


def _proof_of(proof: Proofs, key: str, row: RecordFact) -> str | None:
    """The file that proves this child's leave.

    By name only where the unit's own rows do not give the number by which the case knows the child.
    """
    if key in proof.owed:
        return proof.received.get(key)
    return next(
        (file for k, file in proof.received.items() if proof.owed[k] == row.values.get("name")),
        None,
    )


def _aged_out(book: Book, rows: Sequence[RecordFact]) -> _Closing | None:
    """Older than the notice's upper bound in the school year of ``as_of``."""
    birth = _latest(rows, "birth_date")
    today, bound = book.today, book.notice.ages.born_from  # its day and month begin a school year
    year = today.year - ((today.month, today.day) < (bound.month, bound.day))
    opened = book.notice.opened
    years = year - (opened.year - ((opened.month, opened.day) < (bound.month, bound.day)))
    begun = bound.replace(year=year)
    bound = bound.replace(year=bound.year + max(years, 0))
    if birth is None or len(birth) != 10 or date.fromisoformat(birth) >= bound:
        return None
    on = max(book.day(rows[0].received_at), begun)
    return _Closing(CaseState.AGED_OUT, min(on, today), f"出生日期{birth},已超过义务教育年龄")


def _responsible(book: Book, row: RecordFact) -> str:
    """Out of county: the township of registration; in county: the school that the child left (R15, R16)."""
    unit = book.unit(row.unit)
    if unit is not None and unit.kind == "township":
        home = row.values.get("household_township")
        known = book.unit(home) if isinstance(home, str) else None
        if known is not None and known.kind == "township":
            return known.name
    return row.unit


def _next_visit(book: Book, visits: Sequence[Visit], opened: date) -> date:
    """Five days after the last visit, or after the event (R17, A04)."""
    return (last_day(visits) or opened) + timedelta(days=book.notice.persuasion.interval_days)


def _escalation(book: Book, rows: Sequence[RecordFact], visits: Sequence[Visit]) -> str:
    """After three visits in a row without return the persuasion forms are owed (R18, R19)."""
    third = failed_streak(visits, book.notice.persuasion.streak)
    if third is None:
        return "none"
    forms = {form.key for form in book.notice.forms if form.proof_every}
    filed = any(row.form in forms and book.day(row.received_at) >= third for row in rows)
    return "filed" if filed else "owed"


def _latest(rows: Sequence[RecordFact], key: str) -> str | None:
    return next(
        (str(row.values[key]) for row in reversed(rows) if row.values.get(key) not in (None, "")), None
    )


def _origin(row: RecordFact) -> str:
    return f"{row.unit}{row.form}第{row.row}行"
