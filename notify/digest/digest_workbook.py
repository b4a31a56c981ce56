"""Renders digest.xlsx: every list in full, ready to filter and to print on A4 landscape.

Names are in full because the office must find the child, unless ``[privacy] mask`` hides them everywhere: then rows are
told apart by unit, number of case or question, and row. Identity numbers are masked. Guardians' telephone numbers are only in
a workbook that is sent with a password.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from config.notice.rhythm import due_in_words
from config.text.punctuation import set_punctuation
from ledger.results import CaseState
from ledger.state_words import CASE_STATE_WORDS
from notify.digest.digest import Digest
from notify.digest.lines.question_lines import QuestionLine
from notify.digest.lines.units.past_lines import PAST_SHEET
from notify.digest.question_sheet import add_question_sheet
from notify.digest.roll_sheets import build_roll_sheets
from notify.form_labels import form_order, recent_titles
from notify.obligation_lines import STATES_TO_REMIND, ObligationCounts, ShownState
from notify.shown_dates import format_day
from notify.spreadsheet.long_table import add_long_table
from notify.spreadsheet.sheet_tables import FONT, SentenceColumn, SheetColumn, write_table
from notify.spreadsheet.workbook_files import save_workbook

STATE_FILLS = {
    ShownState.ON_TIME: PatternFill("solid", fgColor="DFF2E4"),
    ShownState.LATE: PatternFill("solid", fgColor="FFF3CC"),
    ShownState.INCOMPLETE: PatternFill("solid", fgColor="FDE3C4"),
    ShownState.REVIEW: PatternFill("solid", fgColor="E4DFF5"),
    ShownState.UNCONFIRMED: PatternFill("solid", fgColor="E4DFF5"),
    ShownState.MISSING: PatternFill("solid", fgColor="F9D0CC"),
    ShownState.EXTRA: PatternFill("solid", fgColor="E8EAED"),
}


@dataclass(frozen=True, slots=True)
class GuardianPhones:
    """The column of guardians' telephone numbers, and how each is shown."""

    column: SheetColumn
    show: Callable[[str], str]


WHETHER_KNOWN = GuardianPhones(SheetColumn("家长电话", 8), lambda phone: "有" if phone else "无")
"""For a workbook without a password: only whether a number is known."""
WHOLE = GuardianPhones(SheetColumn("家长电话", 14, wrap=True), str)
"""For a workbook with a password: the whole number."""


def render_workbook(digest: Digest, guardian_phones: GuardianPhones = WHETHER_KNOWN) -> bytes:
    """Returns the workbook; the same digest gives the same bytes."""
    workbook = Workbook()
    first = workbook.active
    assert isinstance(first, Worksheet)
    add_question_sheet(first, digest.questions, digest.unit_names, digest.forms)
    _write_summary(workbook.create_sheet("汇总", 1), digest)
    for title, count, write in (
        ("催报名单", sum(one.state in STATES_TO_REMIND for one in digest.obligations), _write_to_remind),
        ("报送矩阵", len(digest.obligations), _write_matrix),
        ("纸质件", len(digest.papers), _write_papers),
        (CASE_STATE_WORDS[CaseState.OPEN], len(digest.cases), partial(_write_cases, guardian_phones)),
        (CASE_STATE_WORDS[CaseState.SUSPECTED], len(digest.suspected), _write_suspected),
        ("返校观察", len(digest.observed), _write_observed),
        ("比对发现", len(digest.findings), _write_findings),
        (PAST_SHEET, len(digest.past), _write_past),
        ("未核实来源", len(digest.unconfirmed), _write_unconfirmed),
        ("待处理文件", len(digest.files), _write_files),
        ("问题清单", len(digest.problems), _write_problems),
    ):
        if count:
            write(workbook.create_sheet(title), digest)
    long_tables = [
        add_long_table(workbook.create_sheet(one.title), one.columns, one.rows)
        for one in build_roll_sheets(digest.rolls, digest.mask)
        if one.rows
    ]
    return save_workbook(
        workbook, title=digest.headline, author=digest.office, as_of=digest.as_of, long_tables=long_tables
    )


