"""The messes, by number of domain §3 where it has one. ``what`` is the line that docs/reading.md shows."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import openpyxl

from store.stored_values import UnitForm
from tests.builders.clerk_files import (
    AWAY_HEADING,
    MIDDLE,
    PNG,
    SCHOOL,
    TOWN,
    Row,
    away_row,
    csv,
    dropout_row,
    html,
    mail,
    pupil_row,
    register3,
    register4,
    roll1,
    roll2,
    word,
    xls,
    xlsx,
    zipped,
)  # fmt: skip
from tests.builders.form_tables import REGISTER_HEADING, ROLL_HEADING, TITLES, id_number


@dataclass(frozen=True, kw_only=True)
class Mess:
    """A mail, and what must come of it."""

    name: str
    what: str
    raw: Callable[[], bytes]
    submissions: Mapping[UnitForm, tuple[str, ...]] = field(default_factory=dict)
    nil: tuple[UnitForm, ...] = ()
    outcomes: tuple[str, ...] = ("forms",)
    reason: str | None = None
    codes: tuple[str, ...] = ()


MESSES: list[Mess] = []
ONE_ON_FORM4 = {(MIDDLE, "附件4"): ("甲一",)}
ONE_ON_FORM3 = {(TOWN, "附件3"): ("甲一",)}
ONE_ON_FORM2 = {(SCHOOL, "附件2"): ("甲一",)}
ONE_ON_FORM1 = {(TOWN, "附件1"): ("甲一",)}


def mess(
    name: str,
    what: str,
    files: Callable[[], Mapping[str, bytes]] | None = None,
    *,
    raw: Callable[[], bytes] | None = None,
    subject: str = "报送材料",
    body: str = "请查收。",
    **expected: Any,
) -> None:
    """Register one; ``files`` go into an ordinary mail, ``raw`` is a whole one."""
    MESSES.append(
        Mess(
            name=name,
            what=what,
            raw=raw or (lambda: mail(files() if files else None, subject=subject, body=body)),
            **expected,
        )
    )


def one_workbook(rows: Sequence[Row], name: str = "报表.xlsx") -> Callable[[], Mapping[str, bytes]]:
    return lambda: {name: xlsx(rows)}


# File kinds

mess(
    "xlsx",
    ".xlsx: rows read",
    lambda: {"附件4.xlsx": xlsx(register4(dropout_row()))},
    submissions=ONE_ON_FORM4,
)
mess(
    "xls",
    ".xls (Excel 97): rows read",
    lambda: {"附件4.xls": xls(register4(dropout_row()))},
    submissions=ONE_ON_FORM4,
)
mess(
    "et",
    ".et of WPS, either kind inside: rows read",
    lambda: {"附件4.et": xls(register4(dropout_row()))},
    submissions=ONE_ON_FORM4,
)
mess(
    "xls-is-xlsx",
    "M-06: .xls that is OOXML inside: known by its bytes",
    lambda: {"附件4.xls": xlsx(register4(dropout_row()))},
    submissions=ONE_ON_FORM4,
)
mess(
    "xls-is-html",
    "M-06: a web page named .xls: its table is read",
    lambda: {"附件4.xls": html(register4(dropout_row()))},
    submissions=ONE_ON_FORM4,
)
mess(
    "csv-gbk",
    "M-31: .csv in GBK: rows read",
    lambda: {"附件4.csv": csv(register4(dropout_row()))},
    submissions=ONE_ON_FORM4,
)
mess(
    "csv-utf8",
    ".csv in UTF-8 with BOM: rows read",
    lambda: {"附件4.csv": csv(register4(dropout_row()), codec="utf-8-sig")},
    submissions=ONE_ON_FORM4,
)
mess(
    "txt-tabs",
    "M-31: tab-separated .txt: rows read",
    lambda: {"附件4.txt": csv(register4(dropout_row()), mark="\t")},
    submissions=ONE_ON_FORM4,
)
mess(
    "xls-is-text",
    "tab-separated text named .xls: rows read",
    lambda: {"附件4.xls": csv(register4(dropout_row()), mark="\t")},
    submissions=ONE_ON_FORM4,
)
mess(
    "no-extension",
    "M-06: no extension: known by its bytes",
    lambda: {"附件4": xlsx(register4(dropout_row()))},
    submissions=ONE_ON_FORM4,
)
mess(
    "bin-name",
    "M-05: tcmime.…​.bin: known by its bytes",
    lambda: {"tcmime.1388.1527.1742.bin": xlsx(register4(dropout_row()))},
    submissions=ONE_ON_FORM4,
)
mess(
    "word-list",
    "M-30: 附件3 typed as a Word table: rows read",
    lambda: {
        "附件3.docx": word((["附件3", TITLES["附件3"], "填报单位:西沱镇"], [REGISTER_HEADING, dropout_row()]))
    },
    submissions=ONE_ON_FORM3,
)
_GRID = [
    ["学生姓名", "甲一", "性别", "男", "出生年月", "2012-03"],
    ["身份证号码", id_number(), "就读学校及年级", "西沱中学七年级2班", "家长姓名", "甲父"],
    ["次数", "时间", "地点", "劝返人员", "情况", "结果"],
    ["1", "2023.9.12", "家中", "乙老师", "家访", "未返校"],
    ["2", "2023.9.17", "电话", "乙老师", "电话", "同意返校"],
]
_GRID_TWO = [
    [{"甲一": "丙三", id_number(): id_number(serial=321)}.get(str(value), value) for value in row]
    for row in _GRID
]
mess(
    "grid-docx",
    "附件5 in Word, labels beside values, visits below: one record",
    lambda: {"附件5.docx": word((["附件5", "西沱镇失学、辍学学生劝返记录表"], _GRID))},
    submissions={(TOWN, "附件5"): ("甲一",)},
)
mess(
    "grids-docx",
    "several students, one table after another: one record each",
    lambda: {
        "附件5.docx": word(
            (["西沱镇失学、辍学学生劝返记录表"], _GRID), (["西沱镇失学、辍学学生劝返记录表"], _GRID_TWO)
        )
    },
    submissions={(TOWN, "附件5"): ("甲一", "丙三")},
)
mess(
    "grid-xlsx",
    "M-30: the same grid in Excel: one record",
    lambda: {"附件5.xlsx": xlsx([["西沱镇失学、辍学学生劝返记录表"], *_GRID])},
    submissions={(TOWN, "附件5"): ("甲一",)},
)
mess(
    "letter",
    "送达书 and 登记表 in one file: one record",
    lambda: {
        "附件6.docx": word(
            (
                [
                    "劝返学生送达书",
                    "甲父家长:",
                    "您的孩子甲一,系我校七年级2班学生,自2023年9月10日起未到校。",
                    "送达时间:2023年9月12日",
                    "西沱中学",
                ],
                [],
            ),
            (["西沱中学义务教育阶段辍学学生劝返登记表"], _GRID),
        )
    },
    submissions={(MIDDLE, "附件6"): ("甲一",)},
)
mess(
    "visit-rows",
    "附件5 as a register with one visit a row: visits joined",
    lambda: {
        "附件5.xlsx": xlsx(
            [
                ["西沱镇失学、辍学学生劝返记录表"],
                ["序号", "姓名", "身份证号", "劝返时间", "劝返地点", "劝返人员", "劝返情况", "劝返结果"],
                [1, "甲一", id_number(), "2023.9.12", "家中", "乙老师", "家访", "未返校"],
                [2, "甲一", id_number(), "2023.9.17", "家中", "乙老师", "家访", "已返校"],
            ]
        )
    },
    submissions={(TOWN, "附件5"): ("甲一",)},
)
mess(
    "photo-proof",
    "a photograph named as a proof: evidence",
    lambda: {"附件4.xlsx": xlsx(register4(dropout_row())), "甲一休学证明.jpg": PNG},
    submissions=ONE_ON_FORM4,
    outcomes=("forms", "evidence"),
)
mess(
    "photo-form",
    "M-29: a photographed form: a person must look",
    lambda: {"西沱中学附件4.jpg": PNG},
    outcomes=("quarantined",),
    reason="scanned-only",
)
mess(
    "photo-alone",
    "a photograph alone, no word on it: a person must look",
    lambda: {"mmexport1695600000000.jpg": PNG},
    subject="西沱中学",
    outcomes=("quarantined",),
    reason="scanned-only",
)
mess(
    "encrypted",
    "M-21: a workbook behind a password: said so",
    lambda: {"附件4.xlsx": _locked_workbook()},
    outcomes=("quarantined",),
    reason="encrypted",
)
mess(
    "empty-file",
    "M-22: zero bytes: said so",
    lambda: {"附件4.xlsx": b""},
    outcomes=("quarantined",),
    reason="unreadable",
)
mess(
    "truncated",
    "M-22: cut off on the way: said so",
    lambda: {"附件4.xlsx": xlsx(register4(dropout_row()))[:3000]},
    outcomes=("quarantined",),
    reason="unreadable",
)
mess(
    "program",
    "M-20: a program named 附件1.xls.exe: never opened, a person must look",
    lambda: {"附件1.xls.exe": b"MZ" + bytes(range(256)) * 10},
    outcomes=("quarantined",),
    reason="unsupported",
)
mess(
    "rtf",
    ".doc that is RTF inside, without a table: a person must look",
    lambda: {"附件5.doc": rb"{\rtf1\ansi hello}"},
    outcomes=("quarantined",),
    reason="no-table",
)

# Containers

mess(
    "zip",
    "a zip: each member is a file of its own",
    lambda: {
        "材料.zip": zipped(
            {
                "附件4.xlsx": xlsx(register4(dropout_row())),
                "附件2.xlsx": xlsx(roll2(pupil_row("乙二", school=MIDDLE), unit=MIDDLE)),
            }
        )
    },
    submissions={**ONE_ON_FORM4, (MIDDLE, "附件2"): ("乙二",)},
    outcomes=("forms", "forms"),
)
mess(
    "zip-folder",
    "M-24: the unit only in the folder's name: found there",
    lambda: {"材料.zip": zipped({"西沱镇/附件3.xlsx": xlsx([REGISTER_HEADING, dropout_row()])})},
    submissions=ONE_ON_FORM3,
)
mess(
    "zip-locked",
    "M-21: a zip behind a password: said so",
    lambda: {"材料.zip": _locked_zip()},
    outcomes=("quarantined",),
    reason="encrypted",
)
mess(
    "zip-litter",
    "M-23: __MACOSX and Thumbs.db: listed and ignored",
    lambda: {"材料.zip": zipped({"__MACOSX/._a": b"x", "附件4.xlsx": xlsx(register4(dropout_row()))})},
    submissions=ONE_ON_FORM4,
    outcomes=("forms", "ignored"),
)
mess(
    "forwarded",
    "M-07: forwarded as an attached mail: opened",
    raw=lambda: _forwarded(mail({"附件4.xlsx": xlsx(register4(dropout_row()))})),
    submissions=ONE_ON_FORM4,
)
mess(
    "forwarded-twice",
    "M-07: forwarded twice: opened twice",
    raw=lambda: _forwarded(_forwarded(mail({"附件4.xlsx": xlsx(register4(dropout_row()))}))),
    submissions=ONE_ON_FORM4,
)
mess(
    "body-table",
    "a form pasted into the mail: read",
    raw=lambda: _html_body(html(register4(dropout_row()), "utf-8").decode()),
    submissions=ONE_ON_FORM4,
)

# Mail without files

mess(
    "chatter",
    "no file, no word of a report: ignored",
    subject="收到",
    body="好的,谢谢",
    outcomes=("ignored",),
)
mess(
    "auto-reply",
    "M-16: automatic replies: ignored",
    raw=lambda: mail(subject="自动回复:附件4", extra={"Auto-Submitted": "auto-replied"}),
    outcomes=("ignored",),
)
mess(
    "body-nil",
    "M-13: the mail says 零报告 and names the form: a zero report",
    subject="西沱中学附件4零报告",
    body="本校无失学、辍学、休学、延缓入学学生。",
    submissions={(MIDDLE, "附件4"): ()},
    nil=((MIDDLE, "附件4"),),
)
mess(
    "body-nil-no-form",
    "says 零报告 and names no form: a person must look",
    subject="西沱中学",
    body="本校零报告。",
    outcomes=("quarantined",),
    reason="no-table",
)
mess(
    "body-later",
    "M-13: 附件2稍后补: a person must look",
    subject="西沱中学附件2",
    body="附件2稍后补。",
    outcomes=("quarantined",),
    reason="no-table",
)
mess(
    "linked",
    "M-09: QQ 超大附件, only a link: listed, never fetched",
    subject="西沱中学附件2",
    body="从QQ邮箱发来的超大附件\n附件2.xlsx (61.2M, 2023年10月24日 10:00 到期)\nhttps://mail.qq.com/cgi-bin/ftnExs_download?k=1",
    outcomes=("quarantined",),
    reason="linked-attachment",
)
mess(
    "cloud-link",
    "M-26: a 腾讯文档 link: listed, never fetched",
    subject="西沱中学附件2",
    body="https://docs.qq.com/sheet/abc",
    outcomes=("quarantined",),
    reason="linked-attachment",
)

# Which form, whose

mess(
    "wrong-name",
    "M-10: called 附件3, is 附件4: read as what it is, and said",
    lambda: {"附件3.xlsx": xlsx(register4(dropout_row()))},
    submissions=ONE_ON_FORM4,
    codes=("form-conflict",),
)
mess(
    "nameless",
    "M-10: 新建 Microsoft Excel 工作表.xlsx: known by content",
    lambda: {"新建 Microsoft Excel 工作表.xlsx": xlsx(register4(dropout_row()))},
    submissions=ONE_ON_FORM4,
)
mess(
    "no-title",
    "M-40: no title row: known by file name and columns",
    lambda: {"西沱中学附件4.xlsx": xlsx([REGISTER_HEADING, dropout_row()])},
    submissions=ONE_ON_FORM4,
)
mess(
    "title-xx",
    "M-41: title still says XX学校: unit from 填报单位",
    lambda: {
        "附件4.xlsx": xlsx(
            register4(
                dropout_row(),
                title="石柱县2023年秋季学期XX学校6-16周岁义务教育适龄学生县内失学、辍学、休学、延缓入学信息台账",
            )
        )
    },
    submissions=ONE_ON_FORM4,
)
mess(
    "title-typo",
    "the notice's own typo 延续入学 in the title: recognised",
    lambda: {
        "附件3.xlsx": xlsx(
            [
                [
                    "石柱县2023年秋季学期西沱镇辖区6-16周岁义务教育适龄学生县外失学、辍学、休学、延续入学信息台账"
                ],
                REGISTER_HEADING,
                dropout_row(),
            ]
        )
    },
    submissions=ONE_ON_FORM3,
)
mess(
    "four-sheets",
    "M-34: four forms as sheets of one workbook: each its own filing",
    lambda: {"材料.xlsx": xlsx(roll1(away_row()), register3(dropout_row("乙二")), names=("附件1", "附件3"))},
    submissions={**ONE_ON_FORM1, (TOWN, "附件3"): ("乙二",)},
)
mess(
    "explaining-sheet",
    "M-34: 填表说明 first, data on the last sheet: found",
    lambda: {
        "附件4.xlsx": xlsx(
            [["填表说明"], ["1.请如实填写姓名、身份证号。"]],
            register4(dropout_row()),
            names=("填表说明", "数据"),
        )
    },
    submissions=ONE_ON_FORM4,
)
mess(
    "hidden-sheet",
    "M-33: rows on a hidden sheet: read",
    lambda: {"附件4.xlsx": xlsx([["见后表"]], register4(dropout_row()), hidden=(1,))},
    submissions=ONE_ON_FORM4,
)
mess(
    "stacked",
    "M-35: two tables under one another: both read",
    lambda: {
        "材料.xlsx": xlsx(
            [*roll2(pupil_row(school=MIDDLE), unit=MIDDLE), [None], *register4(dropout_row("乙二"))]
        )
    },
    submissions={(MIDDLE, "附件2"): ("甲一",), (MIDDLE, "附件4"): ("乙二",)},
)
mess(
    "unit-alias",
    "M-86: 西沱小学, an alias of the roster: the same unit",
    lambda: {"附件2.xlsx": xlsx(roll2(pupil_row(), unit="西沱小学"))},
    submissions=ONE_ON_FORM2,
)
mess(
    "unit-slip",
    "M-86: 西坨镇, one character wrong and no other township as near: the same unit",
    lambda: {"附件3.xlsx": xlsx(register3(dropout_row(), unit="西坨镇"))},
    submissions=ONE_ON_FORM3,
)
mess(
    "unit-stranger",
    "填报单位 is not on the roster, the sender is known: not taken for the sender's, a person must look",
    lambda: {"附件4.xlsx": xlsx([["附件4"], ["填报单位:东方红中学"], REGISTER_HEADING, dropout_row()])},
    subject="西沱中学转来",
    outcomes=("quarantined",),
    reason="unknown-unit",
)
mess(
    "unit-office",
    "M-86: 西沱镇人民政府: the same unit",
    lambda: {"附件3.xlsx": xlsx(register3(dropout_row(), unit="石柱县西沱镇人民政府"))},
    submissions=ONE_ON_FORM3,
)
mess(
    "unit-in-subject",
    "unit only in the subject: taken from there",
    lambda: {"附件4.xlsx": xlsx([["附件4"], REGISTER_HEADING, dropout_row()])},
    subject="西沱中学报送材料",
    submissions=ONE_ON_FORM4,
)
mess(
    "unit-nowhere",
    "unit nowhere: a person must look",
    lambda: {"附件4.xlsx": xlsx([["附件4"], REGISTER_HEADING, dropout_row()])},
    outcomes=("quarantined",),
    reason="unknown-unit",
)
mess(
    "two-units",
    "M-17: two units' files in one mail: each its own",
    lambda: {
        "西沱中学附件4.xlsx": xlsx(register4(dropout_row())),
        "西沱镇附件3.xlsx": xlsx(register3(dropout_row("乙二"))),
    },
    submissions={**ONE_ON_FORM4, (TOWN, "附件3"): ("乙二",)},
    outcomes=("forms", "forms"),
)
mess(
    "last-year",
    "M-18: last year's title: read, and said",
    lambda: {
        "附件2.xlsx": xlsx(
            [
                ["石柱县籍2022年秋季学期县内各级各类学校学生就读情况摸排表"],
                ["填报单位:西沱镇小学"],
                ROLL_HEADING,
                pupil_row(),
            ]
        )
    },
    submissions=ONE_ON_FORM2,
    codes=("other-period",),
)
mess(
    "blank-template",
    "M-94: the blank template sent back: ignored",
    lambda: {
        "附件4.xlsx": xlsx(
            [
                ["附件4"],
                ["石柱县2023年秋季学期XX学校6-16周岁义务教育适龄学生县内失学、辍学、休学、延缓入学信息台账"],
                ["填报单位(盖章):"],
                REGISTER_HEADING,
            ]
        )
    },
    outcomes=("ignored",),
    reason="blank-template",
)
mess(
    "the-notice",
    "the notice itself sent back: ignored",
    lambda: {
        "关于做好2023年秋季学期义务教育学段控辍保学工作的通知.docx": word(
            (["各乡镇人民政府:", "现就有关工作通知如下。"], [])
        )
    },
    outcomes=("ignored",),
)

# Zero reports

_NIL_WORDINGS: tuple[Row, ...] = (
    ["无"],
    [1, "无"],
    ["零报告"],
    [None, "本校无失学、辍学、休学、延缓入学学生"],
    [1, "/", "/", "/"],
    [None, "经排查,无失学辍学学生"],
    [],
)
for number, said in enumerate(_NIL_WORDINGS):
    mess(
        f"nil-{number}",
        f"a zero report that says {'、'.join(str(s) for s in said if s) or 'nothing (title, unit, no rows)'}",
        one_workbook(register4(said)),
        submissions={(MIDDLE, "附件4"): ()},
        nil=((MIDDLE, "附件4"),),
    )
mess(
    "empty-roll",
    "an empty 附件2: not a zero report; to be mended",
    one_workbook(roll2()),
    submissions={(SCHOOL, "附件2"): ()},
    codes=("empty-form",),
)
mess(
    "unchanged",
    "无变化: what stands, stands",
    one_workbook(register4([None, "本月无变化"])),
    outcomes=("evidence",),
)

# Headings

mess(
    "high-heading",
    "heading in row 12: found",
    one_workbook([*[[f"第{n}行"] for n in range(8)], *register4(dropout_row())]),
    submissions=ONE_ON_FORM4,
)
mess(
    "spaced-heading",
    "M-42: 姓 名, line breaks, footnote marks in headings: bound",
    one_workbook(
        register4(
            dropout_row(),
            heading=(
                "序\n号",
                "姓  名*",
                "性别",
                "身份证\n号码",
                "监护人(家长)",
                "联系电话:",
                "类 别",
                "发生时间",
                "原因",
            ),
        )
    ),
    submissions=ONE_ON_FORM4,
)
mess(
    "moved-columns",
    "M-44: columns in another order, one more, one renamed: bound by meaning",
    one_workbook(
        register4(
            ("甲一", 1, id_number(), "易地搬迁", "辍学", "厌学"),
            heading=("学生姓名", "序号", "公民身份号码", "是否易地搬迁", "类型", "辍学原因"),
        )
    ),
    submissions=ONE_ON_FORM4,
)
mess(
    "repeated-heading",
    "M-43: heading repeated on each printed page: not a row",
    one_workbook(register4(dropout_row(), REGISTER_HEADING, dropout_row("乙二", 124))),
    submissions={(MIDDLE, "附件4"): ("甲一", "乙二")},
)
mess(
    "missing-column",
    "a required column is not there: rows kept, filing incomplete",
    one_workbook(register4((1, "甲一", id_number(), "厌学"), heading=("序号", "姓名", "身份证号", "原因"))),
    submissions=ONE_ON_FORM4,
    codes=("heading-missing",),
)
mess(
    "ticks",
    "four columns of which one is ticked: the status",
    one_workbook(
        register4(
            (1, "甲一", id_number(), None, "√", None, None, "厌学"),
            heading=("序号", "姓名", "身份证号", "失学", "辍学", "休学", "延缓入学", "原因"),
        )
    ),
    submissions=ONE_ON_FORM4,
)
mess(
    "totals-and-notes",
    "totals, notes and signatures below: not rows",
    one_workbook(
        register4(
            dropout_row(), ["合计", None, "1人"], ["填表说明:1.请如实填写。"], ["填报人:丙三   审核人:丁四"]
        )
    ),
    submissions=ONE_ON_FORM4,
)
mess(
    "example-row",
    "M-95: the template's example row left in: not a student",
    one_workbook(
        register4(["例", "张三", "男", "500240201001011234", None, None, "辍学", None, "厌学"], dropout_row())
    ),
    submissions=ONE_ON_FORM4,
)
mess(
    "below-blank",
    "M-58: 以下空白: not a student",
    one_workbook(register4(dropout_row(), [None, "以下空白"])),
    submissions=ONE_ON_FORM4,
)

# Cells

mess(
    "id-number-typed",
    "M-48: identity number typed as a number: digits lost, said",
    one_workbook(register4((1, "甲一", None, 5.0999920120304e17, None, None, "辍学", None, "厌学"))),
    submissions=ONE_ON_FORM4,
    codes=("id-precision",),
)
mess(
    "id-spaced",
    "M-49: blanks, apostrophe, small x in the number: cleaned",
    one_workbook(
        register4(
            (
                1,
                "甲一",
                None,
                f"'{id_number()[:6]} {id_number()[6:14]} {id_number()[14:]}",
                None,
                None,
                "辍学",
                None,
                "厌学",
            )
        )
    ),
    submissions=ONE_ON_FORM4,
)
mess(
    "id-short",
    "M-54: 17 digits: said",
    one_workbook(register4((1, "甲一", None, id_number()[:17], None, None, "辍学", None, "厌学"))),
    submissions=ONE_ON_FORM4,
    codes=("id-length",),
)
mess(
    "id-masked",
    "M-56: masked number: said",
    one_workbook(register4((1, "甲一", None, "509999********1234", None, None, "辍学", None, "厌学"))),
    submissions=ONE_ON_FORM4,
    codes=("id-checksum",),
)
mess(
    "id-none-yet",
    "M-55: 未上户口: kept, said",
    one_workbook(register4((1, "甲一", None, "未上户口", None, None, "失学", None, "其他"))),
    submissions=ONE_ON_FORM4,
    codes=("id-missing",),
)
mess(
    "name-spaced",
    "M-57: 甲 一: inner blanks dropped",
    one_workbook(register4(dropout_row("甲 一"))),
    submissions=ONE_ON_FORM4,
)
mess(
    "name-dotted",
    "M-57: five middle dots: one",
    one_workbook(register4(dropout_row("甲依•买买提"))),
    submissions={(MIDDLE, "附件4"): ("甲依·买买提",)},
)
mess(
    "date-impossible",
    "M-60: 2023年9月31日: said",
    one_workbook(register4((1, "甲一", None, id_number(), None, None, "辍学", "2023年9月31日", "厌学"))),
    submissions=ONE_ON_FORM4,
    codes=("date-invalid",),
)
mess(
    "twice",
    "a student twice in one table: kept, said",
    one_workbook(register4(dropout_row(), dropout_row())),
    submissions={(MIDDLE, "附件4"): ("甲一", "甲一")},
    codes=("duplicate-in-file",),
)
mess(
    "error-cell",
    "M-38: #N/A in a cell: said",
    lambda: {
        "附件4.xlsx": xlsx(
            register4((1, "甲一", None, id_number(), None, None, "辍学", None, "厌学")), then=_error_cell
        )
    },
    submissions=ONE_ON_FORM4,
    codes=("formula-error",),
)
mess(
    "other-school-row",
    "a row of another school: kept, said",
    one_workbook(register4((*dropout_row(), "黄水中学"), heading=(*REGISTER_HEADING, "原就读学校"))),
    submissions=ONE_ON_FORM4,
    codes=("unit-mismatch",),
)
mess(
    "inside-outside",
    "附件1 with a school of the county: kept, said",
    one_workbook(
        roll1((1, "甲一", id_number(), TOWN, "西沱镇小学", "重庆市石柱县", "五年级"), heading=AWAY_HEADING)
    ),
    submissions=ONE_ON_FORM1,
    codes=("scope-mismatch",),
)
mess(
    "whole-column-formatted",
    "M-32: a stray cell in row 1,048,576: the rest is read",
    lambda: {"附件4.xlsx": xlsx(register4(dropout_row()), then=_stray_cell)},
    submissions=ONE_ON_FORM4,
)
mess(
    "side-note",
    "a remark beside the table: not a column, not a student",
    one_workbook(register4((*dropout_row(), None, None, "请领导审阅"))),
    submissions=ONE_ON_FORM4,
)


def _locked_workbook() -> bytes:
    """What a password leaves of a workbook: a compound file with an EncryptedPackage ([MS-OFFCRYPTO] 2.3.4.4)."""
    name = "EncryptedPackage".encode("utf-16-le")
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(504)
        + name.ljust(64, b"\x00")
        + (len(name) + 2).to_bytes(2, "little")
        + bytes(446)
    )


def _locked_zip() -> bytes:
    data = bytearray(zipped({"a.xlsx": b"x" * 100}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


def _forwarded(raw: bytes) -> bytes:
    mark = f"=_fwd{len(raw)}".encode()
    subject = base64.b64encode("转发:材料".encode())
    return (
        b"From: a@example.org\r\nSubject: =?utf-8?B?" + subject + b"?=\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="' + mark + b'"\r\n\r\n'
        b"--" + mark + b"\r\nContent-Type: message/rfc822\r\n\r\n" + raw + b"\r\n--" + mark + b"--\r\n"
    )


def _html_body(text: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.org", "西沱中学材料"
    message.set_content("见下表")
    message.add_alternative(text.replace("gb2312", "utf-8"), subtype="html")
    return message.as_bytes()


def _error_cell(workbook: openpyxl.Workbook) -> None:
    cell = workbook.worksheets[0].cell(5, 5)
    cell.value, cell.data_type = "#N/A", "e"


def _stray_cell(workbook: openpyxl.Workbook) -> None:
    workbook.worksheets[0].cell(1_048_576, 2).value = " "


mess(
    "our-own-mail",
    "our own digest or reminder, back in the mailbox that is polled: ignored, whatever it carries",
    raw=lambda: mail(
        {"附件4.xlsx": xlsx(register4(dropout_row()))},
        extra={"Message-ID": f"<kongchuo.{'0a' * 16}@example.org>", "Auto-Submitted": "auto-generated"},
    ),
    outcomes=("ignored",),
)
mess(
    "our-marked-workbook-back",
    "a clerk's answer to a receipt with the marked workbook mended: a submission like any other",
    raw=lambda: mail(
        {"附件4(已标注).xlsx": xlsx(register4(dropout_row()))},
        extra={"In-Reply-To": f"<kongchuo.{'0a' * 16}@example.org>"},
        subject="回复:回执:西沱中学附件4已收到,有1处请更正",
    ),
    submissions=ONE_ON_FORM4,
)
mess(
    "merged-workbook",
    "one table of several schools, sent by somebody who is none of them: each row is its own school's (M-85)",
    one_workbook(
        roll2(pupil_row("甲一", 123), pupil_row("甲二", 125, "西沱中学"), pupil_row("甲三", 127), unit="")
    ),
    submissions={(SCHOOL, "附件2"): ("甲一", "甲三"), (MIDDLE, "附件2"): ("甲二",)},
)
mess(
    "grade-as-date",
    "grade 7-2, which Excel made the 2nd of July (M-65)",
    one_workbook(roll2(*[tuple(datetime(2023, 7, 2) if cell == "五年级" else cell for cell in pupil_row())])),
    submissions=ONE_ON_FORM2,
)
