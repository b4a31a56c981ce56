"""Each code that reading can find, found where it is meant, and not in the row next to it."""

import io
import json
from datetime import date
from itertools import chain
from typing import Any, get_args

import pytest
import xlwt

from config.notice import CheckName
from config.problem_codes import Level, codes_of
from config.read_notice import load_notice
from ingest.context import IngestContext
from ingest.drafting.draft_submissions import draft_submissions
from parsers.formats.clean_sheets import clean_workbook
from parsers.formats.workbook import CellError, Workbook
from parsers.formats.workbooks.spreadsheets import read_workbook
from parsers.forms.sheet_reader import SheetReader
from parsers.records import FileKind
from store.blocks import open_block
from tests.builders.values.form_tables import (
    NAMES,
    NOTICE,
    ROLL_HEADING,
    ROSTER,
    TITLES,
    id_number,
    read_one_form,
    read_sheets,
    sheet,
)

CONTEXT = IngestContext(notice=NOTICE, roster=ROSTER, names=NAMES, assignments={}, learned_senders={})
DAY = date(2023, 9, 24)
WHOLE = {
    "序号": 1, "姓名": "甲一", "性别": None, "民族": "土家族", "出生日期": "2012-03-04", "身份证号": id_number(), "监护人": "甲父",
    "联系电话": "13800000001", "原就读学校": "西沱中学", "类别": "辍学", "发生时间": "2023-9-10", "结束时间": None,
    "有无证明材料": None, "原因": "厌学",
}  # fmt: skip
NUMBER = id_number()
HEADING = tuple(WHOLE)
ROW_FAULTS = {
    "id-missing": {"身份证号": None},
    "id-length": {"身份证号": NUMBER[:-1]},
    "id-checksum": {"身份证号": NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")},
    "id-precision": {"身份证号": float(NUMBER[:15] + "000")},
    "id-place": {"身份证号": id_number(region="599999"), "性别": None},
    "id-birth-mismatch": {"出生日期": "2012-03-05"},
    "id-sex-mismatch": {"性别": "女" if int(NUMBER[16]) % 2 else "男"},
    "age-out-of-range": {"身份证号": id_number("20020304"), "出生日期": "2002-03-04"},
    "required-missing": {"姓名": None},
    "value-unknown": {"类别": "去向不明"},
    "date-invalid": {"发生时间": "2023-13-45"},
    "date-future": {"发生时间": "2024-9-10"},
    "date-order": {"类别": "休学", "发生时间": "2023-9-10", "结束时间": "2023-9-1"},
    "phone-invalid": {"联系电话": "138000"},
    "formula-error": {"监护人": "#N/A"},
    "scope-mismatch": {"原就读学校": "广东省东莞市某小学"},
    "proof-missing": {"类别": "休学", "有无证明材料": "无"},
}
"""Of each code, the cells of a row of 附件4 that raise it; a heading that WHOLE does not have becomes one more column."""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> SheetReader:
    """Reads by a notice whose 附件4 lists every check, also one that the first notice lists for another form alone."""
    file = tmp_path_factory.mktemp("notice") / "every-check.toml"
    checks = json.dumps(get_args(CheckName))
    file.write_text(
        f'extends = "2023-autumn.toml"\nid = "every-check"\n[[forms]]\nkey = "附件4"\nchecks = {checks}\n',
        "utf-8",
    )
    return SheetReader(load_notice(file), NAMES)


def codes(
    reader: SheetReader, *rows: dict[str, Any], unit: str = "西沱中学", form: str = "附件4"
) -> list[set[str]]:
    """The codes of each row of a 附件4 of 西沱中学."""
    heading = list(dict.fromkeys(chain.from_iterable(rows)))
    table: list[list[Any]] = [
        [TITLES[form]],
        [f"填报单位:{unit}"],
        heading,
        *([row.get(h) for h in heading] for row in rows),
    ]
    (reading,) = reader.read(clean_workbook(Workbook(sheets=(sheet(table),))), "报表.xlsx", "").forms
    owner = ROSTER.get(unit)
    assert owner is not None
    (found,) = draft_submissions([(owner, reading)], (), DAY, CONTEXT)
    block = open_block(found.block)
    return [set(block.codes(index)) for index in range(len(block))]


@pytest.mark.parametrize("code", ROW_FAULTS)
def test_a_fault_of_a_row_is_found_there_and_not_in_the_row_beside_it(code, reader):
    clean = WHOLE | {"姓名": "乙二", "身份证号": id_number(serial=457)}

    faulty, beside = codes(reader, WHOLE | ROW_FAULTS[code], clean)

    assert (code in faulty, beside) == (True, set())


def test_the_second_of_two_equal_rows_is_a_duplicate(reader):
    assert codes(reader, WHOLE, WHOLE)[1] == {"duplicate-in-file"}


def test_a_row_that_names_another_school_is_asked_about():
    heading = [
        "序号",
        "姓名",
        "身份证号",
        "监护人姓名",
        "联系电话",
        "就读学校",
        "年级",
        "班级",
        "民族",
        "性别",
        "是否寄宿",
    ]
    rows = [
        [n, f"甲{n}", id_number(serial=100 + 2 * n), "甲父", "13800000001", school, "七年级", "1班", "土家族", None, "否"]
        for n, school in enumerate(["西沱中学"] * 9 + ["黄水中学"], 1)
    ]  # fmt: skip
    reading = read_one_form([[TITLES["附件2"]], ["填报单位:西沱中学"], heading, *rows])
    owner = ROSTER.get("西沱中学")
    assert owner is not None

    (found,) = draft_submissions([(owner, reading)], (), DAY, CONTEXT)

    block = open_block(found.block)
    assert [number for number in range(1, 11) if "unit-mismatch" in block.codes(number - 1)] == [10]


def table_codes(*rows: list[Any], name: str = "报表.xlsx") -> set[str]:
    found = read_sheets(sheet(rows), name=name)
    return {problem.code for form in found.forms for problem in form.problems}


def test_a_table_may_be_empty_headless_or_of_another_time_or_name():
    unit = ["填报单位:西沱中学"]
    whole = [WHOLE[h] for h in HEADING]
    assert "empty-form" in table_codes([TITLES["附件2"]], unit, list(ROLL_HEADING))
    short = ["序号", "姓名", "监护人", "联系电话"]

    assert "heading-missing" in table_codes(
        [TITLES["附件4"]], unit, short, [1, "甲一", "甲父", "13800000001"]
    )
    assert "other-period" in table_codes([TITLES["附件4"].replace("2023年秋季", "2022年秋季")], unit, list(HEADING), whole)  # fmt: skip
    assert "form-conflict" in table_codes([TITLES["附件4"]], unit, list(HEADING), whole, name="附件2.xlsx")
    assert table_codes([TITLES["附件4"]], unit, list(HEADING), whole) == set()


def test_error_cells_of_an_old_workbook_are_found_too():
    book = xlwt.Workbook()
    page = book.add_sheet("Sheet1")
    for r, row in enumerate(
        [[TITLES["附件4"]], ["填报单位:西沱中学"], list(HEADING), [WHOLE[h] for h in HEADING]]
    ):
        for c, value in enumerate(row):
            if value is not None and (r, c) != (3, 6):
                page.write(r, c, value)
    page.row(3).set_cell_error(6, 0x2A)  # over the guardian: #N/A
    out = io.BytesIO()
    book.save(out)

    found = read_workbook(out.getvalue(), FileKind.XLS)

    assert isinstance(found.sheets[0].rows[3][6], CellError)


def test_every_code_of_the_catalogue_is_tried_here():
    elsewhere = {
        "duplicate-in-file",
        "unit-mismatch",
        "empty-form",
        "heading-missing",
        "other-period",
        "period-unclear",  # tests/scenarios/periods
        "form-conflict",
        "left-over",  # tests/unit/parsers/forms/left_over/test_account.py
        "row-struck-out",  # tests/unit/parsers/formats/workbooks/test_row_marks.py
        "row-comment",  # tests/unit/parsers/formats/workbooks/test_sheet_notes.py
        "row-hidden",  # tests/unit/parsers/formats/workbooks/test_row_marks.py
        "old-sheet",  # tests/unit/parsers/forms/test_sheet_reader.py
        "heading-guessed",  # tests/unit/parsers/forms/odd_tables/test_likely_columns.py
        "nil-contradicted",  # tests/unit/parsers/forms/rows/test_row_reader.py
    }

    tried = set(ROW_FAULTS) | elsewhere
    listed = {code.key for code in codes_of(Level.TABLE, Level.ROW)}
    assert listed - tried == set(), "write a row with each of these codes into ROW_FAULTS above"
    assert tried - listed == set(), "these are no longer in config/problem_codes.py: take them out here"
