"""Holds the rows of one form of one file as columns: one value of a few lists instead of an object a row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from config.problem_codes import Severity
from config.records.record import Json, Problem, Record, student_key

Shape = tuple[str, ...]
"""The keys of one row's values, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowBlock:
    """Rows in order; :meth:`of` and iteration give the same records back, with the order of their keys.

    Every list has one entry a row. Two blocks with equal rows are equal when both were made by :meth:`of`,
    :meth:`part` or :meth:`joined`.
    """

    sheets: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    """The row numbers that the sheet shows."""
    shapes: list[Shape] = field(default_factory=list)
    """The distinct shapes, in order of first use."""
    shape_of: list[int] = field(default_factory=list)
    """For each row the index of its shape in ``shapes``; a missing key differs from a key with None."""
    columns: dict[str, list[Json]] = field(default_factory=dict)
    """The values by key, in order of first use; None for rows without the key."""
    problems: dict[int, tuple[Problem, ...]] = field(default_factory=dict)
    """The problems by index of the row in the block, in order; rows without problems are left out."""
    table_problems: tuple[Problem, ...] = ()
    """The problems of the table as a whole; a part of its rows has none."""

    @classmethod
    def of(cls, records: Iterable[Record]) -> "RowBlock":
        """Makes columns of records."""
        records = list(records)
        return cls.of_values(
            [record.values for record in records],
            sheets=[record.sheet for record in records],
            rows=[record.row for record in records],
            problems={index: record.problems for index, record in enumerate(records) if record.problems},
        )

    @classmethod
    def of_values(
        cls,
        values: Sequence[Mapping[str, Json]],
        *,
        sheets: Sequence[str],
        rows: Sequence[int],
        problems: Mapping[int, Sequence[Problem]],
    ) -> "RowBlock":
        """Makes columns of each row's values by key; the rest as the fields hold it, problems in any order."""
        shapes: dict[Shape, int] = {}
        shape_of = [shapes.setdefault(tuple(row), len(shapes)) for row in values]
        columns: dict[str, list[Json]]
        if len(shapes) == 1:
            (keys,) = shapes
            columns = dict(
                zip(keys, map(list, zip(*(row.values() for row in values), strict=True)), strict=True)
            )
        else:
            columns = {key: [row.get(key) for row in values] for key in _keys(shapes)}
        return cls(
            sheets=list(sheets),
            rows=list(rows),
            shapes=list(shapes),
            shape_of=shape_of,
            columns=columns,
            problems={index: tuple(problems[index]) for index in sorted(problems) if problems[index]},
        )

    @classmethod
    def joined(cls, blocks: Sequence["RowBlock"]) -> "RowBlock":
        """Returns the rows of several blocks, one block after the other."""
        if len(blocks) == 1:
            return blocks[0]
        shapes: dict[Shape, int] = {}
        shape_of: list[int] = []
        problems: dict[int, tuple[Problem, ...]] = {}
        for block in blocks:
            start = len(shape_of)
            places = [shapes.setdefault(shape, len(shapes)) for shape in block.shapes]
            shape_of += [places[shape] for shape in block.shape_of]
            problems.update({start + index: found for index, found in block.problems.items()})
        return cls(
            sheets=[sheet for block in blocks for sheet in block.sheets],
            rows=[row for block in blocks for row in block.rows],
            shapes=list(shapes),
            shape_of=shape_of,
            columns={
                key: [value for block in blocks for value in block.column(key)] for key in _keys(shapes)
            },
            problems=problems,
            table_problems=tuple(problem for block in blocks for problem in block.table_problems),
        )

    def with_more_problems(self, more: Mapping[int, Sequence[Problem]]) -> "RowBlock":
        """Returns the same rows with these problems behind those of each row, by its place."""
        if not more:
            return self
        places = sorted({*self.problems, *more})
        joined = {place: (*self.problems.get(place, ()), *more.get(place, ())) for place in places}
        return replace(self, problems={place: found for place, found in joined.items() if found})

    def part(self, indices: Iterable[int]) -> "RowBlock":
        """Returns some of the rows, in the order of their places given."""
        indices = list(indices)
        shapes: dict[Shape, int] = {}
        shape_of = [shapes.setdefault(self.shapes[self.shape_of[index]], len(shapes)) for index in indices]
        return RowBlock(
            sheets=[self.sheets[index] for index in indices],
            rows=[self.rows[index] for index in indices],
            shapes=list(shapes),
            shape_of=shape_of,
            columns={key: [self.columns[key][index] for index in indices] for key in _keys(shapes)},
            problems={
                place: self.problems[index] for place, index in enumerate(indices) if index in self.problems
            },
        )

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Record]:
        for index, (sheet, row, values) in enumerate(
            zip(self.sheets, self.rows, self.all_values(), strict=True)
        ):
            yield Record(sheet=sheet, row=row, values=values, problems=self.problems.get(index, ()))

    def record(self, index: int) -> Record:
        """Returns one row."""
        return Record(
            sheet=self.sheets[index],
            row=self.rows[index],
            values=self.values(index),
            problems=self.problems.get(index, ()),
        )

    def values(self, index: int) -> dict[str, Json]:
        """Returns one row's values by key."""
        return {key: self.columns[key][index] for key in self.shapes[self.shape_of[index]]}

    def all_values(self) -> Iterator[dict[str, Json]]:
        """Yields each row's values by key, in half the time that :meth:`values` takes for all."""
        if len(self.shapes) == 1:
            yield from self.values_of(self.shapes[0])
            return
        columns = [[(key, self.columns[key]) for key in shape] for shape in self.shapes]
        for index, shape in enumerate(self.shape_of):
            yield {key: column[index] for key, column in columns[shape]}

    def values_of(self, keys: Sequence[str]) -> Iterator[dict[str, Json]]:
        """Yields these values of each row, None for what it lacks."""
        if not keys:
            yield from ({} for _ in self.rows)
        for values in zip(*map(self.column, keys), strict=True):
            yield dict(zip(keys, values, strict=True))

    def column(self, key: str) -> list[Json]:
        """Returns the values of one key, None for the rows that lack it."""
        return self.columns[key] if key in self.columns else [None] * len(self)

    def all_problems(self) -> Iterator[Problem]:
        """Yields the problems of the table, then those of its rows."""
        yield from self.table_problems
        for row_problems in self.problems.values():
            yield from row_problems

    def count_problems(self, severity: Severity) -> int:
        """Returns how many problems of a severity the table and its rows have."""
        return sum(problem.severity == severity for problem in self.all_problems())

    def codes(self, index: int) -> tuple[str, ...]:
        """Returns the codes of one row's problems, each once, in their order."""
        row_problems = self.problems.get(index)
        return tuple(dict.fromkeys(problem.code for problem in row_problems)) if row_problems else ()

    def students(self) -> list[str | None]:
        """Returns for each row what identifies its student."""
        keys = ("id_number", "student_number", "name", "birth_date")
        columns = zip(*map(self.column, keys), strict=True)
        return [
            # nearly every row has a number in which nothing is wrong
            values[0]
            if isinstance(values[0], str) and values[0] and index not in self.problems
            else student_key(dict(zip(keys, values, strict=True)), self.codes(index))
            for index, values in enumerate(columns)
        ]


def _keys(shapes: Mapping[Shape, int]) -> list[str]:
    """Returns every key of some shapes, in order of first use."""
    return list(dict.fromkeys(key for shape in shapes for key in shape))
