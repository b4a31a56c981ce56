"""The forms as clerks fill them in: titles, 填报单位, heading rows in several spellings, totals and notes."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

import openpyxl
import xlwt
from openpyxl.workbook.properties import CalcProperties

Row = Sequence[object]


def _split(words: str) -> tuple[str, ...]:
    """Headings apart; an underscore is a blank that a clerk typed inside one."""
    return tuple(word.replace("_", " ") for word in words.split())


HEADINGS: dict[str, tuple[tuple[str, ...], ...]] = {
    "附件1": (
        _split(
            "序号 姓名 性别 民族 身份证号 户籍所在乡镇 村(社区) 组 家庭类别 监护人 与学生关系 联系电话 就读学校 "
            "学校所在地 学段 年级 班级 就读情况 备注"
        ),
        _split(
            "序_号 学生姓名 性_别 族别 身份证号码 乡镇(街道) 行政村 村民小组 家庭类型 监护人姓名 关系 监护人电话 "
            "就读学校名称 就读学校所在地 就读学段 就读年级 班 是否在校 说明"
        ),
    ),
    "附件2": (
        _split(
            "序号 姓名 性别 民族 身份证号 学籍号 户籍所在乡镇 村(社区) 组 家庭类别 监护人 与学生关系 联系电话 "
            "就读学校 学段 年级 班级 是否寄宿 是否留守儿童 就读情况 备注"
        ),
        _split(
            "编号 学生名字 性别 民族 公民身份号码 全国学籍号 户籍乡镇 村居 社 是否建档立卡 家长姓名 与本人关系 "
            "家长联系电话 学校名称 学段 所在年级 所在班级 住读/走读 留守儿童 在校情况 备_注"
        ),
    ),
    "附件3": (
        _split(
            "序号 姓名 性别 民族 身份证号 户籍所在乡镇 村(社区) 组 监护人 与学生关系 联系电话 类别 原就读学校 "
            "年级 发生时间 原因 第一次劝返 第二次劝返 第三次劝返 是否返校 证明材料 备注"
        ),
        _split(
            "编号 学生姓名 性别 民族 身份证号码 户籍地乡镇 行政村 村民小组 家长姓名 关系 监护人电话 "
            "失学、辍学、休学、延缓入学 辍学前学校 原就读年级 失学(辍学)时间 失学、辍学、休学、延缓入学原因 "
            "第1次劝返情况 第2次劝返情况 第3次劝返情况 劝返结果 佐证材料 说明"
        ),
    ),
}
HEADINGS["附件4"] = HEADINGS["附件3"]
TITLES = {
    "附件1": "石柱县籍2023年秋季学期县外各级各类学校学生就读情况摸排表",
    "附件2": "石柱县籍2023年秋季学期县内各级各类学校学生就读情况摸排表",
    "附件3": "石柱县2023年秋季学期{unit}辖区6-16周岁义务教育适龄学生县外失学、辍学、休学、延缓入学信息台账",
    "附件4": "石柱县2023年秋季学期{unit}6-16周岁义务教育适龄学生县内失学、辍学、休学、延缓入学信息台账",
}
NOTES = (
    "填表说明:1.本表由报送单位填写,无失学、辍学学生的也要报表(零报告)。2.身份证号请按文本格式填写。",
    "注:休学、延缓入学的须附证明材料。",
)
_STAMP = re.compile(rb">\d{4}-\d\d-\d\dT[\d:.]+Z<")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """One filled-in form."""

    form: str
    unit: str
    rows: tuple[Row, ...]
    heading: int = 0
    labelled: bool = True  # 附件N alone in A1
    total: bool = False
    notes: bool = False
    signature: str = field(default="填报人:甲乙    审核人:丙丁    填报时间:2023年9月20日")

    def lines(self) -> tuple[list[Row], int]:
        """All rows of the sheet, and the index of the heading among them."""
        headings = HEADINGS[self.form][self.heading]
        above: list[Row] = [[self.form]] if self.labelled else []
        above += [
            [TITLES[self.form].format(unit=self.unit)],
            [f"填报单位(盖章):{self.unit}    {self.signature}"],
        ]
        below: list[Row] = []
        if self.total:
            below.append(["合计", None, f"{len(self.rows)}人"])
        if self.notes:
            below += [[note] for note in NOTES]
        return [*above, headings, *self.rows, *below], len(above)


def xlsx(*filled: Filled) -> bytes:
    """A workbook with a sheet for each form; the same input gives the same bytes."""
    book = openpyxl.Workbook(write_only=True)
    book.calculation = CalcProperties(fullCalcOnLoad=False)
    for each in filled:
        sheet = book.create_sheet(each.form if len(filled) > 1 else "Sheet1")
        lines, _ = each.lines()
        for line in lines:
            sheet.append(list(line))
    return steady(book)


def steady(book: openpyxl.Workbook) -> bytes:
    """The workbook's bytes with no time of making in them."""
    book.properties.created = book.properties.modified = datetime(2023, 9, 1)
    raw = io.BytesIO()
    book.save(raw)
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _STAMP.sub(rb">2023-09-01T00:00:00Z<", data)
            new.writestr(zipfile.ZipInfo(name, (2023, 9, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def xls(filled: Filled) -> bytes:
    """The same in the format of 1997, with a merged title."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    lines, heading = filled.lines()
    width = len(lines[heading])
    for number, line in enumerate(lines):
        if len(line) == 1 and number < heading and number > 0:
            sheet.write_merge(number, number, 0, width - 1, line[0])
            continue
        for column, value in enumerate(line):
            if value is not None:
                sheet.write(number, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def either(filled: Filled, random: Random) -> tuple[bytes, str]:
    """Bytes and extension; a quarter of clerks still save as .xls."""
    if len(filled.rows) < 600 and random.random() < 0.25:
        return xls(filled), "xls"
    return xlsx(filled), "xlsx"
