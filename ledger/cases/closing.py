"""Decides what closes a case: always evidence that can be shown (notice 六; ``docs/judging.md``, What closes a case).

A roll's row, a proof, the unit's word with its row, or a person with the reason. When that is superseded
or undone, nothing closes the case any more and it is open again.
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
    return _returned(snapshot, last_episode(read_statements(snapshot, (row,))))


def tell_story(
    snapshot: Snapshot,
    rows: Sequence[StoredRecord],
    ids: Collection[str],
    shown: Sequence[StoredRecord] = (),
) -> Episode:
    """Returns the last time out of school of a child, by its rows and by what people decided on its ids.

    Args:
        shown: rows of rolls that show the child in school. One ends the time before it where a unit says of a later
            day that the child left then; else the roll and the ledger contradict each other, and nothing ended.
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
    """Returns the rows of rolls that surely are of this child and show it back in school, after a word of being out.

    The roll of a unit that by then had told of the child, or was responsible for it, needs the word 在校; that of the
    school that the child left later does not.
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
    """Returns what closes the case, or None while it is open, with what a person is then to verify.

    A person's decision is about the whole case. Else every part must be closed by evidence of its own: that
    a slip in the number holds two parts together closes neither with the other's evidence. ``paths`` are the
    names of files by id, those of proof documents among them.
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
    """Returns by what a person closed the case, if nothing that came later says otherwise and no leave is over since."""
    last = last_closing_decision(snapshot.decisions, student.ids)
    if last is None or last.kind == REOPEN or _has_news(snapshot, student, last):
        return None
    state = CaseState(last.detail) if last.detail else CaseState.RETURNED
    if state is CaseState.EXCUSED and _was_for_leave_now_over(snapshot, student, last):
        return None
    return Closing(state, snapshot.day(last.at), f"{last.who}:{last.why}")


def _was_for_leave_now_over(snapshot: Snapshot, student: Student, decision: StoredDecision) -> bool:
    """Returns whether a person excused a child for a leave that has ended since: then only evidence closes the case."""
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
    """Returns who on a roll may be the child of an open case, for a person to decide."""
    return [
        (part, roll_match)
        for part in student.parts
        for roll_match in _doubtful_roll_matches(snapshot, student, part, enrolment)
    ]


def _has_news(snapshot: Snapshot, student: Student, decision: StoredDecision) -> bool:
    """Returns whether a row that the deciding person did not know tells another story than the decision.

    After a closing that is a word of being out, unless it is of visits before; after a reopening, any row.
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
    """Returns what people decided on a case, as statements: it was closed, or the child is out after all.

    A closing that was taken back later never was one.
    """
    decisions = [one for one in snapshot.decisions if one.kind in (CLOSE, REOPEN) and one.subject in ids]
    reopened = max((place for place, one in enumerate(decisions) if one.kind == REOPEN), default=-1)
    return [
        Statement(
            says=Says.RETURNED if decision.kind == CLOSE else Says.OUT,
            day=(day := snapshot.day(decision.at)),
            told_on=day,
            row=None,
            began=day if decision.kind == REOPEN else None,
            is_explicit=True,
        )
        for place, decision in enumerate(decisions)
        if decision.kind == REOPEN or place > reopened
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
    """A return that no word of being out takes back (辍学反复)."""
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
    """A roll that came after the last word of being out shows the child in school.

    Until one does, a moved child stays with the unit that was responsible before. ``units`` are those that it is of.
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
    """Returns the rows of rolls without those of a unit that itself said later that the child was out.

    Whoever is responsible: a list is no proof against its own unit's word.
    """
    if not student.foreign_rows:
        return roll_match
    out_on: dict[str, date] = {}
    for one in read_statements(snapshot, student.foreign_rows):
        if is_gone(one) and one.row is not None:
            out_on[one.row.unit] = max(one.told_on, out_on.get(one.row.unit, date.min))
    kept = (row for row in roll_match.rows if snapshot.told_on(row) > out_on.get(row.unit, date.min))
    return replace(roll_match, rows=tuple(kept))


def _excused(
    snapshot: Snapshot,
    part: Part,
    episode: Episode,
    proofs_by_form: Mapping[ObligationKey, Proofs],
    paths: Mapping[str, str],
) -> Closing | None:
    """休学 or 延缓入学 with its proof, not past its end, and no later word that the child is out without leave."""
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
    """转学 by the unit's last word, with a proof of being in school elsewhere (在读证明) that names the child.

    Nobody owes it: until it comes, or a roll shows the child, the case stays open.
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
    """Returns whether a unit that tells of the child tells of another of its name: whose proof it is nobody knows."""
    units, own = {row.unit for row in part.rows}, {row.record_id for row in part.rows}
    numbers = {number_of(row) for row in part.rows} - {None}
    return any(
        row.unit in units and row.values.get("name") == name and number_of(row) not in {*numbers, None}
        for row in snapshot.case_rows
        if row.record_id not in own
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
    """Older than the notice's upper bound in the school year of ``as_of``, by every birth date that may be the true one."""
    today, ages = snapshot.today, snapshot.ages
    begun = ages.born_from.replace(year=ages.school_year(today))
    births = [date.fromisoformat(birth) for birth in possible_births(part.rows)]
    if not births or max(births) >= ages.born_from:
        return None
    on = max(snapshot.day(part.rows[0].received_at), begun)
    return Closing(CaseState.AGED_OUT, min(on, today), f"出生日期{max(births)},已超过义务教育年龄")
