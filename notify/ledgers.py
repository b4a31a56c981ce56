"""The ledgers that an office hands on: 适龄 · 疑似 · 辍学, and the quarterly review (季度核查表).

After the standing report that counties owe (教育部办公厅 2024-04: three ledgers, 区县一季度一复核).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from config.notice import Notice
from config.roster import Roster
from ledger.judged import Judged
from ledger.judgements import Case, CaseState
from notify.paper import FONT, Column, Value, saved, table
from parsers.identity import sound_number
from store.facts import RecordFact

STATES = {
    CaseState.OPEN: "未返校", CaseState.RETURNED: "已返校", CaseState.EXCUSED: "已批准或安置", CaseState.MOVED: "已转走",
    CaseState.AGED_OUT: "已超龄", CaseState.SUSPECTED: "疑似",
}  # fmt: skip
Number = Callable[[str | None], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What the ledgers are written from."""

    judged: Judged
    rolls: Sequence[RecordFact]
    notice: Notice
    roster: Roster
    office: str
    number: Number
    """An identity number as these ledgers may show it."""

    @property
    def as_of(self) -> datetime:
        return self.judged.status.as_of


def ledgers(sources: Sources) -> dict[str, bytes]:
    """By file name, the four workbooks."""
    return {
        "适龄儿童台账.xlsx": _of_age(sources),
        "疑似辍学学生台账.xlsx": _suspected(sources),
        "辍学学生台账.xlsx": _out(sources),
        "季度核查表.xlsx": _review(sources),
    }


def _of_age(sources: Sources) -> bytes:
    first, last = (day.isoformat() for day in (sources.notice.ages.born_from, sources.notice.ages.born_to))
    columns = [
        Column("序号", 6), Column("姓名", 9), Column("性别", 6), Column("民族", 8), Column("出生日期", 12),
        Column("身份证号", 21), Column("户籍乡镇", 12), Column("村(社区)", 12, wrap=True), Column("家庭类别", 12, wrap=True),
        Column("监护人", 9), Column("联系电话", 14), Column("就读学校", 22, wrap=True), Column("年级", 8),
        Column("就读方式", 10), Column("情况", 12), Column("报送单位", 18, wrap=True), Column("来源", 14, wrap=True),
    ]  # fmt: skip
    out = {case.id_number: STATES[case.state] for case in sources.judged.cases if case.id_number}
    rows = [
        (
            *_texts(row, "name", "sex", "ethnicity", "birth_date"), sources.number(_text(row, "id_number") or None),
            *_texts(row, "household_township", "household_village", "household_category", "guardian", "guardian_phone"),
            *_texts(row, "school", "grade", "attendance_mode"),
            out.get(_text(row, "id_number")) or _text(row, "study_status") or "在校",
            row.unit, f"{row.form}第{row.row}行",
        )
        for row in sources.rolls
        if not (born := _born(row)) or first <= born <= last
    ]  # fmt: skip
    return _workbook(sources, "适龄儿童台账", columns, rows)


def _suspected(sources: Sources) -> bytes:
    columns = [
        Column("序号", 6), Column("姓名", 10), Column("身份证号", 22), Column("应核实的单位", 22, wrap=True),
        Column("最后见于", 40, wrap=True), Column("列入日期", 12), Column("核实结果", 26), Column("核实人", 12),
    ]  # fmt: skip
    rows = [
        (
            case.name,
            sources.number(case.id_number),
            case.responsible_unit,
            case.details.get("last_seen", ""),
            case.opened_on,
            None,
            None,
        )
        for case in sources.judged.suspected
    ]
    return _workbook(sources, "疑似辍学学生台账", columns, rows)


def _out(sources: Sources) -> bytes:
    columns = [
        Column("序号", 6), Column("姓名", 9), Column("身份证号", 21), Column("责任单位", 20, wrap=True), Column("年级", 8),
        Column("类别", 9), Column("家庭类别", 12, wrap=True), Column("发现日期", 12), Column("劝返次数", 8), Column("最近劝返", 12),
        Column("下次应劝返", 12), Column("现状", 11), Column("结案日期", 12), Column("结案依据", 34, wrap=True),
    ]  # fmt: skip
    rows = [_out_row(case, sources.number) for case in sources.judged.cases]
    return _workbook(sources, "辍学学生台账", columns, rows)