def _write_summary(sheet: Worksheet, digest: Digest) -> None:
    for text, size in ((digest.headline, 16), (digest.numbers_line, 11), (digest.sum_line, 11)):
        sheet.append([set_punctuation(text)])
        sheet.cell(sheet.max_row, 1).font = Font(name=FONT, size=size, bold=size == 16)
    tallies: list[tuple[str, Sequence[tuple[str, ObligationCounts]]]] = [
        ("附件", [*digest.by_form, ("合计", digest.numbers)]),
        ("单位类别", [*digest.by_group, ("合计", digest.numbers)]),
    ]
    for heading, rows in tallies:
        sheet.append([])
        heading_row = sheet.max_row + 2 if sheet.max_row > 3 else 5
        columns = [
            SentenceColumn(heading, 18),
            SheetColumn("应报", 11),
            SheetColumn("按时", 11),
            SheetColumn("按时率", 11, number_format="0.0%"),
            *(
                SheetColumn(label, 11)
                for label in ("迟报", "不完整", "待核", "未核实", "未报", "未到期", "零报告")
            ),
            SheetColumn("报送率", 11, number_format="0.0%"),
        ]
        write_table(
            sheet,
            columns,
            [
                (
                    name, one.expected, one.on_time, one.on_time_share, one.late, one.incomplete,
                    one.under_review, one.unconfirmed, one.silent, one.pending, one.nil, one.share,
                )
                for name, one in rows
            ],
            heading_row=heading_row,
        )  # fmt: skip
    heading_row = sheet.max_row + 2
    sheet.cell(heading_row, 1, set_punctuation(_about_deductions(digest))).font = Font(name=FONT, bold=True)
    write_table(
        sheet,
        [
            SheetColumn("单位", 18),
            SheetColumn("拟扣", 11),
            SheetColumn("按期", 11),
            SheetColumn("按表", 11),
            SentenceColumn("依据和说明", 11),
        ],
        [
            (
                one.unit,
                _points(one.counted),
                _points(one.per_due_date),
                _points(one.per_form),
                ";".join(part for part in (one.basis, one.note) if part),
            )
            for one in digest.deductions
        ],
        heading_row=heading_row + 1,
    )
    if digest.audit_head:
        sheet.cell(sheet.max_row + 2, 1, f"操作记录末号{digest.audit_head}").font = Font(name=FONT, size=9)


def _points(shown: str) -> float | None:
    return float(shown) if shown else None


def _about_deductions(digest: Digest) -> str:
    without = (
        f"{'、'.join(digest.without_points)}没有分值,相应分值由{digest.authority}核定。"
        if digest.without_points
        else ""
    )
    return (
        f"考核扣分候选{len(digest.deductions)}家(只是候选,由{digest.authority}核定)。"
        f"“拟扣”按通知设定的“次”计;“按期”每个截止日计一次,“按表”每张表计一次。{without}"
    )


def _write_to_remind(sheet: Worksheet, digest: Digest) -> None:
    write_table(
        sheet,
        [
            SheetColumn("单位", 24), SentenceColumn("类别", 14), SentenceColumn("附件", 8), SheetColumn("情况", 9), SheetColumn("截止", 17),
            SheetColumn("首次收到", 17), SheetColumn("迟(天)", 8), SentenceColumn("说明", 46, wrap=True), SheetColumn("扣分候选", 13),
            SheetColumn("联系人", 10), SheetColumn("电话", 15),
        ],
        [
            (
                one.unit, one.group, one.title, str(one.state), _shown_due(one.due),
                _office_time(one.first_received_at, digest), one.days_late or None, one.detail,
                f"由{digest.authority}核定" if one.is_candidate and one.deduction is None else one.deduction,
                one.contact, one.phone,
            )
            for state in STATES_TO_REMIND
            for one in digest.obligations
            if one.state is state
        ],
        filtered=True,
    )  # fmt: skip


def _shown_due(due: datetime | None) -> date | None:
    """Returns the due day, or the instant if the notice gives the hour."""
    if due is None or due_in_words(due) == format_day(due):
        return due.date() if due is not None else None
    return due.replace(tzinfo=None)


