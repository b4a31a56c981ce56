"""Reads identifying facts from rows: from one row, or from many as columns of numbers, names, birth dates, families."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from config.identity_numbers import valid_id_number
from store.questions.stored_rows import StoredRows
from store.stored_values import StoredRecord

_UNSURE_END = "000"
"""The end of numbers that Excel rounded to 15 digits."""


def birth_of(row: StoredRecord) -> str | None:
    """Returns a row's birth date (ISO, or only year or month): that of a sound number, else the typed one."""
    number = number_of(row)
    return birth_in_number(number) if number is not None else newest_text([row], "birth_date")


def birth_in_number(written: str) -> str | None:
    """Returns the ISO birth date in a number, whatever its check digit; None where the digits are no date."""
    return _date_of_digits(written[6:14]) if len(written) == 18 else None


@lru_cache(maxsize=1 << 13)
def _date_of_digits(digits: str) -> str | None:
    """Returns eight digits as an ISO date, or None; cached, as all children of school age share about 4,000 dates."""
    if not digits.isdigit():
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
    except ValueError:
        return None


class _DatesOfDigits(dict[str, str | None]):
    """Dates by their eight digits: a column has few distinct ones, and looking one up takes no call."""

    def __missing__(self, digits: str) -> str | None:
        self[digits] = _date_of_digits(digits)
        return self[digits]


def number_of(row: StoredRecord) -> str | None:
    """Returns a row's sound identity number, or None if it may belong to another child.

    A number is sound if its length, birth date and check digit are right. One in eleven numbers that Excel
    rounded has a right check digit by chance, so a number ending in ``000`` counts only where the student
    number repeats it.
    """
    written = row.values.get("id_number")
    if isinstance(written, str) and written and not row.problems and not written.endswith(_UNSURE_END):
        return written  # nearly every row of a roll
    number = valid_id_number(row.values, row.problems)
    if number is None or not number.endswith(_UNSURE_END):
        return number
    return number if row.values.get("student_number") == f"G{number}" else None


def newest_text(rows: Sequence[StoredRecord], key: str) -> str | None:
    """Returns the last non-empty text of a field in rows that are oldest first, or None; other values are skipped."""
    for row in reversed(rows):
        value = row.values.get(key)
        if isinstance(value, str) and value:
            return value
    return None


@dataclass(frozen=True)
class ChildColumns:
    """The rows of a list of children as columns, with one entry per row; each column is built on first use."""

    rows: StoredRows

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def names(self) -> list[str | None]:
        """The names, or None for a blank."""
        return self.rows.texts("name")

    @cached_property
    def guardians(self) -> list[str | None]:
        """The guardians, or None for a blank."""
        return self.rows.texts("guardian")

    @cached_property
    def phones(self) -> list[str | None]:
        """The guardians' telephones, or None for a blank."""
        return self.rows.texts("guardian_phone")

    @cached_property
    def townships(self) -> list[str | None]:
        """The townships of the household (户籍乡镇), or None for a blank."""
        return self.rows.texts("household_township")

    @cached_property
    def typed_births(self) -> list[str | None]:
        """The birth dates as typed."""
        return self.rows.texts("birth_date")

    @cached_property
    def written_numbers(self) -> list[str | None]:
        """The numbers as written, sound or damaged."""
        return self.rows.texts("id_number")

    @cached_property
    def numbers(self) -> list[str | None]:
        """The sound numbers (``number_of``), or None."""
        numbers = [
            written if written is not None and written[-3:] != _UNSURE_END else None
            for written in self.written_numbers
        ]
        # Other rows may still have a number that the student number confirms.
        unsure = {index for index, number in enumerate(numbers) if number is None}
        if not any(self.rows.texts("student_number")):
            unsure = {index for index in unsure if self.written_numbers[index] is not None}
        for index in unsure | self.rows.places_with_problems:
            numbers[index] = number_of(self.rows[index])
        return numbers

    @cached_property
    def births_in_numbers(self) -> list[str | None]:
        """The birth dates in the numbers as written, sound or damaged."""
        dates = _DatesOfDigits()
        return [
            dates[written[6:14]] if written is not None and len(written) == 18 else None
            for written in self.written_numbers
        ]

    @cached_property
    def births(self) -> list[str | None]:
        """The birth date of a sound number, else the typed one (``birth_of``)."""
        columns = zip(
            self.numbers, self.written_numbers, self.births_in_numbers, self.typed_births, strict=True
        )
        return [
            typed
            if number is None
            else numbered
            if number == written  # else it is the one that the student number repeats
            else birth_in_number(number)
            for number, written, numbered, typed in columns
        ]

    def births_at(self, place: int) -> tuple[str, ...]:
        """Returns the birth dates that a row gives, typed and in its number: one of them is the child's."""
        typed, numbered = self.typed_births[place], self.births_in_numbers[place]
        if typed is None or typed == numbered:
            return () if numbered is None else (numbered,)
        return (typed,) if numbered is None else (typed, numbered)

    @cached_property
    def _first_place(self) -> Mapping[str, int]:
        backwards = range(len(self) - 1, -1, -1)  # so that the first index of a number is the one that stays
        first = dict(zip(reversed(self.numbers), backwards, strict=True))
        return {number: index for number, index in first.items() if number is not None}

    @cached_property
    def repeated(self) -> Mapping[str, Sequence[int]]:
        """The row indexes of each sound number that occurs in several rows, in order of first mention."""
        several: dict[str, list[int]] = {}
        first = self._first_place
        if len(first) + self.numbers.count(None) == len(self):
            return several
        for index, number in enumerate(self.numbers):
            if number is not None and first[number] != index:
                several.setdefault(number, [first[number]]).append(index)
        return dict(sorted(several.items(), key=lambda item: item[1][0]))

    def places_of(self, number: str) -> Sequence[int]:
        """Returns the row indexes with this sound number."""
        if number in self.repeated:
            return self.repeated[number]
        place = self._first_place.get(number)
        return () if place is None else (place,)
