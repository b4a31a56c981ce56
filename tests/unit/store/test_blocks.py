"""What is kept of rows is all of them, and what is no block is refused."""

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import StoreError
from config.installation.zstandard import zstd
from config.records.record import Problem, Record
from config.records.row_block import RowBlock
from store.blocks import open_block, seal_block
from tests.builders.values.drawn_records import in_order, problems, records

A_ROW = Record(sheet="附件3", row=5, values={"name": "甲一", "since": None})


@settings(deadline=None)
@given(records, st.lists(problems, max_size=2))
def test_a_block_comes_back_as_it_was_kept(rows: list[Record], of_table: list[Problem]):
    made = RowBlock.of(rows)
    block = RowBlock(
        sheets=made.sheets,
        rows=made.rows,
        shapes=made.shapes,
        shape_of=made.shape_of,
        columns=made.columns,
        problems=made.problems,
        table_problems=tuple(of_table),
    )
    back = open_block(seal_block(block))
    assert back == block
    assert in_order(list(back)) == in_order(rows)


@pytest.mark.parametrize("place", [0, 1, 2, 20, -1])
def test_a_changed_byte_is_noticed(place: int):
    body = bytearray(seal_block(RowBlock.of([A_ROW])))
    body[place] ^= 4
    with pytest.raises(StoreError, match="kongchuo"):
        open_block(bytes(body))


@pytest.mark.parametrize("body", [b"", b"\x03", b"\x02", b"\x02x", b"\x01", b"\x01x"])
def test_what_is_no_block_is_refused(body: bytes):
    with pytest.raises(StoreError, match="kongchuo"):
        open_block(body)


def test_a_block_of_before_zstandard_is_opened():
    block = RowBlock.of([A_ROW])
    content = zstd.decompress(seal_block(block)[1:])
    assert open_block(b"\x01" + zlib.compress(content, 1)) == block


def test_like_rows_take_few_bytes():
    rows = [
        Record(sheet="附件1", row=n, values={"name": f"学生{n}", "grade": "五年级", "class_name": "2班", "remark": None})
        for n in range(1, 1001)
    ]  # fmt: skip
    assert len(seal_block(RowBlock.of(rows))) < 20 * len(rows)