def _write_matrix(sheet: Worksheet, digest: Digest) -> None:
    forms = recent_titles(sorted(digest.obligations, key=lambda one: form_order(one.form)))
    units = {one.unit: one.group for one in digest.obligations}
    by_unit_and_form = {(one.unit, one.title): one for one in digest.obligations}
    rows = [
        (unit, group, *(one.label if (one := by_unit_and_form.get((unit, form))) else "–" for form in forms))
        for unit, group in units.items()
    ]
    write_table(
        sheet,
        [
            SheetColumn("单位", 26),
            SentenceColumn("类别", 15),
            *(SentenceColumn(form, 15) for form in forms),
        ],
        rows,
        filtered=True,
    )
    for row, unit in enumerate(units, start=2):
        for column, form in enumerate(forms, start=3):
            one = by_unit_and_form.get((unit, form))
            if one is not None and one.state in STATE_FILLS:
                sheet.cell(row, column).fill = STATE_FILLS[one.state]
            sheet.cell(row, column).alignment = Alignment(horizontal="center", vertical="center")


def _write_papers(sheet: Worksheet, digest: Digest) -> None:
    write_table(
        sheet,
        [
            SheetColumn("单位", 26), SentenceColumn("类别", 15), SheetColumn("已收纸质件", 18), SheetColumn("只来了电子件(请催)", 22),
            SheetColumn("都没有来", 18), SheetColumn("联系人", 10), SheetColumn("电话", 15),
        ],
        [
            (one.unit, one.group, one.received, one.to_remind, one.not_yet, one.contact, one.phone)
            for one in digest.papers
        ],
        filtered=True,
    )  # fmt: skip


def _write_cases(guardian_phones: GuardianPhones, sheet: Worksheet, digest: Digest) -> None:
    write_table(
        sheet,
        [
            SheetColumn("姓名", 8), SheetColumn("身份证号", 20), SheetColumn("责任单位", 16, wrap=True), SheetColumn("联系人", 8),
            SheetColumn("电话", 13), SheetColumn("年级班级", 10, wrap=True),
            SheetColumn("类别", 8), SheetColumn("家庭类别", 10, wrap=True), SheetColumn("发现日期", 11), SheetColumn("已劝返(次)", 8),
            SheetColumn("上次劝返", 11), SheetColumn("下次应劝返", 11), SheetColumn("逾期(天)", 8), SentenceColumn("下一步", 26, wrap=True),
            SentenceColumn("未结案原因", 22, wrap=True), SheetColumn("补报", 8), guardian_phones.column, SheetColumn("来源", 12, wrap=True),
            SheetColumn("个案号", 12, wrap=True),
        ],
        [
            (
                digest.mask.name(one.name), one.masked_id, one.unit, one.contact, one.phone,
                f"{one.grade}{one.class_name}", one.status, one.household, one.opened_on,
                one.visits, one.last_visit, one.next_visit_due, one.days_overdue, one.next_step,
                one.why_open, one.escalation, guardian_phones.show(one.guardian_phone), one.origins, one.case_id,
            )
            for one in digest.cases
        ],
        filtered=True,
    )  # fmt: skip


def _write_suspected(sheet: Worksheet, digest: Digest) -> None:
    write_table(
        sheet,
        [
            SheetColumn("姓名", 10), SheetColumn("身份证号", 22), SheetColumn("该问哪个单位", 22), SentenceColumn("最后见于", 44, wrap=True),
            SheetColumn("问", 7), SheetColumn("核实结果(手填)", 30), SheetColumn("个案号", 16),
        ],
        [
            (digest.mask.name(one.name), one.masked_id, one.unit, one.last_seen, _number(one.question), None, one.case_id)
            for one in digest.suspected
        ],
        filtered=True,
    )  # fmt: skip


def _write_observed(sheet: Worksheet, digest: Digest) -> None:
    write_table(
        sheet,
        [
            SheetColumn("姓名", 10), SheetColumn("身份证号", 22), SheetColumn("责任单位", 22), SheetColumn("返校", 12),
            SheetColumn("观察至", 12), SentenceColumn(digest.work_file_name, 40, wrap=True), SheetColumn("个案号", 16),
        ],
        [
            (
                digest.mask.name(one.name), one.masked_id, one.unit, one.returned_on, one.observed_until,
                digest.mask.text(one.work_file) or f"没有:请建{digest.work_file_name.removesuffix('工作档案')}工作档案", one.case_id,
            )
            for one in digest.observed
        ],
        filtered=True,
    )  # fmt: skip


