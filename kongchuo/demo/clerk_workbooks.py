"""Writes the forms as clerks fill them in: titles, 填报单位, headings in several spellings, totals and notes."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from random import Random

import openpyxl
import xlwt
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet.cell_range import CellRange

Row = Sequence[object]
Area = tuple[int, int, int, int]  # first and last row, first and last column, from 0


def _split_headings(words: str) -> tuple[str, ...]:
    """Returns the headings; an underscore is a blank inside one, ``above>below`` is a heading in two rows."""
    return tuple(word.replace("_", " ") for word in words.split())


_REGISTER_HEADINGS = (
    _split_headings(
        "序号 姓名 性别 民族 身份证号 户籍所在乡镇 村(社区) 组 监护人 与学生关系 联系电话 类别 原就读学校 "
        "年级 发生时间 原因 第一次劝返 第二次劝返 第三次劝返 是否返校 证明材料 备注"
    ),
    _split_headings(
        "编号 学生姓名 性别 民族 身份证号码 户籍地乡镇 行政村 村民小组 家长姓名 关系 监护人电话 "
        "失学、辍学、休学、延缓入学 辍学前学校 原就读年级 失学(辍学)时间 失学、辍学、休学、延缓入学原因 "
        "第1次劝返情况 第2次劝返情况 第3次劝返情况 劝返结果 佐证材料 说明"
    ),
    _split_headings(
        "序号 姓名 性别 民族 公民身份号码 户籍所在地>乡镇(街道) 户籍所在地>村(社区) 户籍所在地>组 监护人姓名 与学生关系 "
        "手机号码 类型 学籍学校 年级 离校时间 原因 劝返情况>第一次 劝返情况>第二次 劝返情况>第三次 是否复学 有无证明材料 备注"
    ),
)
HEADINGS: dict[str, tuple[tuple[str, ...], ...]] = {
    "附件1": (
        _split_headings(
            "序号 姓名 性别 民族 身份证号 户籍所在乡镇 村(社区) 组 家庭类别 监护人 与学生关系 联系电话 就读学校 "
            "学校所在地 学段 年级 班级 就读情况 备注"
        ),
        _split_headings(
            "序_号 学生姓名 性_别 族别 身份证号码 乡镇(街道) 行政村 村民小组 家庭类型 监护人姓名 关系 监护人电话 "
            "就读学校名称 就读学校所在地 就读学段 就读年级 班 是否在校 说明"
        ),
        _split_headings(
            "序号 学生名字 性别 民族 身份证件号 户籍所在地>乡镇 户籍所在地>村(社区) 户籍所在地>组 困难类型 监护人 与学生关系 "
            "手机号码 现就读学校 省市区县 学段 年级 班级 在读状态 备注"
        ),
    ),
    "附件2": (
        _split_headings(
            "序号 姓名 性别 民族 身份证号 学籍号 户籍所在乡镇 村(社区) 组 家庭类别 监护人 与学生关系 联系电话 "
            "就读学校 学段 年级 班级 是否寄宿 是否留守儿童 就读情况 备注"
        ),
        _split_headings(
            "编号 学生名字 性别 民族 公民身份号码 全国学籍号 户籍乡镇 村居 社 是否建档立卡 家长姓名 与本人关系 "
            "家长联系电话 学校名称 学段 所在年级 所在班级 住读/走读 留守儿童 在校情况 备_注"
        ),
        _split_headings(
            "序号 学生姓名 性别 民族 身份证件号 学籍号 户籍所在地>乡镇 户籍所在地>村(社区) 户籍所在地>组 困难类型 监护人 "
            "与学生关系 手机号码 现就读学校 学段 年级 班级 是否寄宿 是否留守儿童 就读情况 备注"
        ),
    ),
    "附件3": _REGISTER_HEADINGS,
    "附件4": _REGISTER_HEADINGS,
}
HEADING_VARIANTS = 3
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
_STAMP = re.compile(rb">[0-9]{4}-[0-9][0-9]-[0-9][0-9]T[0-9:.]+Z<")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledForm:
    """A filled-in form, as a clerk would make it."""

    form: str
    unit: str
    rows: tuple[Row, ...]
    heading: int = 0
    labelled: bool = True  # 附件N alone in A1
    total: bool = False
    notes: bool = False
    signature: str = field(default="填报人:甲乙    审核人:丙丁    填报时间:2023年9月20日")

    def lines(self) -> list[Row]:
        """Returns the rows of the sheet."""
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
        return [*above, *self._heading(), *self.rows, *below]

    def merged_areas(self) -> list[Area]:
        """Returns the areas that a clerk merges: the title, and headings over two rows or several columns."""
        headings = HEADINGS[self.form][self.heading]
        title = int(self.labelled)
        areas = [(title, title, 0, len(headings) - 1)]
        first, rows = title + 2, self._heading()
        if len(rows) == 2:
            groups = groupby(
                range(len(headings)), key=lambda column: _heading_group(headings[column]) or column
            )
            for group, columns in groups:
                each = list(columns)
                below = first if isinstance(group, str) else first + 1
                areas.append((first, below, each[0], each[-1]))
        return areas

    def _heading(self) -> list[Row]:
        """Returns the heading as one row, or two if columns have a common group."""
        headings = HEADINGS[self.form][self.heading]
        groups = [_heading_group(heading) for heading in headings]
        if not any(groups):
            return [headings]
        upper: list[object] = []
        for column, (heading, group) in enumerate(zip(headings, groups, strict=True)):
            inside = group is not None and column > 0 and groups[column - 1] == group
            upper.append(None if inside else group or heading)
        return [upper, [heading.partition(">")[2] or None for heading in headings]]


def _heading_group(heading: str) -> str | None:
    """Returns the group above a heading; None if it has none."""
    group, mark, _ = heading.partition(">")
    return group if mark else None


def xlsx(*filled: FilledForm) -> bytes:
    """Returns a workbook with one sheet per form; the same input gives the same bytes."""
    workbook = openpyxl.Workbook(write_only=True)
    workbook.calculation = CalcProperties(fullCalcOnLoad=False)
    for form in filled:
        sheet = workbook.create_sheet(form.form if len(filled) > 1 else "Sheet1")
        for line in form.lines():
            sheet.append(list(line))
        for top, bottom, left, right in form.merged_areas():
            sheet.merged_cells.add(
                CellRange(min_row=top + 1, max_row=bottom + 1, min_col=left + 1, max_col=right + 1)
            )
    return reproducible_bytes(workbook)


def reproducible_bytes(workbook: openpyxl.Workbook) -> bytes:
    """Returns the workbook's bytes without timestamps."""
    workbook.properties.created = workbook.properties.modified = datetime(2023, 9, 1)
    raw = io.BytesIO()
    workbook.save(raw)
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _STAMP.sub(rb">2023-09-01T00:00:00Z<", data)
            new.writestr(zipfile.ZipInfo(name, (2023, 9, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def xls(filled: FilledForm) -> bytes:
    """Returns the form as an Excel 97 workbook."""
    workbook = xlwt.Workbook(encoding="utf-8")
    sheet = workbook.add_sheet("Sheet1")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    areas = {(top, left): (bottom, right) for top, bottom, left, right in filled.merged_areas()}
    for row, line in enumerate(filled.lines()):
        for column, value in enumerate(line):
            if (row, column) in areas:
                bottom, right = areas[row, column]
                sheet.write_merge(row, bottom, column, right, value)
            elif isinstance(value, datetime):
                sheet.write(row, column, value, day)
            elif value is not None:
                sheet.write(row, column, value)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def xls_or_xlsx(filled: FilledForm, random: Random) -> tuple[bytes, str]:
    """Bytes and extension; a quarter of clerks still save as .xls."""
    if len(filled.rows) < 600 and random.random() < 0.25:
        return xls(filled), "xls"
    return xlsx(filled), "xlsx"
