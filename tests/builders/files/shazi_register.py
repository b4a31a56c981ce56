"""附件4 of 沙子镇小学: its title, heading and rows for any format, a workbook of them, and the names to read it by."""

import io

import openpyxl
from openpyxl.drawing.image import Image as SheetImage
from PIL import Image

from config.units.resolve_unit_names import UnitNames
from tests.builders.files.workbook_bytes import saved
from tests.builders.values import small_roster
from tests.builders.values.form_tables import NOTICE

NAMES = UnitNames(small_roster.roster(), NOTICE)
HEAD = ["序号", "姓名", "身份证号", "类别", "发生时间", "证明材料", "备注"]
TITLE = "石柱县2023年秋季学期沙子镇小学6-16周岁义务教育适龄学生县内失学、辍学、休学、延缓入学信息台账"
ROWS: list[list[object]] = [
    [1, "甲一", "509999201203041234", "休学", "2023-09-04", None, None],
    [2, "乙二", "509999201203041235", "休学", "2023-09-04", None, None],
]


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 18), "white").save(out, "PNG")
    return out.getvalue()


def picture() -> SheetImage:
    return SheetImage(io.BytesIO(png()))


def ledger(*anchors: str) -> bytes:
    """Returns an .xlsx of the form, with pictures at these cells."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in (["附件4"], [TITLE], ["填报单位:沙子镇小学"], HEAD):
        page.append(row)
    for student in ROWS:
        page.append(student)
    for anchor in anchors:
        page.add_image(picture(), anchor)
    return saved(book)
