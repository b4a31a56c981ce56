"""Decides what closes a case: always evidence that can be shown (notice 六; docs/judging.md, What closes a case).

Evidence is a roll's row, a proof document, the responsible unit's own row, or an officer's decision with its
reason. When the evidence is superseded or withdrawn, the case is open again.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from ledger.cases.episodes import Episode, last_episode
from ledger.cases.leave import is_before_school_age, is_leave_over, last_day_of_leave
from ledger.cases.responsible_unit import Responsibility
from ledger.cases.roll_evidence import closing_roll_row, shows_in_school
from ledger.cases.statements import Says, Statement, is_back, is_gone, read_statements
from ledger.cases.visits import is_return
from ledger.children.columns.child_columns import number_of
from ledger.children.linked_children import Enrolment, Part, RollMatch, Student
from ledger.children.person import describe_row, possible_births
from ledger.children.student_keys import last_statement, names_in
from ledger.lists.roll_attendance import is_home_teaching
from ledger.officer_decisions import CLOSE, REOPEN, last_closing_decision
from ledger.results import CaseState, Closing, Proofs
from ledger.snapshot import Snapshot
from ledger.state_words import CASE_STATE_WORDS
from store.stored_values import ObligationKey, StoredDecision, StoredProof, StoredRecord


def find_proven_closing(
    snapshot: Snapshot,
    student: Student,
    enrolment: Enrolment,
    proofs_by_form: Mapping[ObligationKey, Proofs],
    paths: Mapping[str, str],
) -> tuple[Closing | None, tuple[str, ...]]:
    """Returns the closing of ``find_closing`` and its doubts; an unproven sender's later report of "out" reopens the case.

    Opening a case needs no proof of the sender. So a case is closed only if it is closed both with and
    without the rows of unproven senders.
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
    with_unproven = replace(student, parts=parts, rows=rows)
    if find_closing(snapshot, with_unproven, enrolment, proofs_by_form, paths)[0] is not None:
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
    return _returned(snapshot, last_episode(read_statements(snapshot, (row,))))


def tell_story(
    snapshot: Snapshot,
    rows: Sequence[StoredRecord],
    ids: Collection[str],
    shown: Sequence[StoredRecord] = (),
) -> Episode:
    """Returns the latest time out of school of one child, from its rows and from officers' decisions on its ids.

    Args:
        shown: rows of rolls that show the child in school. Such a row ends an episode only if a unit
            reports that the child left on a later day; otherwise roll and register contradict each other and
            nothing ends.
    """
    statements = [*read_statements(snapshot, rows), *_decided(snapshot, ids)]
    began = max((one.began for one in statements if one.began is not None), default=date.min)
    statements += [
        Statement(says=Says.RETURNED, day=day, told_on=day, row=row)
        for row in shown
        if (day := snapshot.told_on(row)) < began
    ]
    return last_episode(sorted(statements, key=lambda one: (one.day, one.told_on)))


def find_shown_in_school(
    snapshot: Snapshot, responsibility: Responsibility, student: Student, enrolment: Enrolment
) -> tuple[StoredRecord, ...]:
    """Returns the roll rows that surely match this child and show it back in school after a report of being out.

    A roll of a unit that had already reported the child, or was already responsible for it, must have the
    word 在校, since units leave their dropouts on the list. The school that the child left later needs no
    such word.
    """
    matches = [enrolment.sure.get(part.person.key) for part in student.parts]
    if not any(matches):
        return ()
    statements = read_statements(snapshot, student.rows)
    shown = []
    for row in (row for match in matches if match is not None for row in match.rows):
        day = snapshot.told_on(row)
        told_by_then = {one.row.unit for one in statements if one.row is not None and one.told_on <= day}
        told_later = {one.row.unit for one in statements if one.row is not None} - told_by_then
        units = told_by_then | (responsibility.voices - told_later)
        was_out = any(is_gone(one) and one.day <= day for one in statements)
        if was_out and shows_in_school(snapshot.notice, row, units):
            shown.append(row)
    return tuple(shown)


