"""Which children owe a proof, and which document proves which child's status (notice 五(二); R09–R13)."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ledger.cases.leave import is_before_school_age, renewed_on
from ledger.cases.responsible_unit import Responsibilities
from ledger.cases.work_files import find_work_files
from ledger.children.columns.child_columns import newest_text, number_of
from ledger.children.student_keys import group_by_student, last_statement, names_in
from ledger.results import Proofs, UnclearProof
from ledger.snapshot import Snapshot
from parsers.fields.dates import whole_day
from store.stored_values import ObligationKey, StoredProof, StoredRecord, StoredSubmission

_SURE_LENGTH = 3
"""Names of fewer characters may occur in a text by chance, so on rolls they need a word boundary."""

_DENIED = "proof-missing"
"""The problem code for a row that says itself that there is no proof (证明材料: 无)."""


def match_proofs(
    snapshot: Snapshot,
    responsibilities: Responsibilities,
    waived: Mapping[str, Collection[str]],
    excused: Collection[str] = (),
) -> dict[ObligationKey, Proofs]:
    """Returns by unit and form the children who owe a proof, and the file that proves each.

    A file that names a child of the unit settles all that the child owes; its words (诊断, 家访) choose
    between two duties of one child. A file that names no child settles at most one child of its own mail,
    also when the form in that mail was sent unchanged again. A child whose row says that there is no proof is
    skipped. If its mail reports no such child, the file settles none and becomes a question where a child of
    the unit still lacks a proof. A renewed leave needs a new proof.

    Args:
        waived: by record id, the forms that an officer waived for the row's child; these owe no proof.
        excused: ids of rows of children that an officer excused, having seen the proof; they owe none for
            their status.
    """
    duties = [
        duty
        for duty in _find_duties(snapshot, responsibilities)
        if not any(duty.form_key.form in waived.get(row.record_id, ()) for row in duty.rows)
        and (
            snapshot.notice.form(duty.form_key.form).proof_every
            or not any(row.record_id in excused for row in duty.rows)
        )
    ]
    work_files = {one.file_id for one in find_work_files(snapshot).documents}
    documents = [one for one in snapshot.proof_documents if one.file_id not in work_files]
    received, unclear = _match(
        snapshot, duties, _Material(documents, snapshot.case_rows, snapshot.submissions)
    )
    unconfirmed, _ = _match(
        snapshot,
        duties,
        _Material(snapshot.unconfirmed_proof_documents, snapshot.unconfirmed_case_rows, snapshot.unconfirmed),
    )
    result: dict[ObligationKey, Proofs] = {}
    for form_key in dict.fromkeys(duty.form_key for duty in duties):
        of_form = [duty for duty in duties if duty.form_key == form_key]
        result[form_key] = Proofs(
            owed={duty.key: duty.name for duty in of_form},
            received={duty.key: received[duty.id] for duty in of_form if duty.id in received},
            unconfirmed={
                duty.key: unconfirmed[duty.id]
                for duty in of_form
                if duty.id in unconfirmed and duty.id not in received
            },
            unclear=tuple(one for one in unclear if one.key == form_key),
            periods={duty.key: duty.rows[-1].period for duty in of_form},
            rows_without=frozenset(
                row.record_id for duty in of_form if duty.id not in received for row in duty.rows
            ),
        )
    return result


_DutyId = tuple[ObligationKey, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Duty:
    """A child that owes a proof in one form of one unit; ``rows`` are the form's rows about it, oldest first."""

    form_key: ObligationKey
    key: str
    name: str
    rows: tuple[StoredRecord, ...]
    expired_on: date | None = None
    """The last day of arrival whose proofs are no longer valid, or None if none has expired."""

    @property
    def id(self) -> _DutyId:
        """Identifies the duty: the unit and form, and the student key."""
        return self.form_key, self.key

    def takes(self, day: date) -> bool:
        """Returns whether a proof that arrived on this day is still valid."""
        return self.expired_on is None or day > self.expired_on

    def marks(self) -> frozenset[str]:
        """Returns facts (guardian, class, grade, number) that distinguish this child from a namesake in a text."""
        facts = (newest_text(self.rows, fact) for fact in ("guardian", "class_name", "grade", "id_number"))
        numbers = {number for row in self.rows if (number := number_of(row)) is not None}
        return frozenset(fact for fact in (*facts, *numbers) if fact)


