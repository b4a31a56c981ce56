"""Builds tables as clerks make them: rows in, a :class:`Workbook` out, without a file."""

from collections.abc import Sequence
from pathlib import Path

from config.identity_numbers import check_digit
from config.read_notice import load_notice
from config.records.record import Record
from config.text.text_folding import clean_text
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Roster, Unit
from parsers.formats.clean_sheets import clean_workbook
from parsers.formats.workbook import Cell, Sheet, Workbook
from parsers.forms.sheet_reader import SheetReader
from parsers.forms.sheets.workbook_content import WorkbookContent
from parsers.records import ParsedForm

NOTICE = load_notice(Path("2023-autumn.toml"))
ROSTER = Roster(
    (
        Unit(name="西沱镇", kind="township", stage=None, township=None),
        Unit(name="黄水镇", kind="township", stage=None, township=None),
        Unit(name="西沱镇小学", kind="school", stage="小学", township="西沱镇", aliases=("西沱小学",)),
        Unit(name="西沱中学", kind="school", stage="初中", township="西沱镇"),
        Unit(name="黄水中学", kind="school", stage="初中", township="黄水镇"),
    )
)
NAMES = UnitNames(ROSTER, NOTICE)
READER = SheetReader(NOTICE, NAMES)

TITLES = {
    "附件1": "石柱县籍2023年秋季学期县外各级各类学校学生就读情况摸排表",
    "附件2": "石柱县籍2023年秋季学期县内各级各类学校学生就读情况摸排表",
    "附件3": "石柱县2023年秋季学期西沱镇辖区6-16周岁义务教育适龄学生县外失学、辍学、休学、延缓入学信息台账",
    "附件4": "石柱县2023年秋季学期西沱中学6-16周岁义务教育适龄学生县内失学、辍学、休学、延缓入学信息台账",
}
REGISTER_HEADING = ("序号", "姓名", "性别", "身份证号", "监护人", "联系电话", "类别", "发生时间", "原因")
ROLL_HEADING = (
    "序号",
    "姓名",
    "性别",
    "民族",
    "身份证号",
    "监护人姓名",
    "联系电话",
    "就读学校",
    "年级",
    "班级",
    "是否寄宿",
)


def id_number(birth: str = "20120304", serial: int = 123, region: str = "509999") -> str:
    """Returns a number that belongs to no person: region 509999 is not assigned."""
    first17 = f"{region}{birth}{serial:03}"
    return first17 + check_digit(first17)


def sheet(
    rows: Sequence[Sequence[Cell]],
    *,
    name: str = "Sheet1",
    merged: Sequence[tuple[int, int, int, int]] = (),
    hidden: bool = False,
) -> Sheet:
    return Sheet(
        name=name,
        hidden=hidden,
        rows=[list(row) for row in rows],
        first_row=1,
        first_col=1,
        merged=tuple(merged),
    )


def read_sheets(*sheets: Sheet, name: str = "报表.xlsx", subject: str = "") -> WorkbookContent:
    return READER.read(clean_workbook(Workbook(sheets=tuple(sheets))), clean_text(name), clean_text(subject))


def read_one_form(
    rows: Sequence[Sequence[Cell]],
    *,
    name: str = "报表.xlsx",
    subject: str = "",
    merged: Sequence[tuple[int, int, int, int]] = (),
) -> ParsedForm:
    (form,) = read_sheets(sheet(rows, merged=merged), name=name, subject=subject).forms
    return form


def read_register(
    *students: Sequence[Cell],
    form: str = "附件4",
    heading: Sequence[Cell] = REGISTER_HEADING,
    below: Sequence[Sequence[Cell]] = (),
) -> ParsedForm:
    """Reads an 附件3 or 附件4 with its title, 填报单位 and heading."""
    unit = "西沱镇" if form == "附件3" else "西沱中学"
    return read_one_form(
        [
            [form],
            [TITLES[form]],
            [f"填报单位(盖章):{unit}    填报时间:2023年9月20日"],
            list(heading),
            *students,
            *below,
        ]
    )


def problem_codes(record: Record) -> list[str]:
    return [problem.code for problem in record.problems]
