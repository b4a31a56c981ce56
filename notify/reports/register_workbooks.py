"""Builds the registers (台账) 适龄, 疑似 and 辍学, and the quarterly review (季度核查表), as workbooks.

They follow the regular report of counties (教育部办公厅 2024-04: three registers, 区县一季度一复核).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from config.identity_numbers import read_identity
from config.notice import Notice
from config.text.output_mask import OutputMask
from config.units.roster import Roster
from ledger.assessment import Assessment
from ledger.children.columns.child_columns import birth_of
from ledger.lists.rolls import RollStudent
from ledger.results import Case, CaseState
from ledger.state_words import CASE_STATE_WORDS
from notify.reports.signed_pages import SignedPage, build_page_workbook
from notify.spreadsheet.sheet_tables import CellValue, SentenceColumn, SheetColumn
from store.answers.overruled_values import overruled_words
from store.stored_values import StoredRecord

WRONG_NUMBER_LABEL = "\uff08号码有误\uff09"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSources:
    """The values from which the registers are written."""

    assessment: Assessment
    rolls: Sequence[StoredRecord]
    case_by_roll_record: Mapping[str, str]
    """By record id of a roll's row, the case of that child."""
    notice: Notice
    roster: Roster
    office: str
    care_lists: Mapping[str, Sequence[RollStudent]]
    """By name, the lists of children on rolls who get special care."""
    mask: OutputMask
    """How these registers may show a child."""

    @property
    def as_of(self) -> datetime:
        """The instant that the registers speak of."""
        return self.assessment.status.as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterChild:
    """One child of compulsory age, from a roll or, where no roll shows it, from its case."""

    unit: str
    values: Mapping[str, object]
    number: str | None
    situation: str
    origin: str


def build_register_workbooks(sources: RegisterSources) -> dict[str, bytes]:
    """Returns the five workbooks by file name."""
    children = list_children_of_age(sources)
    pages = {
        "适龄儿童台账": _of_age_page(sources, children),
        "疑似辍学学生台账": _suspected_page(sources),
        "辍学学生台账": _dropout_page(sources),
        "重点学生名单": _care_page(sources),
        "季度核查表": _review_page(sources, children),
    }
    return {
        f"{name}.xlsx": build_page_workbook(
            [page], title=page.title, office=sources.office, as_of=sources.as_of
        )
        for name, page in pages.items()
    }


def list_children_of_age(sources: RegisterSources) -> list[RegisterChild]:
    """Lists the children born between the notice's dates or without a birth date, by unit in the roster's order.

    A child out of school whom no roll shows is of age too: without it 适龄 would not hold 辍学.
    """
    by_id = {case.case_id: case for case in sources.assessment.cases}
    children = [
        RegisterChild(
            unit=row.unit,
            values=row.values,
            number=_text(row.values, "id_number") or None,
            situation=_roll_situation(
                sources.notice, row, by_id.get(sources.case_by_roll_record.get(row.record_id, ""))
            ),
            origin=_origin(sources.notice, row),
        )
        for row in sources.rolls
        if _is_of_age(sources.notice, birth_of(row) or "")
    ]
    cases_on_rolls = set(sources.case_by_roll_record.values())
    children += [
        _child_of_case(case)
        for case in sources.assessment.cases
        if case.case_id not in cases_on_rolls
        and case.state in (CaseState.OPEN, CaseState.EXCUSED)
        and _is_of_age(sources.notice, _birth_date_in_number(case.id_number))
    ]
    unit_order = {unit.name: position for position, unit in enumerate(sources.roster.units)}
    return sorted(children, key=lambda child: unit_order.get(child.unit, len(unit_order)))


def _child_of_case(case: Case) -> RegisterChild:
    identity = read_identity(case.id_number)
    valid_identity = identity if identity.fault is None else None
    last = case.origins[-1] if case.origins else None
    return RegisterChild(
        unit=case.responsible_unit,
        values={
            "name": case.name,
            "sex": valid_identity.sex if valid_identity else "",
            "birth_date": valid_identity.birth_date if valid_identity else "",
            "school": case.details.get("previous_school", ""),
            **{key: case.details.get(key, "") for key in ("household_category", "guardian", "guardian_phone", "grade")},
        },
        number=case.id_number,
        situation=_case_situation(case),
        origin=last.words if last else "",
    )  # fmt: skip


def _origin(notice: Notice, row: StoredRecord) -> str:
    overruled = overruled_words(row.overruled, notice)
    return f"{row.form}第{row.row}行" + (f"\uff08{overruled}\uff09" if overruled else "")


