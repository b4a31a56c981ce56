"""The rolls as sheets: numbers that can be summed, nobody's whole number, no parents' telephones in a mail."""

from dataclasses import replace
from datetime import date

from config.text.output_mask import OutputMask
from ledger.lists.rolls import RollLine, RollStudent
from notify.digest.roll_sheets import RollSheet, build_roll_sheets

STUDENT = RollStudent(
    unit="西沱中学", form="附件2", name="谭小样", id_number="509999201203041231", grade="七年级", school="西沱中学",
    detail="新增", record_id="r", row=5,
)  # fmt: skip
LINE = RollLine(
    unit="西沱中学", kind="school", form="附件2", total=3, stages={"初中": 3}, grades={"七年级": 2, "九年级": 1},
    households={"脱贫户": 1, "未填": 2}, modes={"未填": 3}, boarding=2, came=(STUDENT,), left=(), compared_with=date(2023, 9, 20),
)  # fmt: skip
FIRST = replace(
    LINE, unit="西沱镇", form="附件1", total=1, stages={"小学": 1}, grades={"一年级": 1}, households={"脱贫户": 1},
    modes={"随班就读": 1}, boarding=0, came=(), compared_with=None,
)  # fmt: skip


def sheets(*lines: RollLine) -> dict[str, RollSheet]:
    return {sheet.title: sheet for sheet in build_roll_sheets(lines, OutputMask())}


def rows(sheet: RollSheet) -> list[dict[str, object]]:
    headings = [column.heading for column in sheet.columns]
    assert len(set(headings)) == len(headings)
    return [dict(zip(headings, row, strict=True)) for row in sheet.rows]


def test_the_first_row_adds_up_the_others() -> None:
    total, *lines = rows(sheets(LINE, FIRST)["名册"])

    assert total["单位"] == "合计"
    for heading in ("人数", "寄宿", "初中", "小学", "脱贫户", "家庭类别未填", "就读方式未填"):
        assert total[heading] == sum(line[heading] or 0 for line in lines)  # type: ignore[misc]


def test_grades_stand_as_children_go_through_them() -> None:
    headings = [column.heading for column in sheets(LINE, FIRST)["名册年级"].columns]

    assert headings == ["单位", "附件", "人数", "一年级", "七年级", "九年级"]


def test_a_first_roll_has_no_comings_and_goings() -> None:
    _, _, first = rows(sheets(LINE, FIRST)["名册"])

    assert (first["新增"], first["减少"], first["对比日期"]) == (None, None, None)


def test_who_came_is_listed_with_a_masked_number() -> None:
    (row,) = rows(sheets(LINE)["名册增减"])

    assert (row["增减"], row["姓名"], row["身份证号"]) == ("新增", "谭小样", "509999********1231")


def test_without_rolls_there_are_headings_only() -> None:
    assert [list(sheet.rows) for sheet in sheets().values()] == [[], [], []]
