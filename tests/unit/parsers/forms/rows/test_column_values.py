"""Columns give what the normaliser of each cell gives, whatever stands beside it."""

from datetime import date
from random import Random

from config.records.record import Json
from parsers.fields.normalise import build_normalisers
from parsers.formats.workbook import Cell, CellError
from parsers.forms.rows.column_values import ValueColumn, read_columns
from tests.builders.values.form_tables import NAMES, NOTICE, id_number

NORMALISERS = build_normalisers(NOTICE, NAMES)
CELLS: tuple[Cell, ...] = (
    None, "", " ", "无", 1, 1.0, True, 0, False, 2.5, date(2012, 3, 4), "甲一", "甲一 ", "1.甲一", "男", "甲一(男)",
    CellError("公式未计算"), "公式未计算",
    id_number(), "509999201203041230", "13800000000", "1380000", CellError("#N/A"), "#N/A", "七年级2班", "2012.3.4", "2012-13-40",
)  # fmt: skip
KEYS = ("name", "sex", "id_number", "guardian", "guardian_phone", "proof", "seq", "grade", "birth_date")


def column(position: int, key: str) -> ValueColumn:
    return ValueColumn(position=position, key=key, normalise=NORMALISERS[key], kind=NOTICE.fields[key].kind)


def one_by_one(columns: list[ValueColumn], row: list[Cell]) -> dict[str, Json] | None:
    values: dict[str, Json] = {}
    for one in columns:
        cell = row[one.position] if one.position < len(row) else None
        read = one.normalise(cell)
        if read.problem_code is not None or read.implied is not None:
            return None
        if read.value is not None:
            values[one.key] = read.value
    return None if any(isinstance(cell, CellError) for cell in row) else values


def test_every_cell_is_read_as_its_normaliser_reads_it():
    random = Random(1)
    columns = [column(position, key) for position, key in enumerate(KEYS)]
    for _ in range(300):
        few = random.sample(CELLS, random.randint(1, 4))
        rows = [
            [random.choice(few) for _ in range(random.randint(0, len(KEYS)))]
            for _ in range(random.randint(0, 6))
        ]

        read = read_columns(columns, rows, NOTICE.placeholders)

        expected = [one_by_one(columns, row) for row in rows]
        assert repr(read) == repr(expected)  # 1, 1.0 and True are equal, and not the same
        assert [list(row or ()) for row in read] == [list(row or ()) for row in expected]


def test_a_column_that_no_row_reaches_is_blank():
    assert read_columns([column(5, "name")], [["甲一"]], NOTICE.placeholders) == [{}]
