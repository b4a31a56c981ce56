"""A child as one list describes it: the few facts by which two lists are compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from config.records.record import ROW_MARK
from ledger.children.columns.child_columns import birth_in_number, newest_text, number_of
from parsers.fields.dates import whole_day
from store.stored_values import StoredRecord

RowMark = tuple[str, str, str]
"""A unit, its form, and the id of one of its recorded rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The facts of a child on one side; None where that side gives none."""

    key: str
    """Identifies the child within its own list."""
    where: str
    """The newest row in words: 西沱中学附件4第7行."""
    name: str | None = None
    birth: str | None = None
    """A whole ISO date: that of a sound number, whatever was typed beside it."""
    typed_birth: str | None = None
    """A whole ISO date as typed, or None."""
    number: str | None = None
    """A sound identity number (right length, birth date and check digit), or None; None also if Excel may have rounded it (…000)."""
    written: str | None = None
    """The number as written, sound or damaged."""
    guardian: str | None = None
    phone: str | None = None
    township: str | None = None
    ids: frozenset[str] = frozenset()
    """Every id under which officers may have decided on this child."""
    submission_ids: frozenset[str] = frozenset()
    """The submissions that contain the child."""
    row_marks: frozenset[RowMark] = frozenset()
    """The child's rows, and the rows that these were filled with in a form made by this program."""

    @property
    def stated_birth(self) -> str | None:
        """The birth date that the list states; where it differs from that in the number, the number may have been copied."""
        return self.typed_birth or self.birth


def person_of(key: str, rows: Sequence[StoredRecord], ids: Iterable[str] = ()) -> Person:
    """Returns one child's rows, oldest first, as one person with the newest value of each fact."""
    last = rows[-1]
    number = next((n for row in reversed(rows) if (n := number_of(row)) is not None), None)
    written = number or newest_text(rows, "id_number")
    typed = newest_text(rows, "birth_date")
    if typed is None and written is not None:
        typed = birth_in_number(written)
    birth = birth_in_number(number) if number is not None else typed
    return Person(
        key=key,
        where=describe_row(last),
        name=newest_text(rows, "name"),
        birth=birth if whole_day(birth) is not None else None,
        typed_birth=typed if whole_day(typed) is not None else None,
        number=number,
        written=written,
        guardian=newest_text(rows, "guardian"),
        phone=newest_text(rows, "guardian_phone"),
        township=newest_text(rows, "household_township"),
        ids=frozenset(ids),
        submission_ids=frozenset(row.submission_id for row in rows),
        row_marks=_row_marks(rows),
    )


def _row_marks(rows: Sequence[StoredRecord]) -> frozenset[RowMark]:
    """Returns the marks of rows by unit and form; a mark copied into another unit's file matches nothing."""
    marks = {(row.unit, row.form, row.record_id) for row in rows}
    marks |= {(row.unit, row.form, mark) for row in rows if (mark := row.values.get(ROW_MARK))}
    return frozenset(marks)


def possible_births(rows: Sequence[StoredRecord]) -> frozenset[str]:
    """Returns the ISO birth dates that may be the child's: those of sound numbers, else all typed or in a damaged number."""
    sound = {birth_in_number(number) for row in rows if (number := number_of(row)) is not None} - {None}
    given = sound or {
        birth
        for row in rows
        for birth in (row.values.get("birth_date"), birth_in_number(str(row.values.get("id_number") or "")))
    }
    return frozenset(birth for birth in given if isinstance(birth, str) and whole_day(birth) is not None)


def describe_row(row: StoredRecord) -> str:
    """Returns the unit, form and row number in words: 西沱中学附件4第7行."""
    return f"{row.unit}{row.form}第{row.row}行"


def is_other_child(one: Person, other: Person) -> bool:
    """Returns whether two entries with one number differ in name and birth date: then one copied the other's number."""
    return (
        None not in (one.name, other.name, one.stated_birth, other.stated_birth)
        and one.name != other.name
        and one.stated_birth != other.stated_birth
    )
