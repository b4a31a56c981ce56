"""Hears what the lines of rolls (附件1/2) say of children who are not in school (notice 六(三))."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from config.notice import Meaning, Notice
from ledger.children.link_children import link
from ledger.children.person import birth_of, number_of, person_of
from ledger.lists.remarks import remark_reader
from ledger.snapshot import Snapshot
from store.stored_values import StoredRecord

_NOT_IN_SCHOOL: tuple[Meaning, ...] = ("out", "suspected", "excused", "moved")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutByRoll:
    """A line of a roll that says of a child of the compulsory stage that it is not in school."""

    row: StoredRecord
    words: str
    moved: bool
    """Whether it says that the child went to another school (转出)."""
    elsewhere: bool = False
    """Whether another unit's roll shows the child in school."""


def find_out_by_roll(snapshot: Snapshot) -> tuple[OutByRoll, ...]:
    """Returns every current line that says so."""
    hearing = _Hearing(snapshot.notice)
    rows = snapshot.roll_rows
    out = [
        OutByRoll(row=row, words=words, moved=row.values.get("study_status") in hearing.moved)
        for row in rows
        if (words := hearing.words_of(row)) is not None and _is_of_age(snapshot.notice, row)
    ]
    if not out:
        return ()
    names = {one.row.values.get("name") for one in out}
    numbers = [number for one in out if (number := number_of(one.row)) is not None]
    ids = {one.row.record_id for one in out}
    alike = {row.record_id for number in numbers for row in snapshot.rolls_by_number[number]}
    present = [
        row
        for row in rows
        if (row.values.get("name") in names or row.record_id in alike)
        and row.record_id not in ids
        and hearing.words_of(row) is None
    ]
    return tuple(replace(one, elsewhere=_is_elsewhere(one.row, present)) for one in out)


def _is_elsewhere(row: StoredRecord, present: Iterable[StoredRecord]) -> bool:
    others = [other for other in present if other.unit != row.unit]
    if not others:
        return False
    persons = [person_of(other.record_id, [other]) for other in others]
    return bool(link([person_of(row.record_id, [row])], persons).linked)


def _is_of_age(notice: Notice, row: StoredRecord) -> bool:
    """Returns whether a child is to be asked about: it has to be in school, or had until lately.

    One without a birth date has, unless its stage says otherwise.
    """
    if row.values.get("stage") in notice.rolls.later_stages:
        return False
    birth = birth_of(row)
    if birth is None or notice.ages.holds(birth):
        return True
    stages = {stage for form in notice.forms if form.role == "register" for stage in form.stages}
    return notice.ages.is_just_too_old(birth) and row.values.get("stage") in stages


class _Hearing:
    """Reads 就读情况 and remarks by the notice's words."""

    def __init__(self, notice: Notice) -> None:
        field = notice.fields.get("study_status")
        vocabulary = notice.vocabularies.get(field.choices or "") if field is not None else None
        self._known = frozenset(vocabulary.values) if vocabulary is not None else frozenset[str]()
        self._out = vocabulary.meant(*_NOT_IN_SCHOOL) if vocabulary is not None else frozenset[str]()
        self.moved = vocabulary.meant("moved") if vocabulary is not None else frozenset[str]()
        self._says_out = lru_cache(maxsize=4096)(remark_reader(notice.rolls).says_out)

    def words_of(self, row: StoredRecord) -> str | None:
        """Returns the words of a line that say that its child is not in school."""
        status, remark = row.values.get("study_status"), row.values.get("remark")
        if status in self._out:
            return str(status)
        if isinstance(status, str) and status not in self._known and self._says_out(status):
            return status
        return remark if isinstance(remark, str) and remark and self._says_out(remark) else None