def find_closing(
    snapshot: Snapshot,
    student: Student,
    enrolment: Enrolment,
    proofs_by_form: Mapping[ObligationKey, Proofs],
    paths: Mapping[str, str],
) -> tuple[Closing | None, tuple[str, ...]]:
    """Returns what closes the case, or None while it is open; and sentences for a person to verify.

    An officer's decision covers the whole case. Otherwise each part (rows surely of one person) must be
    closed by its own evidence: parts linked only by a slip in the number do not close each other.

    Args:
        paths: by file id, the path of the file, proof documents included.
    """
    last = last_closing_decision(snapshot.decisions, student.ids)
    if last is not None and last.kind == REOPEN and not _has_news(snapshot, student, last):
        return None, ()
    if (closing := find_closing_by_person(snapshot, student)) is not None:
        return closing, ()
    decided = _decided(snapshot, student.ids)
    closings = [
        (part, _close_part(snapshot, student, part, decided, enrolment, proofs_by_form, paths))
        for part in student.parts
    ]
    closed = [(part, one) for part, one in closings if one is not None]
    if len(closed) == len(closings):
        return max((one for _, one in closed), key=lambda one: one.on), ()
    doubts = [_partly_closed_sentence(part, one, student) for part, one in closed]
    doubts += [
        _doubtful_sentence(s)
        for part, one in closings
        if one is None
        for s in _doubtful_roll_matches(snapshot, student, part, enrolment)
    ]
    doubts += _promise_sentences(tell_story(snapshot, student.rows, student.ids))
    return None, tuple(doubts)


def find_closing_by_person(snapshot: Snapshot, student: Student) -> Closing | None:
    """Returns the closing that an officer decided, or None.

    It is void once later rows contradict it, or once the leave for which the child was excused is over.
    """
    decision = last_closing_decision(snapshot.decisions, student.ids)
    if decision is None or decision.kind == REOPEN or _has_news(snapshot, student, decision):
        return None
    state = CaseState(decision.detail) if decision.detail else CaseState.RETURNED
    if state is CaseState.EXCUSED and _was_for_leave_now_over(snapshot, student, decision):
        return None
    return Closing(state, snapshot.day(decision.at), f"{decision.who}:{decision.why}")


def _was_for_leave_now_over(snapshot: Snapshot, student: Student, decision: StoredDecision) -> bool:
    """Returns whether an officer excused the child for a leave that has since ended; then only evidence closes the case."""
    last = last_statement(student.rows, snapshot.statuses)
    if last is None or last.values["status"] not in snapshot.notice.form(last.form).proof_statuses:
        return False
    end = last_day_of_leave(snapshot, last)
    return end is not None and snapshot.day(decision.at) <= end < snapshot.today


def _partly_closed_sentence(part: Part, one: Closing, student: Student) -> str:
    sentence = next(link.sentence for link in student.links if part.person.key in (link.left, link.right))
    return f"{one.by}({one.on});与其余报送只凭“{sentence}”相连,请核实是否同一人"


def _promise_sentences(episode: Episode) -> Iterator[str]:
    promise = episode.promised
    if promise is not None and promise.row is not None:
        day = str(promise.row.values.get("returned_on"))
        yield f"承诺{day}返校({describe_row(promise.row)}),到期前仍按未返校劝返"


def _doubtful_sentence(roll_match: RollMatch) -> str:
    row = roll_match.rows[-1]
    return f"疑似已在{row.unit}就读({row.form}第{row.row}行;{roll_match.link.sentence}),请核实"


def _units(student: Student) -> frozenset[str]:
    return student.own_units or frozenset(row.unit for row in student.rows)


def _doubtful_roll_matches(
    snapshot: Snapshot, student: Student, part: Part, enrolment: Enrolment
) -> list[RollMatch]:
    """Returns the roll matches that would close this part if they were sure."""
    doubtful = enrolment.doubtful.get(part.person.key, ())
    if not doubtful:
        return []
    episode = tell_story(snapshot, part.rows, part.person.ids)
    return [one for one in doubtful if _on_a_roll(snapshot, _units(student), episode, one) is not None]


def find_doubtful_roll_matches(
    snapshot: Snapshot, student: Student, enrolment: Enrolment
) -> list[tuple[Part, RollMatch]]:
    """Returns the roll entries that may be the child of an open case and would close it, each with the part concerned."""
    return [
        (part, roll_match)
        for part in student.parts
        for roll_match in _doubtful_roll_matches(snapshot, student, part, enrolment)
    ]


