"""Children and the forms that name them, as clerks fill them in; the same input gives the same bytes.

Every number is of region 509999, which is assigned to nobody.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import docx
import openpyxl

from config.identity_numbers import check_digit

Row = Sequence[object]
DROPPED, SUSPENDED, NEVER, DEFERRED = "辍学", "休学", "失学", "延缓入学"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000") + bytes(20_000)

_ROLL = "序号 姓名 性别 民族 身份证号 户籍所在乡镇 家庭类别 监护人 联系电话 就读学校 学段 年级 班级 是否寄宿 就读方式 就读情况 备注"
_ABROAD = "序号 姓名 性别 民族 身份证号 户籍所在乡镇 家庭类别 监护人 联系电话 就读学校 学校所在地 学段 年级 班级 就读情况"
_REGISTER = (
    "序号 姓名 性别 民族 身份证号 户籍所在乡镇 家庭类别 残疾类别 监护人 联系电话 类别 发生时间 截止时间 原因 原就读学校 年级 "
    "劝返次数 第一次劝返 第二次劝返 第三次劝返 劝返结果 证明材料 备注"
)
_TITLES = {
    "附件1": "石柱县籍2023年秋季学期县外各级各类学校学生就读情况摸排表",
    "附件2": "石柱县籍2023年秋季学期县内各级各类学校学生就读情况摸排表",
    "附件3": "石柱县2023年秋季学期{unit}辖区6-16周岁义务教育适龄学生县外失学、辍学、休学、延缓入学信息台账",
    "附件4": "石柱县2023年秋季学期{unit}6-16周岁义务教育适龄学生县内失学、辍学、休学、延缓入学信息台账",
}
_INSTANT = re.compile(rb">\d{4}-\d\d-\d\dT[\d:.]+Z<")
_HEADINGS = {"附件1": _ABROAD, "附件2": _ROLL, "附件3": _REGISTER, "附件4": _REGISTER}


@dataclass(frozen=True, slots=True)
class Child:
    """A made-up student; ``serial`` tells the sex as a real number does."""

    name: str
    birth: str
    serial: int
    town: str = "西沱镇"

    @property
    def number(self) -> str:
        first17 = f"509999{self.birth}{self.serial:03}"
        return first17 + check_digit(first17)

    @property
    def sex(self) -> str:
        return "男" if self.serial % 2 else "女"

    def enrolled(
        self, school: str, grade: str, *, class_name: str = "1班", stage: str = "", **other: object
    ) -> dict[str, object]:
        """A row of 附件1 or 附件2."""
        return self._person() | {
            "就读学校": school, "学段": stage or _stage(grade), "年级": grade, "班级": class_name, "是否寄宿": "否",
            "就读方式": "普通就读", "就读情况": "在校",
        } | other  # fmt: skip

    def out(self, status: str, school: str, grade: str, **other: object) -> dict[str, object]:
        """A row of 附件3 or 附件4."""
        return self._person() | {
            "类别": status, "发生时间": "2023-09-05", "原因": "厌学", "原就读学校": school, "年级": grade,
        } | other  # fmt: skip

    def _person(self) -> dict[str, object]:
        return {
            "姓名": self.name, "性别": self.sex, "民族": "土家族", "身份证号": self.number, "户籍所在乡镇": self.town,
            "家庭类别": "一般户", "监护人": f"{self.name[:1]}父", "联系电话": f"138{self.birth[4:]}{self.serial:04}",
        }  # fmt: skip


def form(key: str, unit: str, *rows: dict[str, Any], nil: str | None = None) -> list[Row]:
    """The lines of one of the forms 附件1 to 附件4: label, title, unit, headings, rows."""
    headings = _HEADINGS[key].split()
    lines = [[number, *(row.get(heading) for heading in headings[1:])] for number, row in enumerate(rows, 1)]
    if nil is not None:
        lines.append([nil])
    return [[key], [_TITLES[key].format(unit=unit)], [f"填报单位(盖章):{unit}"], headings, *lines]


def xlsx(*sheets: Sequence[Row]) -> bytes:
    book = openpyxl.Workbook()
    for sheet in list(book.worksheets):
        book.remove(sheet)
    for number, rows in enumerate(sheets, 1):
        made = book.create_sheet(f"Sheet{number}")
        for row in rows:
            made.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return _without_times(out.getvalue())


def visit_grid(unit: str, child: Child, school: str, visits: Sequence[Row], *, title: str) -> bytes:
    """An 附件5 or 附件6 in Word: labels beside values, the visits below."""
    rows: list[Row] = [
        ["学生姓名", child.name, "性别", child.sex, "身份证号码", child.number],
        [
            "就读学校",
            school,
            "家长姓名",
            f"{child.name[0]}父",
            "联系电话",
            f"138{child.birth[4:]}{child.serial:04}",
        ],
        ["次数", "时间", "地点", "劝返人员", "情况", "结果"],
        *visits,
    ]
    document = docx.Document()
    for line in (title, f"填报单位:{unit}"):
        document.add_paragraph(line)
    table = document.add_table(rows=len(rows), cols=6)
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            table.cell(r, c).text = str(value)
    out = io.BytesIO()
    document.save(out)
    return _without_times(out.getvalue())


def csv(rows: Sequence[Row]) -> bytes:
    return "\r\n".join(",".join("" if v is None else str(v) for v in row) for row in rows).encode("gb18030")


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2023, 9, 1, 0, 0, 0)), data)
    return out.getvalue()


def locked(name: str, data: bytes) -> bytes:
    """A zip whose one member asks for a password."""
    archive = bytearray(packed({name: data}))
    for offset in (6, archive.rindex(b"PK\x01\x02") + 8):  # the flags, at the member and in the directory
        archive[offset] |= 1
    return bytes(archive)


def _without_times(data: bytes) -> bytes:
    """The same package with no time of making, stored: what deflate makes differs between zlib versions.

    File ids and sizes come from these bytes and stand in the golden files.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    core = members.get("docProps/core.xml")
    if core is not None:
        members["docProps/core.xml"] = _INSTANT.sub(b">2023-09-01T00:00:00Z<", core)
    return packed(members)


def _stage(grade: str) -> str:
    return "小学" if grade[:1] in "一二三四五六" else "初中" if grade[:1] in "七八九" else "高中"