def _roll_situation(notice: Notice, row: StoredRecord, case: Case | None) -> str:
    if case is not None and case.state in (CaseState.OPEN, CaseState.EXCUSED):
        return _case_situation(case)
    return _text(row.values, "study_status") or notice.word_for("study_status", "in-school")


def _case_situation(case: Case) -> str:
    """Returns the situation of a case, such as 辍学(未返校) or 休学(已批准或安置)."""
    return f"{case.status}\uff08{CASE_STATE_WORDS[case.state]}\uff09"


def _of_age_page(sources: RegisterSources, children: Sequence[RegisterChild]) -> SignedPage:
    columns = [
        SheetColumn("姓名", 9), SheetColumn("性别", 5), SheetColumn("民族", 8), SheetColumn("出生日期", 11), SheetColumn("身份证号", 20),
        SheetColumn("户籍乡镇、村", 15.5, wrap=True), SheetColumn("家庭类别", 12.5, wrap=True),
        SheetColumn("监护人", 8), SheetColumn("联系电话", 13, wrap=True),
        SheetColumn("就读学校", 18, wrap=True), SheetColumn("年级", 8), SheetColumn("就读方式", 9), SheetColumn("情况", 12, wrap=True),
        SheetColumn("报送单位", 15, wrap=True), SheetColumn("来源", 13, wrap=True),
    ]  # fmt: skip
    rows: list[Sequence[CellValue]] = [
        (
            sources.mask.name(_text(child.values, "name")),
            *_texts(child.values, "sex", "ethnicity", "birth_date"),
            sources.mask.number(child.number) or WRONG_NUMBER_LABEL,
            "".join(_texts(child.values, "household_township", "household_village")),
            *_texts(child.values, "household_category"),
            sources.mask.name(_text(child.values, "guardian")),
            sources.mask.telephone(_text(child.values, "guardian_phone")),
            *_texts(child.values, "school", "grade", "attendance_mode"),
            child.situation,
            child.unit,
            child.origin,
        )
        for child in children
    ]
    return _page(sources, "适龄儿童台账", columns, rows)


def _suspected_page(sources: RegisterSources) -> SignedPage:
    columns = [
        SheetColumn("姓名", 10), SheetColumn("身份证号", 21), SheetColumn("应核实的单位", 20, wrap=True),
        SentenceColumn("最后见于", 34, wrap=True), SheetColumn("列入日期", 12), SheetColumn("核实结果", 24), SheetColumn("核实人", 12),
    ]  # fmt: skip
    rows: list[Sequence[CellValue]] = [
        (
            sources.mask.name(case.name), sources.mask.number(case.id_number) or WRONG_NUMBER_LABEL, case.responsible_unit,
            sources.mask.text(case.details.get("last_seen", "")), case.opened_on, None, None,
        )
        for case in sources.assessment.suspected
    ]  # fmt: skip
    return _page(sources, "疑似辍学学生台账", columns, rows)


def _dropout_page(sources: RegisterSources) -> SignedPage:
    columns = [
        SheetColumn("姓名", 9), SheetColumn("身份证号", 20), SheetColumn("责任单位", 15, wrap=True), SheetColumn("年级", 8), SheetColumn("类别", 9),
        SheetColumn("原因", 10.5, wrap=True), SheetColumn("家庭类别", 12.5, wrap=True), SheetColumn("发现日期", 11), SheetColumn("劝返次数", 8.5),
        SheetColumn("最近劝返", 11), SheetColumn("下次应劝返", 11), SheetColumn("现状", 12.5, wrap=True), SheetColumn("结案日期", 11),
        SentenceColumn("结案依据", 30, wrap=True),
    ]  # fmt: skip
    rows = [_dropout_row(case, sources.mask) for case in sources.assessment.cases]
    return _page(sources, "辍学学生台账", columns, rows)


def _dropout_row(case: Case, mask: OutputMask) -> tuple[CellValue, ...]:
    last = max((visit.date for visit in case.visits if visit.date), default=None)
    return (
        mask.name(case.name), mask.number(case.id_number) or WRONG_NUMBER_LABEL, case.responsible_unit, case.details.get("grade", ""), case.status,
        mask.text(case.details.get("reason", "")), case.details.get("household_category", ""), case.opened_on, len(case.visits),
        last, case.next_visit_due, CASE_STATE_WORDS[case.state], case.closed_on, mask.text(case.closed_by) or "",
    )  # fmt: skip


