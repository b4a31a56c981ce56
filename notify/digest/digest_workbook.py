"""digest.xlsx: every list whole, ready to filter and to print on A4 landscape.

Names stand whole here because the office must find the child; identity numbers are masked.
"""

from collections.abc import Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from config.masking import mask_id
from notify.digest.digest import Digest
from notify.digest.obligation_cells import TO_CHASE, Cell, Tally
from notify.digest.roll_sheets import roll_sheets
from notify.spreadsheet import FONT, Column, long_table, saved, table

FILLS = {
    Cell.ON_TIME: PatternFill("solid", fgColor="DFF2E4"),
    Cell.LATE: PatternFill("solid", fgColor="FFF3CC"),
    Cell.INCOMPLETE: PatternFill("solid", fgColor="FDE3C4"),
    Cell.REVIEW: PatternFill("solid", fgColor="E4DFF5"),
    Cell.MISSING: PatternFill("solid", fgColor="F9D0CC"),
    Cell.EXTRA: PatternFill("solid", fgColor="E8EAED"),
}


def render_workbook(digest: Digest) -> bytes:
    """The workbook; the same digest gives the same bytes."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    _summary(first, digest)
    _chase(book.create_sheet("催报名单"), digest)
    _matrix(book.create_sheet("报送矩阵"), digest)
    _cases(book.create_sheet("未返校"), digest)
    _suspects(book.create_sheet("疑似"), digest)
    _findings(book.create_sheet("比对发现"), digest)
    _files(book.create_sheet("待处理文件"), digest)
    _problems(book.create_sheet("问题清单"), digest)
    long = [
        long_table(book.create_sheet(one.title), one.columns, one.rows)
        for one in roll_sheets(digest.rolls, mask_id)
    ]
    return saved(book, title=digest.headline, author=digest.office, as_of=digest.as_of, long=long)


def _summary(sheet: Worksheet, digest: Digest) -> None:
    sheet.title = "汇总"
    for text, size in ((digest.headline, 16), (digest.numbers_line, 11), (digest.identity_line, 11)):
        sheet.append([text])
        sheet.cell(sheet.max_row, 1).font = Font(name=FONT, size=size, bold=size == 16)
    tallies: list[tuple[str, Sequence[tuple[str, Tally]]]] = [
        ("附件", [*digest.by_form, ("合计", digest.numbers)]),
        ("单位类别", [*digest.by_group, ("合计", digest.numbers)]),
    ]
    for heading, rows in tallies:
        sheet.append([])
        at = sheet.max_row + 2 if sheet.max_row > 3 else 5
        columns = [
            Column(heading, 18),
            *(
                Column(word, 11)
                for word in (
                    "应报",
                    "按时",
                    "按时率",
                    "迟报",
                    "不完整",
                    "待核",
                    "未报",
                    "未到期",
                    "零报告",
                    "报送率",
                )
            ),
        ]
        table(
            sheet,
            columns,
            [
                (
                    name, one.expected, one.on_time, one.on_time_rate, one.late, one.incomplete,
                    one.under_review, one.silent, one.pending, one.nil, one.rate,
                )
                for name, one in rows
            ],
            at=at,
        )  # fmt: skip
    at = sheet.max_row + 2
    sheet.cell(at, 1, "考核扣分候选(由县教委核定)").font = Font(name=FONT, bold=True)
    table(
        sheet,
        [Column("单位", 18), Column("依据", 11), Column("按期", 11), Column("按表", 11), Column("说明", 11)],
        [(one.unit, one.evidence, one.per_due_date, one.per_form, one.note) for one in digest.deductions],
        at=at + 1,
    )


def _chase(sheet: Worksheet, digest: Digest) -> None:
    table(
        sheet,
        [
            Column("单位", 24), Column("类别", 14), Column("附件", 8), Column("情况", 9), Column("截止", 12),
            Column("首次收到", 17), Column("迟(天)", 8), Column("说明", 46, wrap=True), Column("扣分候选", 10),
            Column("联系人", 10), Column("电话", 15),
        ],
        [
            (
                one.unit, one.group, one.form, str(one.cell), one.due.date() if one.due else None,
                _naive(one.first_received_at, digest), one.days_late or None, one.detail, one.deduction,
                one.contact, one.phone,
            )
            for cell in TO_CHASE
            for one in digest.obligations
            if one.cell is cell
        ],
        filtered=True,
    )  # fmt: skip


def _matrix(sheet: Worksheet, digest: Digest) -> None:
    forms = sorted({one.form for one in digest.obligations}, key=lambda form: (len(form), form))
    units = {one.unit: one.group for one in digest.obligations}
    by_place = {(one.unit, one.form): one for one in digest.obligations}
    rows = [
        (unit, group, *(one.word if (one := by_place.get((unit, form))) else "–" for form in forms))
        for unit, group in units.items()
    ]
    table(
        sheet,
        [Column("单位", 26), Column("类别", 15), *(Column(form, 15) for form in forms)],
        rows,
        filtered=True,
    )
    for row, unit in enumerate(units, start=2):
        for column, form in enumerate(forms, start=3):
            one = by_place.get((unit, form))
            if one is not None and one.cell in FILLS:
                sheet.cell(row, column).fill = FILLS[one.cell]
            sheet.cell(row, column).alignment = Alignment(horizontal="center", vertical="center")


def _cases(sheet: Worksheet, digest: Digest) -> None:
    table(
        sheet,
        [
            Column("姓名", 8), Column("身份证号", 20), Column("责任单位", 16, wrap=True), Column("年级", 8),
            Column("类别", 8), Column("家庭类别", 10, wrap=True), Column("发现日期", 11), Column("已劝返(次)", 8),
            Column("上次劝返", 11), Column("下次应劝返", 11), Column("逾期(天)", 8), Column("下一步", 26, wrap=True),
            Column("未结案原因", 22, wrap=True), Column("补报", 8), Column("家长电话", 8), Column("来源", 12, wrap=True),
            Column("个案号", 12, wrap=True),
        ],
        [
            (
                one.name, one.masked_id, one.unit, one.grade, one.status, one.household, one.opened_on,
                one.visits, one.last_visit, one.next_visit_due, one.days_overdue, one.next_step,
                one.why_open, one.escalation, "有" if one.has_phone else "无", one.origins, one.case_id,
            )
            for one in digest.cases
        ],
        filtered=True,
    )  # fmt: skip


def _suspects(sheet: Worksheet, digest: Digest) -> None:
    table(
        sheet,
        [
            Column("姓名", 10), Column("身份证号", 22), Column("该问哪个单位", 22), Column("最后见于", 44, wrap=True),
            Column("核实结果(手填)", 30), Column("个案号", 16),
        ],
        [(one.name, one.masked_id, one.unit, one.last_seen, None, one.case_id) for one in digest.suspected],
        filtered=True,
    )  # fmt: skip


def _findings(sheet: Worksheet, digest: Digest) -> None:
    table(
        sheet,
        [
            Column("类别", 16), Column("姓名", 10), Column("身份证号", 20), Column("单位", 24, wrap=True),
            Column("说明", 52, wrap=True), Column("程度", 8), Column("核实结果(手填)", 22), Column("编号", 15),
        ],
        [
            (
                one.title, one.name, one.masked_id, one.units, one.message,
                "矛盾" if one.severity == "error" else "疑问", None, one.finding_id,
            )
            for one in digest.findings
        ],
        filtered=True,
    )  # fmt: skip


def _files(sheet: Worksheet, digest: Digest) -> None:
    table(
        sheet,
        [
            Column("收到时间", 15), Column("发件人", 18, wrap=True), Column("主题", 20, wrap=True), Column("文件", 24, wrap=True),
            Column("原因", 24, wrap=True), Column("怎么办", 20, wrap=True), Column("可能的单位", 12, wrap=True),
            Column("可能的附件", 9), Column("归到单位的命令", 32, wrap=True), Column("文件号", 12, wrap=True),
        ],
        [
            (
                _naive(one.received_at, digest), one.sender, one.subject, one.name, one.reason, one.remedy,
                one.unit_hint, one.form_hint, one.command, one.file_id,
            )
            for one in digest.files
        ],
        filtered=True,
    )  # fmt: skip


def _problems(sheet: Worksheet, digest: Digest) -> None:
    table(
        sheet,
        [
            Column("单位", 22), Column("附件", 8), Column("工作表", 16), Column("行", 7), Column("单元格", 9),
            Column("程度", 8), Column("填的是", 24, wrap=True), Column("问题与改法", 56, wrap=True), Column("代码", 20),
        ],
        [
            (one.unit, one.form, one.sheet, one.row, one.cell, one.severity, one.value, one.message, one.code)
            for one in digest.problems
        ],
        filtered=True,
    )  # fmt: skip


def _naive(when: datetime | None, digest: Digest) -> datetime | None:
    """Office time without its zone, as a workbook holds it."""
    return None if when is None else when.astimezone(digest.as_of.tzinfo).replace(tzinfo=None, microsecond=0)
