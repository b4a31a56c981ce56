"""Rows go into columns and come back the same, with the order of their keys, apart or together."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from config.records.record import Json, Problem, Record
from config.records.row_block import RowBlock
from tests.builders.values.drawn_records import in_order, problems, records


@settings(deadline=None)
@given(records)
def test_a_block_gives_the_same_rows_back(rows: list[Record]):
    block = RowBlock.of(rows)
    assert len(block) == len(rows)
    assert in_order(list(block)) == in_order(rows)
    assert in_order([block.record(index) for index in range(len(block))]) == in_order(rows)
    assert [list(values.items()) for values in block.all_values()] == [list(r.values.items()) for r in rows]


@settings(deadline=None)
@given(records, st.data())
def test_a_part_is_the_block_of_its_rows(rows: list[Record], data: st.DataObject):
    indices = data.draw(st.lists(st.sampled_from(range(len(rows))), unique=True)) if rows else []
    part, made = RowBlock.of(rows).part(indices), RowBlock.of(rows[index] for index in indices)
    assert part == made
    assert list(part.columns) == list(made.columns)


@settings(deadline=None)
@given(st.lists(records, max_size=3))
def test_blocks_joined_are_the_block_of_all_rows(lists: list[list[Record]]):
    joined = RowBlock.joined([RowBlock.of(rows) for rows in lists])
    made = RowBlock.of(row for rows in lists for row in rows)
    assert joined == made
    assert list(joined.columns) == list(made.columns)


@settings(deadline=None)
@given(records, st.data())
def test_more_problems_stand_behind_those_of_their_rows(rows: list[Record], data: st.DataObject):
    places = st.sampled_from(range(len(rows))) if rows else st.nothing()
    more = data.draw(st.dictionaries(places, st.lists(problems, max_size=2), max_size=len(rows)))
    block = RowBlock.of(rows).with_more_problems(more)
    made = RowBlock.of(
        replace(row, problems=(*row.problems, *more.get(place, ()))) for place, row in enumerate(rows)
    )
    assert block == made
    assert list(block.problems) == list(made.problems)


def test_a_key_that_a_row_lacks_is_not_a_key_without_a_value():
    values: list[dict[str, Json]] = [{"name": None}, {}, {"sex": "女", "name": "甲"}]
    block = RowBlock.of(Record(sheet="附件1", row=row, values=each) for row, each in enumerate(values))
    assert list(block.all_values()) == values
    assert block.column("name") == [None, None, "甲"]
    assert block.column("class") == [None, None, None]


def test_codes_of_a_row_come_once_each_in_their_order():
    found = [
        Problem(code=code, severity="error", message="")
        for code in ("date-invalid", "id-length", "date-invalid")
    ]
    block = RowBlock.of(
        [Record(sheet="", row=1, values={}), Record(sheet="", row=2, values={}, problems=tuple(found))]
    )
    assert (block.codes(0), block.codes(1)) == ((), ("date-invalid", "id-length"))