def _care_page(sources: RegisterSources) -> SignedPage:
    """Returns the lists of children in care (notice 三): 送教上门, 随班就读, 结对帮扶."""
    columns = [
        SheetColumn("名单", 10), SheetColumn("姓名", 9), SheetColumn("身份证号", 20), SheetColumn("年级", 9),
        SheetColumn("学校", 22, wrap=True), SheetColumn("说明", 20, wrap=True), SheetColumn("报送单位", 18, wrap=True), SheetColumn("出处", 12),
    ]  # fmt: skip
    rows: list[Sequence[CellValue]] = [
        (
            name, sources.mask.name(one.name), sources.mask.number(one.id_number) or WRONG_NUMBER_LABEL, one.grade, one.school,
            sources.mask.text(one.detail),
            one.unit, f"{one.form}第{one.row}行",
        )
        for name, members in sources.care_lists.items()
        for one in members
    ]  # fmt: skip
    return _page(sources, "重点学生名单", columns, rows)


def _review_page(sources: RegisterSources, children: Sequence[RegisterChild]) -> SignedPage:
    statuses = tuple(sources.notice.vocabularies["status"].values)
    states = (CaseState.OPEN, CaseState.RETURNED, CaseState.SUSPECTED)
    words = (
        "在册人数", "适龄", "适龄在读", *statuses, *(CASE_STATE_WORDS[state] for state in states), "劝返次数", "劝返逾期",
    )  # fmt: skip
    columns = [
        SheetColumn("单位", 22, wrap=True),
        *(SheetColumn(word, 8) for word in words),
        SheetColumn("核查意见", 24),
    ]
    enrolled = Counter(row.unit for row in sources.rolls)
    in_school_words = sources.notice.meant("study_status", "in-school", "absent")
    of_age = Counter(child.unit for child in children)
    in_school = Counter(child.unit for child in children if child.situation in in_school_words)
    by_unit: dict[str, list[Case]] = {}
    for case in (*sources.assessment.cases, *sources.assessment.suspected):
        by_unit.setdefault(case.responsible_unit, []).append(case)
    rows: list[Sequence[CellValue]] = [
        (
            unit.name,
            *(count[unit.name] for count in (enrolled, of_age, in_school)),
            *_case_counts(statuses, by_unit.get(unit.name, [])),
            None,
        )
        for unit in sources.roster.units
        if enrolled[unit.name] or unit.name in by_unit
    ]
    all_cases = [case for unit_cases in by_unit.values() for case in unit_cases]
    totals = (enrolled.total(), of_age.total(), in_school.total())
    total = ("合计", *totals, *_case_counts(statuses, all_cases), None)
    footer = (
        f"说明:在册人数含幼儿园、高中等各学段;适龄按出生日期;{statuses[0]}至{statuses[-1]}为台账登记过的人数,含{CASE_STATE_WORDS[CaseState.RETURNED]}和已结案的。",
        "",
        "核查人(签字):                    单位负责人(签字):                    核查日期:      年    月    日",
    )
    return replace(_page(sources, "控辍保学季度核查表", columns, rows), total=total, footer=footer)


def _case_counts(words: Sequence[str], cases: Sequence[Case]) -> tuple[int, ...]:
    counted = Counter(case.status for case in cases if case.state is not CaseState.SUSPECTED)
    states = Counter(case.state for case in cases)
    return (
        *(counted[word] for word in words),
        states[CaseState.OPEN],
        states[CaseState.RETURNED],
        states[CaseState.SUSPECTED],
        sum(len(case.visits) for case in cases),
        sum(case.days_overdue > 0 for case in cases if case.state is CaseState.OPEN),
    )


def _page(
    sources: RegisterSources, title: str, columns: Sequence[SheetColumn], rows: Sequence[Sequence[CellValue]]
) -> SignedPage:
    full_title = f"{sources.notice.title.removesuffix('控辍保学')}{title}"
    return SignedPage(title=full_title, name=title, columns=columns, rows=rows)


def _is_of_age(notice: Notice, birth_date: str) -> bool:
    """Returns whether a child is of compulsory age; one without a birth date is kept, so that a person looks."""
    return not birth_date or notice.ages.holds(birth_date)


def _birth_date_in_number(number: str | None) -> str:
    identity = read_identity(number)
    return identity.birth_date if identity.fault is None else ""


def _text(values: Mapping[str, object], key: str) -> str:
    value = values.get(key)
    return "" if value is None else str(value)


def _texts(values: Mapping[str, object], *keys: str) -> tuple[str, ...]:
    return tuple(_text(values, key) for key in keys)