def _has_news(snapshot: Snapshot, student: Student, decision: StoredDecision) -> bool:
    """Returns whether a row that arrived after the decision contradicts it.

    After a closing, that is a report that the child is out, except visits made before the closing. After a
    reopening, any new row is news.
    """
    news = {row.record_id for row in student.rows if row.received_at > decision.at}
    if decision.kind == REOPEN or not news:
        return bool(news)
    closed_on = snapshot.day(decision.at)
    return any(
        one.day > closed_on
        if one.says is Says.FAILED_VISIT
        else one.record_id in news and one.day >= closed_on and (is_gone(one) or one.says is Says.MENTIONED)
        for one in read_statements(snapshot, student.rows)
    )


def _decided(snapshot: Snapshot, ids: Collection[str]) -> list[Statement]:
    """Returns officers' decisions on a case as statements: a closing as a return, a reopening as being out.

    A closing before the latest reopening is dropped, as it was taken back.
    """
    decisions = [one for one in snapshot.decisions if one.kind in (CLOSE, REOPEN) and one.subject in ids]
    reopened = max((index for index, one in enumerate(decisions) if one.kind == REOPEN), default=-1)
    return [
        Statement(
            says=Says.RETURNED if decision.kind == CLOSE else Says.OUT,
            day=(day := snapshot.day(decision.at)),
            told_on=day,
            row=None,
            began=day if decision.kind == REOPEN else None,
            is_explicit=True,
        )
        for index, decision in enumerate(decisions)
        if decision.kind == REOPEN or index > reopened
    ]


def _close_part(
    snapshot: Snapshot,
    student: Student,
    part: Part,
    decided: Sequence[Statement],
    enrolment: Enrolment,
    proofs_by_form: Mapping[ObligationKey, Proofs],
    paths: Mapping[str, str],
) -> Closing | None:
    statements = sorted(
        [*read_statements(snapshot, part.rows), *decided], key=lambda one: (one.day, one.told_on)
    )
    episode = last_episode(statements)
    roll_match = enrolment.sure.get(part.person.key)
    return (
        _returned(snapshot, episode)
        or (
            _on_a_roll(snapshot, _units(student), episode, _without_denied(snapshot, student, roll_match))
            if roll_match is not None
            else None
        )
        or _excused(snapshot, part, episode, proofs_by_form, paths)
        or _moved(snapshot, part, episode, paths)
        or _aged_out(snapshot, part)
    )


def _returned(snapshot: Snapshot, episode: Episode) -> Closing | None:
    """Returns the closing for a return that no later report takes back, else None (辍学反复)."""
    returned = episode.returned
    if returned is None or returned.row is None:
        return None
    values = returned.row.values
    word = CASE_STATE_WORDS[CaseState.RETURNED]
    if is_return(snapshot.notice, values.get("outcome")) or values.get("returned_on"):
        words = word
    else:
        words = str(values["status"]) if is_back(snapshot, values.get("status")) else f"劝返结果{word}"
    return Closing(CaseState.RETURNED, returned.day, f"{describe_row(returned.row)}:{words}")


def _on_a_roll(
    snapshot: Snapshot, units: Collection[str], episode: Episode, roll_match: RollMatch
) -> Closing | None:
    """Returns the closing for a roll row later than the last report of being out, else None.

    Until a roll shows a child that moved, the case stays with the unit responsible before.

    Args:
        units: the units responsible for or reporting the child; a roll of any other unit means that it
            moved.
    """
    row = closing_roll_row(snapshot, episode.listed, units, roll_match)
    if row is None:
        return None
    day, why = snapshot.day(row.received_at), roll_match.link.sentence
    if is_home_teaching(snapshot.notice, row):
        return Closing(CaseState.EXCUSED, day, f"{describe_row(row)}:{row.values['attendance_mode']}({why})")
    state = CaseState.RETURNED if row.unit in units else CaseState.MOVED
    in_school = snapshot.notice.word_for("study_status", "in-school")
    return Closing(state, day, f"{describe_row(row)}:{in_school}({why})")


def _without_denied(snapshot: Snapshot, student: Student, roll_match: RollMatch) -> RollMatch:
    """Returns the roll match without rows of units that themselves reported the child out on that day or later.

    A unit's list is no evidence against its own later report, even where another unit is responsible.
    """
    if not student.foreign_rows:
        return roll_match
    out_on: dict[str, date] = {}
    for one in read_statements(snapshot, student.foreign_rows):
        if is_gone(one) and one.row is not None:
            out_on[one.row.unit] = max(one.told_on, out_on.get(one.row.unit, date.min))
    later_rows = (row for row in roll_match.rows if snapshot.told_on(row) > out_on.get(row.unit, date.min))
    return replace(roll_match, rows=tuple(later_rows))


