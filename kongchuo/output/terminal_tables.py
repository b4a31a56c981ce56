"""Prints answers as terminal tables in Chinese: in the width that there is, wide, or as tab-separated values."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from config.problem_codes import problem_code
from config.text.output_mask import OutputMask
from config.text.punctuation import set_punctuation
from kongchuo.output.layout.answer_screen import Loudness, TableForm, form_of_tables, loudness, screen_width
from kongchuo.output.layout.folding import fold
from kongchuo.output.layout.table_layout import Column, LaidOutTable, lay_out, lay_out_blocks, lay_out_wide
from kongchuo.output.own_commands import as_typed
from kongchuo.output.terminal_text import fit_for_cell, fit_for_terminal, fit_for_tsv, print_error
from ledger.lists.platform import decision_in_words
from ledger.officer_decisions import CLOSE, problem_id
from ledger.results import Case, CaseState, Finding, FormState, FormStatus, Gap, GapKind, Status, UnitStatus
from ledger.senders import Senders, Standing
from ledger.state_words import CASE_STATE_WORDS
from notify.form_labels import recent_titles
from store.answers.overruled_values import CORRECT, read_one
from store.drafts import ArrivalBasis
from store.stored_values import Disposition, StoredDecision, StoredFile, StoredProblem, StoredRecord

GAP_WORDS = {
    GapKind.MISSING: "未报",
    GapKind.LATE: "迟报",
    GapKind.INCOMPLETE: "不完整",
    GapKind.PROOF: "缺证明",
}
DISPOSITION_WORDS = {
    Disposition.RECORDED: "已登记",
    Disposition.PROOF: "证明材料",
    Disposition.DUPLICATE: "重复",
    Disposition.IGNORED: "忽略",
    Disposition.QUARANTINED: "待人工处理",
}
ARRIVAL_BASIS_WORDS = {
    ArrivalBasis.SERVER: "",
    ArrivalBasis.RECEIVED: " 按最近一站",
    ArrivalBasis.NEIGHBOUR: " 按相邻邮件",
    ArrivalBasis.DATE: " 按发件人",
}
"""Who says when a mail arrived, where its server does not."""
_NEARLY_A_SECOND = timedelta(microseconds=999_999)
SEVERITY_WORDS = {"error": "错误", "warning": "提醒"}


def print_line(text: str) -> None:
    """Prints a line in Chinese punctuation; with --tsv to stderr, with --quiet not at all."""
    if loudness() is Loudness.QUIET:
        return
    shown = fit_for_terminal(as_typed(set_punctuation(text)))
    if form_of_tables() is TableForm.TSV:
        print(shown, file=sys.stderr)
        return
    if sys.stdout.isatty():  # a terminal would break the line in the middle of a number
        shown = "\n".join(_fold_line(line) for line in shown.split("\n"))
    print(shown)


def _fold_line(line: str) -> str:
    """Returns a line folded for the terminal; following lines keep its indentation."""
    text = line.lstrip(" ")
    indent = " " * (len(line) - len(text))
    return "\n".join(indent + part for part in fold(text, max(screen_width() - len(indent), 1)))


def print_table(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[str]], empty_message: str
) -> None:
    """Prints a table in the chosen layout, or ``empty_message`` if it has no rows."""
    table_rows = list(rows)
    if form_of_tables() is TableForm.TSV:
        _print_values(columns, table_rows)
        return
    if not table_rows:
        print_line(empty_message)
        return
    columns = [replace(column, heading=set_punctuation(column.heading)) for column in columns]
    cells = [[fit_for_cell(as_typed(cell)) for cell in row] for row in table_rows]
    print_line(title)
    if form_of_tables() is TableForm.WIDE:
        _print_laid_out(lay_out_wide(columns, cells))
        return
    table = lay_out(columns, cells, screen_width())
    _print_laid_out(table)
    if table.left_out:
        print_line(f"另有{'、'.join(table.left_out)}没有列出:请加 --wide 看")


def print_blocks(title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Prints each row with all its values as lines; as a table with --tsv or --wide."""
    if form_of_tables() is not TableForm.FITTED:
        print_table(title, columns, rows, "")
        return
    columns = [replace(column, heading=set_punctuation(column.heading)) for column in columns]
    print_line(title)
    _print_laid_out(
        lay_out_blocks(
            columns, [[fit_for_cell(as_typed(cell)) for cell in row] for row in rows], screen_width()
        )
    )


