"""Prints answers as terminal tables in Chinese; in a pipe each row stays on one line."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from config.text.masking import mask_text
from config.text.punctuation import set_punctuation
from kongchuo.output.answers_json import OutputMask
from kongchuo.output.terminal_text import fit_for_cell, fit_for_terminal
from ledger.lists.platform import decision_in_words
from ledger.officer_decisions import problem_id
from ledger.results import Case, Finding, FormState, FormStatus, Gap, GapKind, Status, UnitStatus
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


_PIPE_WIDTH = 2000  # columns: in a file or a pipe a row stays on its line, for grep and less -S


def console() -> Console:
    """Standard output, as wide as the terminal; elsewhere wide enough that nothing is folded."""
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    # What units write is text, never markup: a file may well be called "[附件4].xlsx".
    return Console(width=width, highlight=False, markup=False, emoji=False)


def print_line(text: str) -> None:
    """A line for people, in Chinese punctuation."""
    console().print(fit_for_terminal(set_punctuation(text)))


def print_table(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[str]], empty_message: str
) -> None:
    """A table, or the one sentence that says there is nothing to show; cells are shown as they are, on one line."""
    table_rows = list(rows)
    if not table_rows:
        print_line(empty_message)
        return
    table = Table(
        title=fit_for_terminal(set_punctuation(title)),
        title_justify="left",
        show_lines=False,
        header_style="bold",
    )
    for heading in headings:
        table.add_column(set_punctuation(heading), overflow="fold")
    for row in table_rows:
        table.add_row(*map(fit_for_cell, row))
    console().print(table)


def show_status(status: Status, kinds: Mapping[str, str], zone: ZoneInfo) -> None:
    forms = recent_titles(status.units[0].forms) if status.units else ()
    rows = [
        (
            unit.unit,
            set_punctuation(kinds.get(unit.kind, unit.kind)),
            *(status_word(form) for form in unit.forms if form.title in forms),
            paper_words(unit),
        )
        for unit in status.units
    ]
    print_table(
        f"报送情况(截至{format_minute(status.as_of, zone)})",
        ["单位", "类别", *forms, "纸质件"],
        rows,
        "名册里没有应报单位:请检查 units.csv",
    )


def paper_words(unit: UnitStatus) -> str:
    """已齐, 缺3、4, or – where no paper is asked for; what has come without being asked for is not said here."""
    owed = [form for form in unit.forms if form.paper_owed]
    lacking = "、".join(form.title.removeprefix("附件") for form in owed if form.paper_received_on is None)
    return f"缺{lacking}" if lacking else "已齐" if owed else "–"


def status_word(form: FormStatus) -> str:
    """One cell of the matrix: 已报、缺、迟、不完整、未到期, or – where nothing is owed."""
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
    """Says on stderr, beside JSON too, that mail lies unread: who seems to owe something may have sent it."""
    if unread:
        sentence = f"还有{unread}封来件没有读完,所缺的可能就在其中,先不要催报:请运行 kongchuo poll 后再看"
        print(set_punctuation(sentence), file=sys.stderr)


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
        ["单位", "附件", "缺口", "迟几天", "拟扣分", "说明"],
        rows,
        "没有缺口:应报的都已报齐" if not unread else "没有能确定的缺口",
    )


def show_cases(cases: Sequence[Case], mask: OutputMask, empty_message: str = "没有未返校的个案") -> None:
    rows = [
        (
            case.name,
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
        for case in cases
    ]
    headings = [
        "姓名",
        "身份证号",
        "情形",
        "状态",
        "责任单位",
        "立案",
        "劝返",
        "下次劝返",
        "逾期天",
        "上报",
        "结案依据、待核实",
        "编号",
    ]
    print_table(f"个案{len(cases)}件", headings, rows, empty_message)


def show_observed(cases: Sequence[Case]) -> None:
    """返校观察, apart from who is out; nothing where there is nobody."""
    if cases:
        rows = [
            (
                case.name,
                case.responsible_unit,
                format_day(case.closed_on),
                format_day(case.observed_until),
                "有" if case.work_file is not None else "没有",
                case.case_id,
            )
            for case in cases
        ]
        headings = ["姓名", "责任单位", "返校", "观察至", "工作档案", "编号"]
        print_table(f"返校观察{len(cases)}件:刚返校,防止反复", headings, rows, "")


def show_case(case: Case, mask: OutputMask) -> None:
    """One case with all that happened."""
    show_cases([case], mask)
    rows = [
        (format_day(event.date), mask.sentence(event.what) or "", mask.sentence(event.origin) or "")
        for event in case.timeline
    ]
    print_table("经过", ["日期", "事情", "依据"], rows, "没有记载")


def show_findings(findings: Sequence[Finding], mask: OutputMask) -> None:
    rows = [
        (
            finding.code,
            SEVERITY_WORDS[finding.severity],
            finding.name,
            mask.number(finding.id_number) or "",
            "、".join(finding.units),
            mask.sentence(finding.message) or "",
            finding.finding_id,
        )
        for finding in findings
    ]
    headings = ["比对", "程度", "姓名", "身份证号", "单位", "说明", "编号"]
    print_table(f"比对结果{len(findings)}条", headings, rows, "没有相互矛盾之处")


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
) -> None:
    """The files; of ``count`` where they are the last of more."""
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
            mask.sentence(file.reason) or "",
        )
        for file in files
    ]
    print_table(
        f"文件{count}份,列出最近收到的{len(files)}份" if left_out > 0 else f"文件{len(files)}份",
        ["文件编号", "收到", "发件人", "文件", "处理", "单位附件", "来源", "原因"],
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
    """The form with its period's key, by which ``--period`` asks for it."""
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
            f"已说明\uff1a{problem.explained}" if problem.explained else problem_id(problem),
        )
        for problem in problems
    ]
    print_table(
        f"问题{len(problems)}处",
        ["单位", "附件", "工作表", "位置", "程度", "所填", "怎么改", "编号"],
        rows,
        "没有问题",
    )


