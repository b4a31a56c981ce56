"""A form is data: an eighth one, made up here, is read with no code of its own."""

import tempfile
from importlib import resources
from pathlib import Path

from config.notice import Notice
from config.read_notice import load_notice
from config.units.resolve_unit_names import UnitNames
from parsers.formats.workbook import Workbook
from parsers.forms.sheet_reader import SheetReader
from parsers.records import ParsedForm
from tests.builders.values.form_tables import ROSTER, id_number, sheet

EIGHTH = """
[[forms]]
key = "附件8"
title = "石柱县义务教育学生校车乘坐情况统计表"
title_patterns = ["校车"]
name_words = ["附件8", "校车"]
role = "other"
sender = "school"
due = 2023-10-15
fields = ["seq", "name", "id_number", "school", "bus_line", "bus_kind", "remark"]
required = ["name", "bus_line"]
columns = ["name", "bus_line"]
fingerprint = ["bus_line", "bus_kind"]
unit_field = "school"
implied = { attendance_mode = "在校就读" }

[fields.bus_line]
heading = "线路"
synonyms = ["校车线路"]

[fields.bus_kind]
heading = "车型"
kind = "choice"
choices = "bus_kind"

[vocabularies.bus_kind]
values = { "大车" = ["大客车"], "小车" = ["面包车"] }
"""


def with_eighth() -> Notice:
    text = (resources.files("config") / "notices" / "2023-autumn.toml").read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "notice.toml"
        file.write_text(text + EIGHTH, "utf-8")
        return load_notice(file)


WITH_EIGHTH = with_eighth()


def read(*rows: tuple[object, ...]) -> ParsedForm:
    reader = SheetReader(WITH_EIGHTH, UnitNames(ROSTER, WITH_EIGHTH))
    title = ["石柱县2023年秋季学期义务教育学生校车乘坐情况统计表"]
    heading = ["序号", "学生姓名", "身份证号", "学校名称", "校车线路", "车型"]
    table = sheet([title, ["填报单位:西沱镇小学"], heading, *rows])  # type: ignore[list-item]
    (form,) = reader.read(Workbook(sheets=(table,)), "统计表.xlsx", "").forms
    return form


def test_it_is_recognised_and_its_rows_are_normalised():
    form = read((1, "甲 一", id_number(), "西沱小学", "3号线", "大客车"))

    assert (form.form, form.stated_unit) == ("附件8", "西沱镇小学")
    assert {key: form.records[0].values[key] for key in ("name", "bus_line", "bus_kind")} == {
        "name": "甲一",
        "bus_line": "3号线",
        "bus_kind": "大车",
    }


def test_what_each_row_says_without_a_column_is_recorded():
    form = read((1, "甲一", id_number(), "西沱小学", "3号线", "大客车"))

    assert form.records[0].values["attendance_mode"] == "在校就读"


def test_its_rules_are_checked():
    form = read((1, "甲一", id_number(), "西沱小学", None, "马车"))

    assert [problem.code for problem in form.records[0].problems] == ["value-unknown", "required-missing"]