@dataclass(frozen=True, slots=True)
class _Material:
    """Sources of proofs: documents, pictures in rows, and the submissions that came in the same mails."""

    documents: Sequence[StoredProof]
    rows: Sequence[StoredRecord]
    submissions: Sequence[StoredSubmission]


@dataclass(slots=True)
class _Matching:
    """The proofs matched so far, by duty."""

    day_of: Callable[[datetime], date]
    received: dict[_DutyId, str] = field(default_factory=dict)
    came: dict[_DutyId, StoredProof] = field(default_factory=dict)
    unclear: list[UnclearProof] = field(default_factory=list)

    def settle(self, duties: Iterable[_Duty], document: StoredProof) -> None:
        """Records a document for each of these duties that is unproven and that it is valid for."""
        for duty in duties:
            if duty.takes(self.day_of(document.received_at)) and duty.id not in self.received:
                self.received[duty.id], self.came[duty.id] = document.file_id, document

    def has_come(self, duty: _Duty, document: StoredProof) -> bool:
        """Returns whether the child's own proof had arrived by the time of this document."""
        earlier = self.came.get(duty.id)
        return duty.id in self.received and (earlier is None or earlier.received_at <= document.received_at)

    def add_unclear(self, document: StoredProof, duties: Sequence[_Duty], *, settled: bool) -> None:
        """Records a document that may belong to several children; ``settled`` if it was counted for them nevertheless."""
        for form_key in dict.fromkeys(duty.form_key for duty in duties):
            names = tuple(dict.fromkeys(duty.name for duty in duties if duty.form_key == form_key))
            self.unclear.append(
                UnclearProof(file_id=document.file_id, key=form_key, names=names, settled=settled)
            )


def _match(
    snapshot: Snapshot, duties: Sequence[_Duty], material: _Material
) -> tuple[Mapping[_DutyId, str], Sequence[UnclearProof]]:
    matching = _Matching(snapshot.day)
    names = _Names(snapshot, duties)
    by_unit: dict[str, list[_Duty]] = defaultdict(list)
    for duty in duties:
        by_unit[duty.form_key.unit].append(duty)
    unnamed: dict[str, list[StoredProof]] = defaultdict(list)
    for document in material.documents:
        if not (of_unit := by_unit.get(document.unit)):
            continue
        # Names of children who owe nothing count, too: their document proves no other child's status.
        named = names.of_cases(document)
        for name in sorted(named):
            namesakes = [duty for duty in of_unit if duty.name == name]
            meant = _of_named_child(namesakes, document.text)
            if namesakes and not meant:
                matching.add_unclear(document, namesakes, settled=False)
            matching.settle(_by_words(snapshot, meant, document), document)
        if not named and not names.of_others(document):
            unnamed[document.message_id].append(document)
    _add_pictures_in_rows(material.rows, by_unit, matching)
    sent: dict[str, set[str]] = defaultdict(set)
    for submission in material.submissions if unnamed else ():
        for message_id in submission.message_ids:
            sent[message_id].add(submission.submission_id)
    alone: list[StoredProof] = []
    for message_id, documents in unnamed.items():
        of_mail = [
            duty
            for duty in by_unit[documents[0].unit]
            if any(
                row.submission_id in sent[message_id]
                and _owes_by(snapshot, row)
                and _DENIED not in row.problems
                for row in duty.rows
            )
        ]
        if of_mail:
            _match_unnamed(snapshot, documents, of_mail, matching)
        else:
            alone += documents
    for document in alone:
        matching.add_unclear(
            document, _possible_duties(snapshot, document, by_unit[document.unit], matching), settled=False
        )
    return matching.received, matching.unclear


def _by_child(duties: Sequence[_Duty]) -> list[list[_Duty]]:
    """Groups the duties of one unit by child: by name, or by student key where a form lists two children of that name."""
    by_name: dict[str, list[_Duty]] = defaultdict(list)
    for duty in duties:
        by_name[duty.name].append(duty)
    result: list[list[_Duty]] = []
    for of_name in by_name.values():
        if len({duty.form_key for duty in of_name}) == len(of_name):
            result.append(of_name)
            continue
        by_key: dict[str, list[_Duty]] = defaultdict(list)
        for duty in of_name:
            by_key[duty.key].append(duty)
        result += by_key.values()
    return result


