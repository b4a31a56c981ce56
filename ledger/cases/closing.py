"""What closes a case: always something that can be shown (judgement M17, notice 六; domain 5.5).

A roll's row, a proof, the unit's word with its row, or a person with the reason. When that is superseded
or undone, nothing closes the case any more and it is open again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ledger.cases.proofs import Proofs
from ledger.cases.visits import RETURNED, merged_visits
from ledger.children.enrolment import Sighting
from ledger.children.person import place_of
from ledger.children.students import Part, Student, last_statement
from ledger.results import CaseState, Visit
from ledger.snapshot import Book
from parsers.fields.dates import is_iso, whole_day
from store.stored_values import StoredProof, StoredRecord

_IN_SCHOOL = frozenset({None, "在校"})
_LEFT = "转出"  # the school that was left says nothing on whether the child arrived
_HOME_TEACHING = "送教上门"


@dataclass(frozen=True, slots=True)
class Closing:
    """How a case ended, on which day, and by what."""

    state: CaseState
    on: date
    by: str


def closing(
    book: Book, student: Student, proven: Mapping[tuple[str, str], Proofs]
) -> tuple[Closing | None, tuple[str, ...]]:
    """What closes the case, or None while it is open, with what is then to be verified.

    A person's decision is about the whole case. Else every part must be closed by evidence of its own: that
    a slip in the number holds two parts together closes neither with the other's evidence.
    """
    decided = _decided(book, student)
    if decided == "open":
        return None, ()
    if isinstance(decided, Closing):
        return decided, ()
    found = [(part, _by_evidence(book, part, proven)) for part in student.parts]
    closed = [(part, one) for part, one in found if one is not None]
    if len(closed) == len(found):
        return max((one for _, one in closed), key=lambda one: one.on), ()
    doubts = [_half(part, one, student) for part, one in closed]
    doubts += [_perhaps(s) for part, one in found if one is None for s in _shown(book, part)]
    return None, tuple(doubts)


def _half(part: Part, one: Closing, student: Student) -> str:
    sentence = next(link.sentence for link in student.links if part.person.key in (link.left, link.right))
    return f"{one.by}({one.on});与其余报送只凭“{sentence}”相连,请核实是否同一人"


def _perhaps(sighting: Sighting) -> str:
    row = sighting.rows[-1]
    return f"疑似已在{row.unit}就读({row.form}第{row.row}行;{sighting.link.sentence}),请核实"


def _shown(book: Book, part: Part) -> list[Sighting]:
    """Sightings that would close this part if they were sure."""
    found = book.enrolment.doubtful.get(part.person.key, ())
    return [sighting for sighting in found if _on_a_roll(book, part.rows, sighting) is not None]


def doubtful(book: Book, student: Student) -> list[tuple[Part, Sighting]]:
    """What a person is to be asked about an open case: who may be this child on a roll."""
    return [(part, sighting) for part in student.parts for sighting in _shown(book, part)]


def _decided(book: Book, student: Student) -> Closing | Literal["open"] | None:
    """What a person decided last: closed, open again, or nothing.

    News of being out that comes after a closing opens the case again: a person closed what was known then.
    """
    last = next(
        (d for d in reversed(book.decisions) if d.kind in ("close", "reopen") and d.subject in student.ids),
        None,
    )
    if last is None:
        return None
    if last.kind == "reopen":
        news = [row for row in student.rows if row.received_at > last.at]
        return None if news else "open"
    if any(row.received_at > last.at and row.values.get("outcome") != RETURNED for row in student.rows):
        return None
    state = CaseState(last.detail) if last.detail else CaseState.RETURNED
    return Closing(state, book.day(last.at), f"{last.who}:{last.why}")


def _by_evidence(book: Book, part: Part, proven: Mapping[tuple[str, str], Proofs]) -> Closing | None:
    sighting = book.enrolment.sure.get(part.person.key)
    return (
        _returned(book, part.rows)
        or (_on_a_roll(book, part.rows, sighting) if sighting is not None else None)
        or _excused(book, part, proven)
        or _aged_out(book, part)
    )


def _returned(book: Book, rows: Sequence[StoredRecord]) -> Closing | None:
    """The newest word says 已返校; a word of being out again takes it back (辍学反复)."""
    for row in reversed(rows):
        outcome, day = row.values.get("outcome"), row.values.get("returned_on")
        told = isinstance(day, str) and is_iso(day) and day <= book.today.isoformat()
        if outcome == RETURNED or (told and outcome is None):
            on = (whole_day(day) if told else None) or book.day(row.received_at)
            return Closing(CaseState.RETURNED, on, f"{place_of(row)}:已返校")
        own: Sequence[Visit] = merged_visits([row], book.today)
        if own and own[-1].result == RETURNED and outcome is None:
            on = own[-1].date or book.day(row.received_at)
            return Closing(CaseState.RETURNED, on, f"{place_of(row)}:劝返结果已返校")
        if row.values.get("status") or outcome is not None or own:
            return None
    return None


def _on_a_roll(book: Book, rows: Sequence[StoredRecord], sighting: Sighting) -> Closing | None:
    """A roll that came after the last word of being out shows the child in school.

    Until one does, a moved child stays with the unit that was responsible before.
    """
    last = rows[-1]
    later = [
        row
        for row in sighting.rows
        if row.received_at > last.received_at and row.values.get("study_status") != _LEFT
    ]
    if not later or later[-1].values.get("study_status") not in _IN_SCHOOL:
        return None
    row = later[-1]
    day, why = book.day(row.received_at), sighting.link.sentence
    if row.values.get("attendance_mode") == _HOME_TEACHING:
        return Closing(CaseState.EXCUSED, day, f"{place_of(row)}:送教上门({why})")
    state = CaseState.RETURNED if row.unit == last.unit else CaseState.MOVED
    return Closing(state, day, f"{place_of(row)}:在校({why})")


def _excused(book: Book, part: Part, proven: Mapping[tuple[str, str], Proofs]) -> Closing | None:
    """休学 or 延缓入学 with its proof, and not past its end."""
    last = last_statement(part.rows, book.statuses)
    if last is None or last.values["status"] not in book.notice.form(last.form).proof_statuses:
        return None
    until = last.values.get("until")
    if isinstance(until, str) and until < book.today.isoformat()[: len(until)]:
        return None
    proof = proven.get((last.unit, last.form))
    file_id = _proof_of(proof, part.keys, last) if proof is not None else None
    if file_id is None:
        return None
    fact = next((fact for fact in book.evidence if fact.file_id == file_id), None)
    came = last.received_at if fact is None else max(fact.received_at, last.received_at)
    return Closing(
        CaseState.EXCUSED,
        book.day(came),
        f"{place_of(last)}:{last.values['status']},证明材料已收到({_called(book, fact)})",
    )


def _called(book: Book, fact: StoredProof | None) -> str:
    return (
        book.store.file_paths([fact.file_id]).get(fact.file_id, fact.file_id) if fact is not None else "文件"
    )


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


def _aged_out(book: Book, part: Part) -> Closing | None:
    """Older than the notice's upper bound in the school year of ``as_of``."""
    birth = part.person.birth
    today, bound = book.today, book.notice.ages.born_from  # its day and month begin a school year
    year = today.year - ((today.month, today.day) < (bound.month, bound.day))
    opened = book.notice.opened
    years = year - (opened.year - ((opened.month, opened.day) < (bound.month, bound.day)))
    begun = bound.replace(year=year)
    bound = bound.replace(year=bound.year + max(years, 0))
    if birth is None or date.fromisoformat(birth) >= bound:
        return None
    on = max(book.day(part.rows[0].received_at), begun)
    return Closing(CaseState.AGED_OUT, min(on, today), f"出生日期{birth},已超过义务教育年龄")
