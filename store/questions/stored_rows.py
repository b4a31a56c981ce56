"""Holds the rows of several submissions as columns; a row becomes an object only when it is accessed.

A county has a hundred thousand rows, and most judgements need two or three values of each.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import accumulate, chain, groupby, repeat
from operator import attrgetter
from types import NoneType
from typing import cast, overload

from config.records.record import Json
from config.records.row_block import RowBlock
from store.stored_values import StoredRecord, StoredSubmission, record_id, submission_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsOfSubmission:
    """Some rows of one submission, in their order."""

    submission_id: str
    unit: str
    form: str
    file_id: str
    received_at: datetime
    period: str | None
    block: RowBlock
    ordinals: Sequence[int]
    """The position of each row in the submission, from which its id is made."""
    changed: Mapping[int, StoredRecord] = field(default_factory=dict)
    """By index in the block, rows with overruled values, which replace those of the block."""

    @classmethod
    def of_submission(cls, submission: StoredSubmission, block: RowBlock) -> "RowsOfSubmission":
        """Returns all rows of a submission."""
        return cls(
            submission_id=submission.submission_id,
            unit=submission.unit,
            form=submission.form,
            file_id=submission.file_id,
            received_at=submission.received_at,
            period=submission.period,
            block=block,
            ordinals=range(len(block)),
        )

    def record_id(self, index: int) -> str:
        """Returns the id of the row at an index in the block."""
        changed_row = self.changed.get(index)
        return (
            changed_row.record_id
            if changed_row is not None
            else record_id(self.submission_id, self.ordinals[index])
        )

    def row(self, index: int) -> StoredRecord:
        """Returns the row at an index in the block."""
        changed_row = self.changed.get(index)
        return changed_row if changed_row is not None else self._row(index, self.block.values(index))

    def rows(self) -> Iterator[StoredRecord]:
        """Yields every row."""
        for index, values in enumerate(self.block.all_values()):
            changed_row = self.changed.get(index) if self.changed else None
            yield changed_row if changed_row is not None else self._row(index, values)

    def codes(self, index: int) -> tuple[str, ...]:
        """Returns the problem codes of the row at an index in the block."""
        changed_row = self.changed.get(index)
        return changed_row.problems if changed_row is not None else self.block.codes(index)

    def part(self, indices: Sequence[int]) -> "RowsOfSubmission":
        """Returns the rows at these indexes in the block."""
        return replace(
            self,
            block=self.block.part(indices),
            ordinals=[self.ordinals[index] for index in indices],
            changed={
                new_index: self.changed[index]
                for new_index, index in enumerate(indices)
                if index in self.changed
            },
        )

    def _row(self, index: int, values: dict[str, Json]) -> StoredRecord:
        return StoredRecord(
            record_id=record_id(self.submission_id, self.ordinals[index]),
            submission_id=self.submission_id,
            unit=self.unit,
            form=self.form,
            file_id=self.file_id,
            sheet=self.block.sheets[index],
            row=self.block.rows[index],
            received_at=self.received_at,
            values=values,
            problems=self.block.codes(index),
            period=self.period,
        )


class StoredRows(Sequence[StoredRecord]):
    """Rows of submissions in order: a sequence of records, each made when it is accessed."""

    def __init__(self, parts: Iterable[RowsOfSubmission] = ()) -> None:
        self._parts = tuple(part for part in parts if len(part.block))
        self._starts = [0, *accumulate(len(part.block) for part in self._parts)]
        self._columns: dict[str, list[Json]] = {}

    @classmethod
    def of(cls, records: Iterable[StoredRecord]) -> "StoredRows":
        """Returns records as columns; consecutive records of one submission form one part."""
        return cls(_of_records(list(own)) for _, own in groupby(records, attrgetter("submission_id")))

    @classmethod
    def joined(cls, several: Iterable["StoredRows"]) -> "StoredRows":
        """Returns the rows of several, one after the other."""
        return cls(part for rows in several for part in rows._parts)

    @property
    def parts(self) -> tuple[RowsOfSubmission, ...]:
        """The rows by submission; none is empty."""
        return self._parts

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, place: int) -> StoredRecord: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[StoredRecord, ...]: ...
    def __getitem__(self, place: int | slice) -> StoredRecord | tuple[StoredRecord, ...]:
        if isinstance(place, slice):
            return self.at(range(*place.indices(len(self))))
        part, index = self._find(place)
        return part.row(index)

    def __iter__(self) -> Iterator[StoredRecord]:
        for part in self._parts:
            yield from part.rows()

    def _find(self, place: int) -> tuple[RowsOfSubmission, int]:
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        place %= len(self)
        number = bisect_right(self._starts, place) - 1
        return self._parts[number], place - self._starts[number]

    def at(self, places: Iterable[int]) -> tuple[StoredRecord, ...]:
        """Returns the rows at these indexes."""
        return tuple(self[place] for place in places)

    def places_of(self, record_ids: Collection[str]) -> list[int]:
        """Returns the indexes of the rows with these ids; unknown ids are skipped."""
        touched = {submission_of(each) for each in record_ids}
        return [
            start + index
            for start, part in zip(self._starts, self._parts, strict=False)
            if part.submission_id in touched
            for index in range(len(part.block))
            if part.record_id(index) in record_ids
        ]

    def column(self, key: str) -> list[Json]:
        """Returns one field of every row, None for rows without it; the list must not be changed."""
        if key not in self._columns:
            self._columns[key] = list(chain.from_iterable(part.block.column(key) for part in self._parts))
        return self._columns[key]

    def texts(self, key: str) -> list[str | None]:
        """Returns one field of every row, None where it is no text or an empty one; the list must not be changed."""
        column = self.column(key)
        if set(map(type, column)) <= {str, NoneType} and "" not in column:
            return cast("list[str | None]", column)
        return [value if type(value) is str and value else None for value in column]

    @cached_property
    def units(self) -> list[str]:
        """The unit of every row."""
        return list(chain.from_iterable(repeat(part.unit, len(part.block)) for part in self._parts))

    @cached_property
    def record_ids(self) -> list[str]:
        """The id of every row."""
        return [part.record_id(index) for part in self._parts for index in range(len(part.block))]

    @cached_property
    def places_with_problems(self) -> frozenset[int]:
        """The indexes of rows with a problem."""
        return frozenset(
            start + index
            for start, part in zip(self._starts, self._parts, strict=False)
            for index in {*part.block.problems, *part.changed}
            if part.codes(index)
        )

    def by_unit(self) -> dict[str, "StoredRows"]:
        """Returns the rows of each unit, in order of first mention."""
        parts_by_unit: dict[str, list[RowsOfSubmission]] = {}
        for part in self._parts:
            parts_by_unit.setdefault(part.unit, []).append(part)
        return {unit: StoredRows(parts) for unit, parts in parts_by_unit.items()}

    def without(self, record_ids: Collection[str]) -> "StoredRows":
        """Returns the rows but those with these ids."""
        if not record_ids:
            return self
        touched = {submission_of(each) for each in record_ids}
        return StoredRows(
            _without(part, record_ids) if part.submission_id in touched else part for part in self._parts
        )

    def sorted_by(self, place: Callable[[RowsOfSubmission], tuple[object, ...]]) -> "StoredRows":
        """Returns the same rows with the submissions in another order."""
        return StoredRows(sorted(self._parts, key=place))


def _without(rows: RowsOfSubmission, record_ids: Collection[str]) -> RowsOfSubmission:
    remaining = [index for index in range(len(rows.block)) if rows.record_id(index) not in record_ids]
    return rows.part(remaining) if len(remaining) < len(rows.block) else rows


def _of_records(records: Sequence[StoredRecord]) -> RowsOfSubmission:
    first = records[0]
    return RowsOfSubmission(
        submission_id=first.submission_id,
        unit=first.unit,
        form=first.form,
        file_id=first.file_id,
        received_at=first.received_at,
        period=first.period,
        block=RowBlock.of_values(
            [record.values for record in records],
            sheets=[record.sheet for record in records],
            rows=[record.row for record in records],
            problems={},
        ),
        ordinals=range(len(records)),
        changed=dict(enumerate(records)),
    )


def by_unit_form_and_arrival(rows: RowsOfSubmission) -> tuple[str, str, datetime, str]:
    """Returns the sort key by which rows of several submissions are ordered."""
    return (rows.unit, rows.form, rows.received_at, rows.submission_id)