def _of_named_child(namesakes: Sequence[_Duty], text: str) -> list[_Duty]:
    """Returns the duties of the child that a text is about, given children of one name; all if there is only one child.

    Among namesakes a child is chosen by a fact (class, number) that the text contains and that no namesake
    shares.
    """
    children = _by_child(namesakes)
    if len(children) < 2:
        return list(namesakes)
    marks = [frozenset[str]().union(*(duty.marks() for duty in of_child)) for of_child in children]
    result: list[_Duty] = []
    for index, of_child in enumerate(children):
        others = frozenset[str]().union(*(marks[other] for other in range(len(marks)) if other != index))
        if any(mark in text for mark in marks[index] - others):
            result += of_child
    return result


def _by_words(snapshot: Snapshot, duties: Sequence[_Duty], document: StoredProof) -> list[_Duty]:
    """Returns the duties whose form's proof words a document contains, or all if none of these words occurs."""
    if len({duty.form_key for duty in duties}) < 2:
        return list(duties)
    matching_forms = {
        duty.form_key
        for duty in duties
        if any(word in document.text for word in snapshot.notice.form(duty.form_key.form).proof_words)
    }
    return [duty for duty in duties if not matching_forms or duty.form_key in matching_forms]


def _match_unnamed(
    snapshot: Snapshot,
    documents: Sequence[StoredProof],
    of_mail: Sequence[_Duty],
    matching: _Matching,
) -> None:
    """Settles the children of one mail by its documents that name no child, at most one child per document.

    Children with a proof by then are left out. With fewer documents than children none is settled, as it is
    unclear whose they are.
    """
    of_mail = [duty for duty in of_mail if not matching.has_come(duty, documents[0])]
    groups: dict[tuple[_DutyId, ...], list[StoredProof]] = defaultdict(list)
    for document in documents:
        groups[tuple(duty.id for duty in _by_words(snapshot, of_mail, document))].append(document)
    by_id = {duty.id: duty for duty in of_mail}
    for ids, alike in groups.items():
        children = _by_child([by_id[each] for each in ids])
        enough = len(alike) >= len(children)
        for document, of_child in zip(alike, children, strict=False):
            if enough:
                matching.settle(of_child, document)
        for document in alike:
            matching.add_unclear(document, [by_id[each] for each in ids], settled=enough)


def _possible_duties(
    snapshot: Snapshot, document: StoredProof, duties: Sequence[_Duty], matching: _Matching
) -> list[_Duty]:
    """Returns the duties still unproven of children that the unit had reported by the day of a document.

    Where it had reported none, the document may have come ahead of the unit's next submission: then that
    one's children.
    """
    day = snapshot.day(document.received_at)
    reported_on = {
        duty.id: snapshot.day(min(row.received_at for row in duty.rows if _owes_by(snapshot, row)))
        for duty in duties
        if any(_owes_by(snapshot, row) for row in duty.rows)
    }
    last = max(day, min(reported_on.values(), default=day))
    reported = [duty for duty in duties if reported_on.get(duty.id, date.max) <= last]
    return [duty for duty in _by_words(snapshot, reported, document) if duty.id not in matching.received]


def _owes_by(snapshot: Snapshot, row: StoredRecord) -> bool:
    form = snapshot.notice.form(row.form)
    return form.proof_every or row.values.get("status") in form.proof_statuses


def _add_pictures_in_rows(
    rows: Sequence[StoredRecord], by_unit: Mapping[str, Sequence[_Duty]], matching: _Matching
) -> None:
    """Counts a picture in a row's proof cell as the proof of that row's child."""
    with_pictures = {(row.unit, row.form) for row in rows if row.values.get("proof_pictures")}
    for unit, form in sorted(with_pictures):
        duties = {
            duty.key: duty for duty in by_unit.get(unit, ()) if duty.form_key == ObligationKey(unit, form)
        }
        rows_of_form = [row for row in rows if (row.unit, row.form) == (unit, form)]
        for key, child_rows in group_by_student(rows_of_form):
            proving = [row for row in child_rows if row.values.get("proof_pictures")]
            if key in duties and proving and duties[key].takes(matching.day_of(proving[-1].received_at)):
                matching.received.setdefault(duties[key].id, proving[-1].file_id)