def _write_findings(sheet: Worksheet, digest: Digest) -> None:
    write_table(
        sheet,
        [
            SentenceColumn("类别", 16), SheetColumn("姓名", 10), SheetColumn("身份证号", 20), SheetColumn("单位", 24, wrap=True),
            SentenceColumn("说明", 52, wrap=True), SheetColumn("程度", 8),
            SheetColumn("问", 7), SheetColumn("核实结果(手填)", 22), SheetColumn("编号", 15),
        ],
        [
            (
                one.title, digest.mask.name(one.name), one.masked_id, one.units, one.message,
                "矛盾" if one.severity == "error" else "疑问", _number(one.question), None, one.finding_id,
            )
            for one in digest.findings
        ],
        filtered=True,
    )  # fmt: skip


def _write_past(sheet: Worksheet, digest: Digest) -> None:
    write_table(
        sheet,
        [
            SheetColumn("单位", 20), SheetColumn("附件", 8), SheetColumn("项目", 16), SheetColumn("以前(人)", 10),
            SheetColumn("现在(人)", 10), SheetColumn("增减(人)", 10), SheetColumn("与何时比", 16), SheetColumn("联系电话", 16),
        ],
        [
            (one.unit, one.form, one.figure, one.before, one.now, one.now - one.before, one.since, one.phone)
            for one in digest.past
        ],
    )  # fmt: skip


def _write_unconfirmed(sheet: Worksheet, digest: Digest) -> None:
    write_table(
        sheet,
        [
            SheetColumn("发件人", 28), SheetColumn("单位", 24), SentenceColumn("内容", 40, wrap=True),
            SentenceColumn("原因", 30, wrap=True), SheetColumn("最近收到", 17), SheetColumn("电话", 15),
            SheetColumn("怎么答复", 46, wrap=True),
        ],
        [
            (
                one.sender, one.unit, one.what, one.why, _office_time(one.last_received_at, digest), one.phone,
                one.answer,
            )
            for one in digest.unconfirmed
        ],
        filtered=True,
    )  # fmt: skip


def _write_files(sheet: Worksheet, digest: Digest) -> None:
    write_table(
        sheet,
        [
            SheetColumn("收到时间", 15), SheetColumn("发件人", 18, wrap=True), SheetColumn("主题", 20, wrap=True), SheetColumn("文件", 24, wrap=True),
            SentenceColumn("原因", 24, wrap=True), SentenceColumn("怎么办", 20, wrap=True), SheetColumn("可能的单位", 12, wrap=True),
            SheetColumn("可能的附件", 9), SheetColumn("怎么答复", 32, wrap=True), SheetColumn("文件号", 12, wrap=True),
        ],
        [
            (
                _office_time(one.received_at, digest), one.sender, one.subject, one.name, one.reason, one.remedy,
                one.unit_hint, one.form_hint, one.answer, one.file_id,
            )
            for one in digest.files
        ],
        filtered=True,
    )  # fmt: skip


def _write_problems(sheet: Worksheet, digest: Digest) -> None:
    write_table(
        sheet,
        [
            SheetColumn("单位", 22), SheetColumn("附件", 8), SheetColumn("工作表", 16), SheetColumn("行", 7), SheetColumn("单元格", 9),
            SheetColumn("程度", 8), SheetColumn("填的是", 24, wrap=True), SentenceColumn("问题与改法", 56, wrap=True),
        ],
        [
            (one.unit, one.form, one.sheet, one.row, one.cell, one.severity, one.value, one.message)
            for one in digest.problems
        ],
        filtered=True,
    )  # fmt: skip


def _number(question: QuestionLine | None) -> int | None:
    """Returns the question's number, with which an answer begins; None without a question."""
    return question.number if question else None


def _office_time(when: datetime | None, digest: Digest) -> datetime | None:
    """Returns office time without its zone, because cells have none."""
    return None if when is None else when.astimezone(digest.as_of.tzinfo).replace(tzinfo=None, microsecond=0)