def _out_row(case: Case, number: Number) -> tuple[Value, ...]:
    last = max((visit.date for visit in case.visits if visit.date), default=None)
    return (
        case.name, number(case.id_number), case.responsible_unit, case.details.get("grade", ""), case.status,
        case.details.get("household_category", ""), case.opened_on, len(case.visits), last, case.next_visit_due,
        STATES[case.state], case.closed_on, case.closed_by or "",
    )  # fmt: skip


def _review(sources: Sources) -> bytes:
    columns = [
        Column("序号", 6), Column("单位", 24, wrap=True), Column("在册人数", 10), Column("失学", 8), Column("辍学", 8),
        Column("休学", 8), Column("延缓入学", 10), Column("未返校", 9), Column("已返校", 9), Column("疑似", 8),
        Column("劝返次数", 10), Column("劝返逾期", 10), Column("核查意见", 26),
    ]  # fmt: skip
    enrolled = Counter(row.unit for row in sources.rolls)
    by_unit: dict[str, list[Case]] = {}
    for case in (*sources.judged.cases, *sources.judged.suspected):
        by_unit.setdefault(case.responsible_unit, []).append(case)
    rows: list[tuple[Value, ...]] = [
        (unit.name, *_review_counts(enrolled[unit.name], by_unit.get(unit.name, [])), None)
        for unit in sources.roster.units
        if enrolled[unit.name] or unit.name in by_unit
    ]
    every = [case for own in by_unit.values() for case in own]
    rows.append(("合计", *_review_counts(enrolled.total(), every), None))
    foot = "核查人(签字):              单位负责人(签字):              核查日期:     年   月   日"
    return _workbook(sources, "控辍保学季度核查表", columns, rows, foot=foot)


def _review_counts(enrolled: int, cases: Sequence[Case]) -> tuple[int, ...]:
    statuses = Counter(case.status for case in cases if case.state is not CaseState.SUSPECTED)
    states = Counter(case.state for case in cases)
    return (
        enrolled,
        *(statuses[word] for word in ("失学", "辍学", "休学", "延缓入学")),
        states[CaseState.OPEN],
        states[CaseState.RETURNED],
        states[CaseState.SUSPECTED],
        sum(len(case.visits) for case in cases),
        sum(case.days_overdue > 0 for case in cases if case.state is CaseState.OPEN),
    )


def _workbook(
    sources: Sources, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Value]], foot: str = ""
) -> bytes:
    """One sheet: title, unit and day, the numbered table from row 3, and a line for signatures."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title[:31]
    as_of = sources.as_of
    sheet["A1"] = f"{sources.notice.title.removesuffix('控辍保学')}{title}"
    sheet["A1"].font = Font(name=FONT, size=16, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(columns))
    sheet["A2"] = f"填报单位:{sources.office}        截至{as_of.year}年{as_of.month}月{as_of.day}日"
    sheet["A2"].font = Font(name=FONT, size=10)
    table(sheet, columns, [(number, *row) for number, row in enumerate(rows, start=1)], at=3, filtered=True)
    if foot:
        cell = sheet.cell(sheet.max_row + 2, 1, foot)
        cell.font = Font(name=FONT, size=11)
    return saved(book, title=title, author=sources.office, as_of=as_of)


def _born(row: RecordFact) -> str:
    """The birth date that the row tells, or else its number."""
    number = sound_number(row.values, row.problems)
    return _text(row, "birth_date") or (f"{number[6:10]}-{number[10:12]}-{number[12:14]}" if number else "")


def _text(row: RecordFact, key: str) -> str:
    value = row.values.get(key)
    return "" if value is None else str(value)


def _texts(row: RecordFact, *keys: str) -> tuple[str, ...]:
    return tuple(_text(row, key) for key in keys)