def _find_duties(snapshot: Snapshot, responsibilities: Responsibilities) -> list[_Duty]:
    """Returns the duties to prove a status; a unit owes none for a child that another, responsible unit reports itself."""
    result = []
    for form in snapshot.case_forms:
        by_unit: dict[str, list[StoredRecord]] = defaultdict(list)
        for row in snapshot.case_rows:
            if row.form == form.key:
                by_unit[row.unit].append(row)
        for unit, rows in by_unit.items():
            for key, child_rows in group_by_student(rows):
                last = last_statement(child_rows, snapshot.statuses)
                owes = form.proof_every or (last and last.values["status"] in form.proof_statuses)
                if not owes or responsibilities.is_foreign(child_rows):
                    continue
                if last is not None and is_before_school_age(snapshot, last, child_rows):
                    continue
                since = None if form.proof_every else renewed_on(snapshot, child_rows)
                result.append(
                    _Duty(
                        form_key=ObligationKey(unit, form.key),
                        key=key,
                        name=newest_text(child_rows, "name") or "",
                        rows=child_rows,
                        expired_on=since - timedelta(days=1) if since is not None else None,
                    )
                )
    return [*result, *_find_roll_duties(snapshot)]


def _find_roll_duties(snapshot: Snapshot) -> Iterator[_Duty]:
    """Yields a duty for each child on rolls that require a proof per child (在读证明), which expires on a day."""
    for form in snapshot.roll_forms:
        by_unit: dict[str, list[StoredRecord]] = defaultdict(list)
        for row in snapshot.latest_rows(form.key) if form.proof_every else ():
            by_unit[row.unit].append(row)
        for unit, rows in by_unit.items():
            for key, child_rows in group_by_student(rows):
                until = whole_day(newest_text(child_rows, "until")) or form.proof_until
                yield _Duty(
                    form_key=ObligationKey(unit, form.key),
                    key=key,
                    name=newest_text(child_rows, "name") or "",
                    rows=child_rows,
                    expired_on=until if until is not None and until < snapshot.today else None,
                )


class _Names:
    """Names of children that a proof document may contain, of the unit's own cases and rolls and of all other cases."""

    def __init__(self, snapshot: Snapshot, duties: Iterable[_Duty]) -> None:
        self._snapshot = snapshot
        self._of_cases: dict[str, set[str]] = defaultdict(set)
        for duty in duties:
            self._of_cases[duty.form_key.unit].add(duty.name)
        for row in snapshot.case_rows:
            if isinstance(name := row.values.get("name"), str):
                self._of_cases[row.unit].add(name)
        self._of_rolls: dict[str, set[str]] = {}

    def of_cases(self, document: StoredProof) -> frozenset[str]:
        """Returns the names of the unit's own cases that occur in the document."""
        return names_in(document.text, self._of_cases.get(document.unit, ()))

    def of_others(self, document: StoredProof) -> bool:
        """Returns whether a text names a child of the unit's rolls or of another unit's cases."""
        text = document.text.replace(document.unit, " ")
        cases = {name for of_unit in self._of_cases.values() for name in of_unit if len(name) >= _SURE_LENGTH}
        return bool(names_in(text, cases)) or any(
            len(name) >= _SURE_LENGTH or _begins_a_word(name, text)
            for name in names_in(text, self._roll(document.unit))
        )

    def _roll(self, unit: str) -> set[str]:
        if unit not in self._of_rolls:
            self._of_rolls[unit] = {
                name
                for form in self._snapshot.roll_forms
                for row in self._snapshot.current_rows(form.key, unit)
                if isinstance(name := row.values.get("name"), str)
            }
        return self._of_rolls[unit]


def _begins_a_word(name: str, text: str) -> bool:
    """Returns whether a short name begins a word: 安康 does in 安康证明.jpg, and not in 申请安康证明.jpg."""
    return any(start == 0 or not "\u4e00" <= text[start - 1] <= "\u9fff" for start in _positions(name, text))


def _positions(name: str, text: str) -> Iterator[int]:
    start = text.find(name)
    while start >= 0:
        yield start
        start = text.find(name, start + 1)
