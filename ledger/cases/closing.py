"""Decides what closes a case: always evidence that can be shown (judgement M17, notice 六; domain 5.5).

A roll's row, a proof, the unit's word with its row, or a person with the reason. When that is superseded
or undone, nothing closes the case any more and it is open again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from ledger.cases.visits import RETURNED, merged_visits
from ledger.children.linked_children import Enrolment, Part, RollMatch, Student
from ledger.children.person import describe_row
from ledger.children.student_keys import last_statement
from ledger.officer_decisions import REOPEN, last_closing_decision
from ledger.results import CaseState, Closing, Proofs, Visit
from ledger.snapshot import Snapshot
from parsers.fields.dates import is_iso, whole_day
from store.stored_values import StoredProof, StoredRecord, UnitForm

_IN_SCHOOL = frozenset({None, "在校"})
_LEFT = "转出"  # the school that was left says nothing on whether the child arrived
_HOME_TEACHING = "送教上门"


def find_proven_closing(
    snapshot: Snapshot,
    student: Student,
    enrolment: Enrolment,
    proofs_by_form: Mapping[UnitForm, Proofs],
    paths: Mapping[str, str],
) -> tuple[Closing | None, tuple[str, ...]]:
    """Returns what closes the case as ``find_closing`` does, unless a later row that does not count opens it again.

    Opening needs no proof of the sender; so a case is closed only if it is with and without such rows.
    """
    closed, doubts = find_closing(snapshot, student, enrolment, proofs_by_form, paths)
    out_again = [row for row in student.unconfirmed_rows if _says_out(snapshot, row)]
    if closed is None or not out_again:
        return closed, doubts
    parts = tuple(
        replace(part, rows=tuple(sorted((*part.rows, *out_again), key=lambda row: row.received_at)))
        for part in student.parts
    )
    rows = tuple(sorted((*student.rows, *out_again), key=lambda row: row.received_at))
    told = replace(student, parts=parts, rows=rows)
    if find_closing(snapshot, told, enrolment, proofs_by_form, paths)[0] is not None:
        return closed, doubts
    row = out_again[-1]
    return None, (
        *doubts,
        f"{closed.by}({closed.on});此后未核实来源又报{row.values['status']}({describe_row(row)}),请核实",
    )


def _says_out(snapshot: Snapshot, row: StoredRecord) -> bool:
    """Returns whether a row says that the child is out of school, and nothing of a return."""
    if row.values.get("status") not in snapshot.notice.persuasion.statuses:
        return False
    return says_returned(snapshot, row) is None


def says_returned(snapshot: Snapshot, row: StoredRecord) -> Closing | None:
    """Returns the closing that this one row would be, if it counted."""
    return _returned(snapshot, (row,))


def find_closing(
    snapshot: Snapshot,
    student: Student,
    enrolment: Enrolment,
    proofs_by_form: Mapping[UnitForm, Proofs],
    paths: Mapping[str, str],
) -> tuple[Closing | None, tuple[str, ...]]:
    """Returns what closes the case, or None while it is open, with what a person is then to verify.

    A person's decision is about the whole case. Else every part must be closed by evidence of its own: that
    a slip in the number holds two parts together closes neither with the other's evidence. ``paths`` are the
    names of files by id, those of proof documents among them.
    """
    decided = _decided(snapshot, student)
    if decided == "open":
        return None, ()
    if isinstance(decided, Closing):
        return decided, ()
    closings = [
        (part, _close_part(snapshot, part, enrolment, proofs_by_form, paths)) for part in student.parts
    ]
    closed = [(part, one) for part, one in closings if one is not None]
    if len(closed) == len(closings):
        return max((one for _, one in closed), key=lambda one: one.on), ()
    doubts = [_partly_closed_sentence(part, one, student) for part, one in closed]
    doubts += [
        _doubtful_sentence(s)
        for part, one in closings
        if one is None
        for s in _doubtful_roll_matches(snapshot, part, enrolment)
    ]
    return None, tuple(doubts)


def _partly_closed_sentence(part: Part, one: Closing, student: Student) -> str:
    sentence = next(link.sentence for link in student.links if part.person.key in (link.left, link.right))
    return f"{one.by}({one.on});与其余报送只凭“{sentence}”相连,请核实是否同一人"


def _doubtful_sentence(roll_match: RollMatch) -> str:
    row = roll_match.rows[-1]
    return f"疑似已在{row.unit}就读({row.form}第{row.row}行;{roll_match.link.sentence}),请核实"


def _doubtful_roll_matches(snapshot: Snapshot, part: Part, enrolment: Enrolment) -> list[RollMatch]:
    """Returns the roll matches that would close this part if they were sure."""
    doubtful = enrolment.doubtful.get(part.person.key, ())
    return [roll_match for roll_match in doubtful if _on_a_roll(snapshot, part.rows, roll_match) is not None]


def find_doubtful_roll_matches(
    snapshot: Snapshot, student: Student, enrolment: Enrolment
) -> list[tuple[Part, RollMatch]]:
    """Returns who on a roll may be the child of an open case, for a person to decide."""
    return [
        (part, roll_match)
        for part in student.parts
        for roll_match in _doubtful_roll_matches(snapshot, part, enrolment)
    ]


def _decided(snapshot: Snapshot, student: Student) -> Closing | Literal["open"] | None:
    """Returns what a person decided last: closed, open again, or None.

    A later row that reports the child out of school opens a closed case again: the person did not know it.
    """
    last = last_closing_decision(snapshot.decisions, student.ids)
    if last is None:
        return None
    if last.kind == REOPEN:
        news = [row for row in student.rows if row.received_at > last.at]
        return None if news else "open"
    if any(row.received_at > last.at and row.values.get("outcome") != RETURNED for row in student.rows):
        return None
    state = CaseState(last.detail) if last.detail else CaseState.RETURNED
    return Closing(state, snapshot.day(last.at), f"{last.who}:{last.why}")


def _close_part(
    snapshot: Snapshot,
    part: Part,
    enrolment: Enrolment,
    proofs_by_form: Mapping[UnitForm, Proofs],
    paths: Mapping[str, str],
) -> Closing | None:
    roll_match = enrolment.sure.get(part.person.key)
    return (
        _returned(snapshot, part.rows)
        or (_on_a_roll(snapshot, part.rows, roll_match) if roll_match is not None else None)
        or _excused(snapshot, part, proofs_by_form, paths)
        or _aged_out(snapshot, part)
    )


def _returned(snapshot: Snapshot, rows: Sequence[StoredRecord]) -> Closing | None:
    """The newest word says 已返校; a word of being out again takes it back (辍学反复)."""
    for row in reversed(rows):
        outcome, day = row.values.get("outcome"), row.values.get("returned_on")
        is_past = isinstance(day, str) and is_iso(day) and day <= snapshot.today.isoformat()
        if outcome == RETURNED or (is_past and outcome is None):
            on = (whole_day(day) if is_past else None) or snapshot.day(row.received_at)
            return Closing(CaseState.RETURNED, on, f"{describe_row(row)}:已返校")
        visits: Sequence[Visit] = merged_visits([row], snapshot.today)
        if visits and visits[-1].result == RETURNED and outcome is None:
            on = visits[-1].date or snapshot.day(row.received_at)
            return Closing(CaseState.RETURNED, on, f"{describe_row(row)}:劝返结果已返校")
        if row.values.get("status") or outcome is not None or visits:
            return None
    return None


def _on_a_roll(snapshot: Snapshot, rows: Sequence[StoredRecord], roll_match: RollMatch) -> Closing | None:
    """A roll that came after the last word of being out shows the child in school.

    Until one does, a moved child stays with the unit that was responsible before.
    """
    last = rows[-1]
    later = [
        row
        for row in roll_match.rows
        if row.received_at > last.received_at and row.values.get("study_status") != _LEFT
    ]
    if not later or later[-1].values.get("study_status") not in _IN_SCHOOL:
        return None
    row = later[-1]
    day, why = snapshot.day(row.received_at), roll_match.link.sentence
    if row.values.get("attendance_mode") == _HOME_TEACHING:
        return Closing(CaseState.EXCUSED, day, f"{describe_row(row)}:送教上门({why})")
    state = CaseState.RETURNED if row.unit == last.unit else CaseState.MOVED
    return Closing(state, day, f"{describe_row(row)}:在校({why})")


def _excused(
    snapshot: Snapshot, part: Part, proofs_by_form: Mapping[UnitForm, Proofs], paths: Mapping[str, str]
) -> Closing | None:
    """休学 or 延缓入学 with its proof, and not past its end."""
    last = last_statement(part.rows, snapshot.statuses)
    if last is None or last.values["status"] not in snapshot.notice.form(last.form).proof_statuses:
        return None
    until = last.values.get("until")
    if isinstance(until, str) and until < snapshot.today.isoformat()[: len(until)]:
        return None
    proof = proofs_by_form.get((last.unit, last.form))
    file_id = _proof_of(proof, part.keys, last) if proof is not None else None
    if file_id is None:
        return None
    fact = next((fact for fact in snapshot.proof_documents if fact.file_id == file_id), None)
    came = last.received_at if fact is None else max(fact.received_at, last.received_at)
    return Closing(
        CaseState.EXCUSED,
        snapshot.day(came),
        f"{describe_row(last)}:{last.values['status']},证明材料已收到({_file_name(fact, paths)})",
    )


def _file_name(proof_document: StoredProof | None, paths: Mapping[str, str]) -> str:
    return paths.get(proof_document.file_id, proof_document.file_id) if proof_document is not None else "文件"


def _proof_of(proof: Proofs, keys: Sequence[str], row: StoredRecord) -> str | None:
    """The file that proves this child's leave.

    By name only where the unit's own rows do not give the number by which the case knows the child.
    """
    for key in keys:
        if key in proof.owed:
            return proof.received.get(key)
    return next(
        (file for k, file in proof.received.items() if proof.owed[k] == row.values.get("name")),
        None,
    )


def _aged_out(snapshot: Snapshot, part: Part) -> Closing | None:
    """Older than the notice's upper bound in the school year of ``as_of``."""
    birth = part.person.birth
    today, bound = snapshot.today, snapshot.notice.ages.born_from  # its day and month begin a school year
    year = today.year - ((today.month, today.day) < (bound.month, bound.day))
    opened = snapshot.notice.opened
    years = year - (opened.year - ((opened.month, opened.day) < (bound.month, bound.day)))
    begun = bound.replace(year=year)
    bound = bound.replace(year=bound.year + max(years, 0))
    if birth is None or date.fromisoformat(birth) >= bound:
        return None
    on = max(snapshot.day(part.rows[0].received_at), begun)
    return Closing(CaseState.AGED_OUT, min(on, today), f"出生日期{birth},已超过义务教育年龄")
