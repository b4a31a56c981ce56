"""Finds rows of rolls (附件1/2) whose words say that the child is not in school (notice 六(三))."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from config.notice import Meaning, Notice
from ledger.children.columns.child_columns import birth_of
from ledger.children.link_children import link
from ledger.children.person import person_of
from ledger.lists.remarks import remark_reader
from ledger.snapshot import Snapshot
from store.stored_values import StoredRecord

_NOT_IN_SCHOOL: tuple[Meaning, ...] = ("out", "suspected", "excused", "moved")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutByRoll:
    """A row of a roll that says that a child of compulsory age is not in school."""

    row: StoredRecord
    words: str
    """The status or remark that says so."""
    moved: bool
    """Whether it says that the child went to another school (转出)."""
    elsewhere: bool = False
    """Whether another unit's roll shows the child in school."""


def find_out_by_roll(snapshot: Snapshot) -> tuple[OutByRoll, ...]:
    """Returns the current roll rows whose status or remark says that the child is not in school."""
    roll_words = _RollWords(snapshot.notice)
    rolls = snapshot.rolls
    statuses, remarks = rolls.rows.texts("study_status"), rolls.rows.texts("remark")
    words_by_index = list(map(roll_words.words_of, statuses, remarks))
    out = {
        index: OutByRoll(row=row, words=words, moved=statuses[index] in roll_words.moved)
        for index, words in enumerate(words_by_index)
        if words is not None and _is_of_age(snapshot.notice, row := rolls.rows[index])
    }
    if not out:
        return ()
    names = {rolls.names[index] for index in out}
    numbers = {number for index in out if (number := rolls.numbers[index]) is not None}
    alike = {index for number in numbers for index in rolls.places_of(number)}
    present = rolls.rows.at(
        index
        for index, (name, words) in enumerate(zip(rolls.names, words_by_index, strict=True))
        if words is None and (name in names or index in alike)
    )
    return tuple(replace(one, elsewhere=_is_elsewhere(one.row, present)) for one in out.values())


def _is_elsewhere(row: StoredRecord, present: Iterable[StoredRecord]) -> bool:
    others = [other for other in present if other.unit != row.unit]
    if not others:
        return False
    persons = [person_of(other.record_id, [other]) for other in others]
    return bool(link([person_of(row.record_id, [row])], persons).linked)


def _is_of_age(notice: Notice, row: StoredRecord) -> bool:
    """Returns whether a child is of compulsory age or was until recently.

    Without a birth date it counts as of age unless its stage is a later one.
    """
    if row.values.get("stage") in notice.rolls.later_stages:
        return False
    birth = birth_of(row)
    if birth is None or notice.ages.holds(birth):
        return True
    stages = {stage for form in notice.forms if form.role == "register" for stage in form.stages}
    return notice.ages.is_just_too_old(birth) and row.values.get("stage") in stages


class _RollWords:
    """Reads 就读情况 and remarks by the notice's words."""

    def __init__(self, notice: Notice) -> None:
        field = notice.fields.get("study_status")
        vocabulary = notice.vocabularies.get(field.choices or "") if field is not None else None
        self._known = frozenset(vocabulary.values) if vocabulary is not None else frozenset[str]()
        self._out = vocabulary.meant(*_NOT_IN_SCHOOL) if vocabulary is not None else frozenset[str]()
        self.moved = vocabulary.meant("moved") if vocabulary is not None else frozenset[str]()
        self._says_out = remark_reader(notice.rolls).says_out
        self.words_of = lru_cache(maxsize=4096)(self._words_of)

    def _words_of(self, status: str | None, remark: str | None) -> str | None:
        """Returns the words of a row that say that its child is not in school, or None."""
        if status in self._out:
            return status
        if status and status not in self._known and self._says_out(status):
            return status
        return remark if remark and self._says_out(remark) else None
