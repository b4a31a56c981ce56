"""Shows cases, children in 返校观察, and contradictions between submissions."""

from collections.abc import Sequence

from config.problem_codes import problem_code
from config.text.output_mask import OutputMask
from kongchuo.output.layout.table_layout import Column
from kongchuo.output.tables.row_tables import SEVERITY_WORDS
from kongchuo.output.terminal_tables import format_day, print_blocks, print_further_table, print_table
from ledger.results import Case, CaseState, Finding
from ledger.state_words import CASE_STATE_WORDS


def _case_columns(cases: Sequence[Case]) -> Sequence[Column]:
    """Returns the columns of cases; the state comes first if not all are open."""
    state_rank = 5 if all(case.state is CaseState.OPEN for case in cases) else 0
    return (
        Column("姓名"),
        Column("身份证号", 1),
        Column("情形", 3),
        Column("状态", state_rank),
        Column("责任单位"),
        Column("立案", 7),
        Column("劝返", 6),
        Column("下次劝返", 2),
        Column("逾期天", 2),
        Column("上报", 4),
        Column("结案依据、待核实", is_sentence=True),
        Column("编号"),
    )


def show_cases(cases: Sequence[Case], mask: OutputMask, empty_message: str = "没有未返校的个案") -> None:
    print_table(
        f"个案{len(cases)}件",
        _case_columns(cases),
        [_case_cells(case, mask) for case in cases],
        empty_message,
    )


def _case_cells(case: Case, mask: OutputMask) -> Sequence[str]:
    return (
        mask.name(case.name) or "",
        mask.number(case.id_number) or "",
        case.status,
        CASE_STATE_WORDS[case.state]
        if case.observed_until is None
        else f"返校观察\uff08至{case.observed_until}\uff09",
        case.responsible_unit,
        format_day(case.opened_on),
        str(len(case.visits)),
        format_day(case.next_visit_due),
        str(case.days_overdue or ""),
        {"owed": "应补报劝返表", "filed": "已报劝返表"}.get(case.escalation, ""),
        mask.sentence(case.closed_by) or mask.sentence(";".join(case.doubts)) or "",
        case.case_id,
    )


def show_observed(cases: Sequence[Case], mask: OutputMask) -> None:
    """Prints the children in 返校观察 as a separate table; nothing if there are none."""
    rows = [
        (
            mask.name(case.name) or "",
            case.responsible_unit,
            format_day(case.closed_on),
            format_day(case.observed_until),
            "有" if case.work_file is not None else "没有",
            case.case_id,
        )
        for case in cases
    ]
    columns = [
        Column("姓名"),
        Column("责任单位"),
        Column("返校", 1),
        Column("观察至", 1),
        Column("工作档案", 2),
        Column("编号"),
    ]
    print_further_table(f"返校观察{len(cases)}件:刚返校,防止反复", columns, rows)


def show_case(case: Case, mask: OutputMask) -> None:
    """Prints one case with its timeline."""
    print_blocks("个案1件", _case_columns([case]), [_case_cells(case, mask)])
    rows = [
        (format_day(event.date), mask.sentence(event.what) or "", mask.sentence(event.origin) or "")
        for event in case.timeline
    ]
    columns = [Column("日期"), Column("事情", is_sentence=True), Column("依据", is_sentence=True)]
    print_further_table("经过", columns, rows, "没有记载")


def show_findings(findings: Sequence[Finding], mask: OutputMask) -> None:
    rows = [
        (
            problem_code(finding.code).title,
            SEVERITY_WORDS[finding.severity],
            mask.name(finding.name) or "",
            mask.number(finding.id_number) or "",
            "、".join(finding.units),
            mask.sentence(finding.message) or "",
            finding.finding_id,
        )
        for finding in findings
    ]
    columns = [
        Column("比对"),
        Column("程度", 3),
        Column("姓名"),
        Column("身份证号", 2),
        Column("单位", 1),
        Column("说明", is_sentence=True),
        Column("编号"),
    ]
    print_table(f"比对结果{len(findings)}条", columns, rows, "没有相互矛盾之处")