def _excused(
    snapshot: Snapshot,
    part: Part,
    episode: Episode,
    proofs_by_form: Mapping[ObligationKey, Proofs],
    paths: Mapping[str, str],
) -> Closing | None:
    """Returns the closing for 休学 or 延缓入学 with its proof, not past its end and not followed by a report of being out."""
    leave = episode.stated[-1] if episode.stated else None
    if leave is None or leave.says is not Says.LEAVE or leave.row is None:
        return None
    last = leave.row
    if is_before_school_age(snapshot, last, part.rows):
        return Closing(
            CaseState.EXCUSED, leave.told_on, f"{describe_row(last)}:未到入学年龄,无需{last.values['status']}"
        )
    if is_leave_over(snapshot, last):
        return None
    if last.values["status"] not in snapshot.notice.form(last.form).proof_statuses:
        return Closing(CaseState.EXCUSED, leave.told_on, f"{describe_row(last)}:{last.values['status']}")
    proof = proofs_by_form.get(last.key.of_form)
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


def _moved(snapshot: Snapshot, part: Part, episode: Episode, paths: Mapping[str, str]) -> Closing | None:
    """Returns the closing for 转学: the unit's latest status, with a proof (在读证明) naming the child, else None.

    No unit owes this proof. Until it comes or a roll shows the child, the case stays open.
    """
    last = episode.stated[-1].row if episode.stated else None
    if last is None or snapshot.notice.meaning("status", last.values.get("status")) != "moved":
        return None
    name = str(last.values.get("name") or "")
    if _has_namesake(snapshot, part, name):
        return None
    began = min(one.told_on for one in episode.stated)
    words = snapshot.notice.wording.school_proofs
    for fact in snapshot.proof_documents:
        is_of_child = fact.unit in {row.unit for row in part.rows} and names_in(fact.text, (name,))
        if (
            is_of_child
            and snapshot.day(fact.received_at) >= began
            and any(word in fact.text for word in words)
        ):
            came = max(snapshot.day(fact.received_at), episode.stated[-1].told_on)
            why = f"{describe_row(last)}:{last.values['status']},证明材料已收到({_file_name(fact, paths)})"
            return Closing(CaseState.MOVED, came, why)
    return None


def _has_namesake(snapshot: Snapshot, part: Part, name: str) -> bool:
    """Returns whether a unit that reports this child reports another of the same name, so that a proof is ambiguous."""
    units, own_ids = {row.unit for row in part.rows}, {row.record_id for row in part.rows}
    numbers = {number_of(row) for row in part.rows} - {None}
    return any(
        row.unit in units and row.values.get("name") == name and number_of(row) not in {*numbers, None}
        for row in snapshot.case_rows
        if row.record_id not in own_ids
    )


def _file_name(proof_document: StoredProof | None, paths: Mapping[str, str]) -> str:
    return paths.get(proof_document.file_id, proof_document.file_id) if proof_document is not None else "文件"


def _proof_of(proof: Proofs, keys: Sequence[str], row: StoredRecord) -> str | None:
    """Returns the id of the file that proves this child's leave, or None.

    It is looked up by student key; by name only where the form does not list the child under any of its keys.
    """
    for key in keys:
        if key in proof.owed:
            return proof.received.get(key)
    return next(
        (file for k, file in proof.received.items() if proof.owed[k] == row.values.get("name")),
        None,
    )


def _aged_out(snapshot: Snapshot, part: Part) -> Closing | None:
    """Returns the closing of a child past the notice's upper age in the school year of ``as_of``, else None.

    Every birth date that may be the true one must be past it.
    """
    today, ages = snapshot.today, snapshot.ages
    begun = ages.born_from.replace(year=ages.school_year(today))
    births = [date.fromisoformat(birth) for birth in possible_births(part.rows)]
    if not births or max(births) >= ages.born_from:
        return None
    on = max(snapshot.day(part.rows[0].received_at), begun)
    return Closing(CaseState.AGED_OUT, min(on, today), f"出生日期{max(births)},已超过义务教育年龄")