def print_further_table(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[str]], empty_message: str = ""
) -> None:
    """Prints a table after the main one; left out with --tsv, which has one table."""
    table_rows = list(rows)
    if form_of_tables() is not TableForm.TSV and (table_rows or empty_message):
        print_line("")
        print_table(title, columns, table_rows, empty_message)


def _print_values(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    print("\t".join(set_punctuation(column.heading) for column in columns))
    for row in rows:
        print("\t".join(map(fit_for_tsv, row)))


def _print_laid_out(table: LaidOutTable) -> None:
    """Prints a table, with a bold heading on a terminal unless ``NO_COLOR`` is set."""
    if table.heading:
        # What units write is text, never markup: a file may well be called "[附件4].xlsx".
        screen = Console(highlight=False, markup=False, emoji=False)
        style = "" if os.environ.get("NO_COLOR") else "bold"
        screen.print(Text(table.heading, style=style), soft_wrap=True)
    print("\n".join(table.lines).rstrip("\n"))


def show_status(status: Status, kinds: Mapping[str, str], zone: ZoneInfo) -> None:
    """Units by forms: one table as values, else one a kind of unit, with the forms that it owes."""
    title = f"报送情况(截至{format_minute(status.as_of, zone)})"
    empty_message = "名册里没有应报单位:请检查 units.csv"
    forms = recent_titles(status.units[0].forms) if status.units else ()
    if form_of_tables() is not TableForm.FITTED or not status.units:
        rows = [(unit.unit, _kind_word(unit, kinds), *_status_words(unit, forms)) for unit in status.units]
        headings = ("单位", "类别", *forms, "纸质件")
        print_table(title, [Column(heading) for heading in headings], rows, empty_message)
        return
    print_line(title)
    for kind in dict.fromkeys(unit.kind for unit in status.units):
        units = [unit for unit in status.units if unit.kind == kind]
        words = [_status_words(unit, forms) for unit in units]
        asked = [index for index in range(len(forms) + 1) if any(row[index] != "–" for row in words)]
        columns = [Column("单位"), *(Column((*forms, "纸质件")[index]) for index in asked)]
        rows = [(unit.unit, *(row[index] for index in asked)) for unit, row in zip(units, words, strict=True)]
        print_line("")
        print_table(f"{_kind_word(units[0], kinds)}{len(units)}个", columns, rows, "")


def _kind_word(unit: UnitStatus, kinds: Mapping[str, str]) -> str:
    return set_punctuation(kinds.get(unit.kind, unit.kind))


def _status_words(unit: UnitStatus, forms: Sequence[str]) -> tuple[str, ...]:
    """Returns the state of each form, and of the paper."""
    return (*(status_word(form) for form in unit.forms if form.title in forms), paper_words(unit))


def paper_words(unit: UnitStatus) -> str:
    """Returns 已齐, 缺3、4, or – if no paper is required; paper that came unasked is left out."""
    owed = [form for form in unit.forms if form.paper_owed]
    lacking = "、".join(form.title.removeprefix("附件") for form in owed if form.paper_received_on is None)
    return f"缺{lacking}" if lacking else "已齐" if owed else "–"


def status_word(form: FormStatus) -> str:
    """Returns one cell of the matrix: 已报、缺、迟、不完整、未到期, or – if nothing is owed."""
    if form.exempted is not None:
        return "免报"
    if not form.owed:
        return "多报" if form.versions else "–"
    if form.state is FormState.MISSING:
        return "待核" if form.under_review else "缺"
    if form.state is FormState.UNREAD:
        return "待读"
    if form.state is FormState.PENDING:
        return "未到期"
    if form.state is FormState.UNCONFIRMED:
        return "未核实来源"
    word = "不完整" if form.state is FormState.INCOMPLETE else "零报告" if form.nil else f"已报{form.records}"
    return f"迟·{word}" if form.late else word


def warn_of_unread(unread: int) -> None:
    """Warns on stderr that mail is unread, because it may contain what seems to be missing."""
    if unread:
        sentence = f"还有{unread}封来件没有读完,所缺的可能就在其中,先不要催报:请运行 kongchuo poll 后再看"
        print_error(sentence)


def show_gaps(gaps: Sequence[Gap], zone: ZoneInfo, unread: int = 0) -> None:
    rows = [
        (
            gap.unit,
            set_punctuation(gap.title),
            GAP_WORDS[gap.gap],
            str(gap.days_late or ""),
            "" if gap.deduction is None else f"{gap.deduction:g}",
            set_punctuation(gap.detail),
        )
        for gap in gaps
    ]
    print_table(
        f"缺口{len(gaps)}项",
        [
            Column("单位"),
            Column("附件"),
            Column("缺口"),
            Column("迟几天", 1),
            Column("拟扣分", 2),
            Column("说明", is_sentence=True),
        ],
        rows,
        "没有缺口:应报的都已报齐" if not unread else "没有能确定的缺口",
    )


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


STANDING_WORDS = {
    Standing.KNOWN: "名册",
    Standing.LEARNED: "已确认",
    Standing.OTHER_UNIT: "其他单位的地址",
    Standing.UNKNOWN: "不明地址",
    Standing.FAILED: "冒名嫌疑",
}


def show_files(
    files: Sequence[StoredFile],
    zone: ZoneInfo,
    mask: OutputMask,
    senders: Senders,
    count: int | None = None,
    notes: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> None:
    """Prints the files with people's remarks; ``count`` is their total if only the last are shown."""
    left_out = (count or 0) - len(files)
    rows = [
        (
            file.file_id,
            format_minute(file.received_at, zone) + ARRIVAL_BASIS_WORDS[file.arrival_basis],
            file.sender,
            mask.text(" / ".join(file.path) or f"\uff08无附件\uff09{file.subject}") or "",
            DISPOSITION_WORDS[file.disposition],
            "、".join(f"{link.unit}{_of_period(link.form, link.period)}" for link in file.links)
            or file.unit_hint
            or "",
            f"未核实来源\uff1a{STANDING_WORDS[senders.standing_of_file(file)]}"
            if senders.is_unconfirmed(file)
            else STANDING_WORDS[senders.standing_of_file(file)],
            mask.sentence(
                ";".join(
                    filter(None, (file.reason, *(f"备注:{said}" for said in notes.get(file.file_id, ()))))
                )
            )
            or "",
        )
        for file in files
    ]
    print_table(
        f"文件{count}份,列出最近收到的{len(files)}份" if left_out > 0 else f"文件{len(files)}份",
        [
            Column("文件编号"),
            Column("收到", 1),
            Column("发件人", is_sentence=True),
            Column("文件", is_sentence=True),
            Column("处理"),
            Column("单位附件", 2),
            Column("来源", 3),
            Column("原因", is_sentence=True),
        ],
        rows,
        "没有这样的文件",
    )
    if left_out > 0 and files:
        # Rounded up: a file twice is better than one on neither page.
        earliest = f"{(files[0].received_at + _NEARLY_A_SECOND).astimezone(zone):%Y-%m-%dT%H:%M:%S}"
        print_line(
            f"还有{left_out}份更早的没有列出:请加 --as-of {earliest} 往前看,或加 --limit 多列,--json 全列"
        )


def _of_period(form: str, period: str | None) -> str:
    """Returns the form with its period's key, as used with ``--period``."""
    return form if period is None else f"{form}\uff08{period}\uff09"


def show_problems(problems: Sequence[StoredProblem], mask: OutputMask) -> None:
    rows = [
        (
            problem.unit,
            _of_period(problem.form, problem.period),
            problem.sheet or "",
            problem.cell or (str(problem.row) if problem.row else ""),
            SEVERITY_WORDS[problem.severity],
            mask.field(problem.field, problem.value) or "",
            mask.sentence(problem.message) or "",
            f"已说明\uff1a{mask.text(problem.explained)}" if problem.explained else problem_id(problem),
        )
        for problem in problems
    ]
    print_table(
        f"问题{len(problems)}处",
        [
            Column("单位"),
            Column("附件"),
            Column("工作表", 2),
            Column("位置"),
            Column("程度", 3),
            Column("所填", is_sentence=True),
            Column("怎么改", is_sentence=True),
            Column("编号"),
        ],
        rows,
        "没有问题",
    )


DECISION_WORDS = {
    "close": "结案", "reopen": "撤销结案", "note": "记一笔", "own": "责任单位", "file": "工作档案",
    "merge": "合并个案", "split": "分开个案", "waive": "比对不再提示", "waive-form": "一名学生免报",
    "extend": "宽限", "exempt": "免报",
    "paper": "收到纸质件", "explain": "说明", "accept": "来源属实", "platform": "平台数字", "platform-children": "平台名单",
    "handed-list": "下发名单", "correct": "更正", "assign": "归入单位", "file-note": "文件备注", "hold": "不得清理",
    "settle": "问题已了结", "withdraw": "撤回决定",
}  # fmt: skip


def show_decisions(decisions: Sequence[StoredDecision], zone: ZoneInfo, mask: OutputMask) -> None:
    rows = [
        (
            str(decision.id),
            format_minute(decision.at, zone),
            DECISION_WORDS.get(decision.kind, decision.kind),
            *(mask.text(words) or "" for words in _decided_on(decision)),
            mask.text(decision.why) or "",
            decision.who,
        )
        for decision in decisions
    ]
    columns = [
        Column("编号"),
        Column("时间", 1),
        Column("决定"),
        Column("对象", is_sentence=True),
        Column("内容", is_sentence=True),
        Column("理由", is_sentence=True),
        Column("经办人", 2),
    ]
    print_table(f"决定{len(decisions)}个", columns, rows, "还没有人工作过决定")


def _decided_on(decision: StoredDecision) -> tuple[str, str]:
    """Returns the subject of a decision, and its content."""
    if decision.kind == CORRECT:
        word = read_one(decision)
        return word.whose, set_punctuation(word.words)
    subject = " ".join(part for part in decision.subject.split("|") if part != "*")
    if decision.kind == CLOSE and decision.detail is not None:
        return subject, CASE_STATE_WORDS[CaseState(decision.detail)]
    words = decision_in_words(decision) or (decision.detail or "").replace("|", " ")
    return subject, set_punctuation(words)


_FIRST_FIELDS = {"name": 0, "id_number": 2}
"""By key of a form, the rank of columns that say whose row it is."""


def show_records(
    records: Sequence[StoredRecord], headings: Sequence[tuple[str, str]], mask: OutputMask
) -> None:
    """Prints rows under the notice's headings, with their periods if any; empty columns are left out."""
    has_periods = any(record.period is not None for record in records)
    filled_columns = [
        (key, heading)
        for key, heading in headings
        if any(record.values.get(key) is not None for record in records)
    ]
    rows = [
        (
            record.unit,
            *((record.period or "",) if has_periods else ()),
            *(_shown_value(record, key, mask) for key, _ in filled_columns),
            "、".join(problem_code(code).title for code in record.problems),
        )
        for record in records
    ]
    columns = [
        Column("单位"),
        *((Column("期"),) if has_periods else ()),
        *(
            Column(heading, _FIRST_FIELDS.get(key, rank))
            for rank, (key, heading) in enumerate(filled_columns, start=3)
        ),
        Column("问题", 1),
    ]
    print_table(f"记录{len(records)}条", columns, rows, "没有记录")


def _shown_value(record: StoredRecord, key: str, mask: OutputMask) -> str:
    """Returns a value, with the reported one beside it if a person corrected it."""
    value = mask.field(key, cell_text(record.values.get(key))) or ""
    sent = [mask.field(key, cell_text(one.sent)) or "空白" for one in record.overruled if one.field == key]
    return f"{value}\uff08报的是{sent[0]}\uff09" if sent else value


def cell_text(value: Any) -> str:
    """Returns a value as text for a cell: yes and no in Chinese, visits by their dates."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case list():
            return "、".join(
                str(item.get("date") or item.get("result") or "") if isinstance(item, dict) else str(item)
                for item in value
            )
        case _:
            return str(value)


def format_minute(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


def format_day(value: date | None) -> str:
    return "" if value is None else value.isoformat()