DECISION_WORDS = {
    "close": "结案", "reopen": "撤销结案", "note": "记一笔", "own": "责任单位", "file": "工作档案",
    "merge": "合并个案", "split": "分开个案", "waive": "比对不再提示", "waive-form": "一名学生免报",
    "extend": "宽限", "exempt": "免报",
    "paper": "收到纸质件", "explain": "说明", "accept": "来源属实", "platform": "平台数字", "platform-children": "平台名单",
    "handed-list": "下发名单", "correct": "更正",
}  # fmt: skip


def show_decisions(decisions: Sequence[StoredDecision], zone: ZoneInfo) -> None:
    rows = [
        (
            str(decision.id),
            format_minute(decision.at, zone),
            DECISION_WORDS.get(decision.kind, decision.kind),
            *_decided_on(decision),
            mask_text(decision.why),
            decision.who,
        )
        for decision in decisions
    ]
    headings = ["编号", "时间", "决定", "对象", "内容", "理由", "经办人"]
    print_table(f"决定{len(decisions)}个", headings, rows, "还没有人工作过决定")


def _decided_on(decision: StoredDecision) -> tuple[str, str]:
    """What a decision is about, and what it says."""
    if decision.kind == CORRECT:
        word = read_one(decision)
        return word.whose, set_punctuation(word.words)
    words = decision_in_words(decision) or decision.detail or ""
    return decision.subject.replace("|", " "), set_punctuation(words)


def show_records(
    records: Sequence[StoredRecord], headings: Sequence[tuple[str, str]], mask: OutputMask
) -> None:
    """Rows under the notice's headings, with their periods if they have any; a column that nobody filled in is left out."""
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
            "、".join(record.problems),
        )
        for record in records
    ]
    print_table(
        f"记录{len(records)}条",
        ["单位", *(("期",) if has_periods else ()), *(heading for _, heading in filled_columns), "问题"],
        rows,
        "没有记录",
    )


def _shown_value(record: StoredRecord, key: str, mask: OutputMask) -> str:
    """A value, with what was sent beside it where a person's word counts instead."""
    value = mask.field(key, cell_text(record.values.get(key))) or ""
    sent = [mask.field(key, cell_text(one.sent)) or "空白" for one in record.overruled if one.field == key]
    return f"{value}\uff08报的是{sent[0]}\uff09" if sent else value


def cell_text(value: Any) -> str:
    """A value as it stands in a cell: yes and no in Chinese, visits by their dates."""
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
