"""Builds the lists below the day's action items in the mail, without the entries that the items already show.

Every list is short enough for a telephone; the workbook has all entries.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from config.answers.question_columns import QUESTION_SHEET
from ledger.results import CaseState
from ledger.state_words import CASE_STATE_WORDS
from notify.digest.action_items import ActionKind
from notify.digest.digest import Digest
from notify.digest.lines.children.case_lines import CaseLine
from notify.digest.lines.file_lines import FileLine
from notify.digest.lines.finding_lines import FindingLine
from notify.digest.lines.question_lines import QuestionLine
from notify.digest.lines.unconfirmed_lines import UnconfirmedLine
from notify.digest.lines.units.past_lines import PAST_SHEET
from notify.digest.lines.units.unit_lines import UnitLine

MOST_LINES = 10
"""Lines of one list in the mail; a list that is one line too long is shown whole."""
_MOST_FINDINGS = 6
_MOST_NAMES = 100
"""The most units that are named after the lines of a list; further ones are counted."""

_REQUEST = re.compile("[:\uff1a]请(?:更正后重报|补交)")
"""By list, the request in its heading to every unit of the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLine:
    """One unit, child, finding, sender or file in a list."""

    who: str
    what: str
    tag: str = ""
    note: str = ""
    source: str = ""
    """The sender and the subject, as written."""
    phone: str = ""
    label: str = ""
    """The number of the question about it, if there is one."""
    question: QuestionLine | None = None
    """That question, if it can be answered by tapping; children in one line are answered one by one."""
    answer: str = ""
    """How to answer if nothing can be tapped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailList:
    """One list for the templates; without lines if its heading is enough."""

    title: str
    tone: str
    lead: str = ""
    lines: tuple[ListLine, ...] = ()
    rest: str = ""
    """The text after the lines: the names of the others, or where they are listed."""


def build_question_lists(digest: Digest) -> tuple[MailList, ...]:
    """Returns the senders, files and addresses that wait for a person and are not among the day's items."""
    shown = _shown(digest, ActionKind.DECISIONS)
    senders = [line for line in digest.unconfirmed if line.key not in shown]
    files = [file for file in digest.files if file.file_id not in shown]
    return _with_content(
        _list(
            f"需要您判断:未核实来源{len(digest.unconfirmed)}个发件人",
            "wait",
            [_sender(line) for line in senders],
            lead="核实以前不结案、不算已报,也不算未报、不扣分。请按名册上的电话问单位;以后这个地址报来的照常计入。"
            + _above(len(digest.unconfirmed) - len(senders), len(senders), "个"),
            sheet="未核实来源",
        ),
        _list(
            f"需要您判断:文件{len(digest.files)}份",
            "wait",
            [_file(file) for file in files],
            lead="看过原邮件后答复;办过一次,以后重跑也算数。"
            + _above(len(digest.files) - len(files), len(files), "份"),
            sheet="待处理文件",
        ),
        _list(
            f"收不到信的邮箱:{len(digest.unreached)}个",
            "wait",
            [_address(one, digest.phones.get(one.unit, "")) for one in digest.unreached],
            lead="请向单位问明现在的邮箱,更正名册;更正后自动不再问。",
            sheet=QUESTION_SHEET,
        ),
    )


def build_mail_lists(digest: Digest) -> tuple[MailList, ...]:
    """Returns the lists after those of :func:`build_question_lists`, in the order of the mail; empty lists are left out."""
    asked = _shown(digest, ActionKind.DECISIONS)
    findings = [one for one in digest.findings if not one.repeats_gap and one.finding_id not in asked]
    visited = _shown(digest, ActionKind.VISITS)
    changed = [line for line in digest.past if line.is_new]
    cases = [case for case in digest.cases if case.case_id not in visited]
    return _with_content(
        _unit_list("未报", "bad", digest.missing, _shown(digest, ActionKind.CALLS)),
        _unit_list("尚未报送", "wait", digest.pending, frozenset(), note="未到期"),
        _list(
            f"{CASE_STATE_WORDS[CaseState.OPEN]}个案:{len(digest.cases)}名"
            + (f",劝返逾期{digest.overdue_cases}名" if digest.overdue_cases else ""),
            "bad",
            [_child(case) for case in cases],
            lead=_above(len(digest.cases) - len(cases), len(cases), "名"),
            sheet=CASE_STATE_WORDS[CaseState.OPEN],
        ),
        _unit_list("已报、需补正", "wait", digest.incomplete, _shown(digest, ActionKind.NEAR)),
        _list(
            f"比对发现:{sum(not one.repeats_gap for one in digest.findings)}处",
            "wait",
            _group_findings(findings),
            lead=f"是疑问,不是结论;请向所列单位核对。{_how_to_answer(findings)}",
            sheet="比对发现",
            most=_MOST_FINDINGS,
        ),
        _list(
            f"与以往相比变化大:新增{len(changed)}处",
            "wait",
            [ListLine(who=line.unit, what=line.words, phone=line.phone) for line in changed],
            lead=f"变化属实的不用处理;不清楚的,请向单位核对。全部见附表“{PAST_SHEET}”",
            sheet=PAST_SHEET,
            most=_MOST_FINDINGS,
        ),
        _named("已来件待核", "wait", digest.under_review, "文件已到,等人判断,不算未报"),
        _named("迟报", "plain", digest.late, ""),
        _observed(digest),
        _deductions(digest),
    )


def _shown(digest: Digest, kind: ActionKind) -> frozenset[str]:
    """Returns the keys of the action items of a kind that are shown."""
    return frozenset(
        item.key for section in digest.action_items if section.kind is kind for item in section.action_items
    )


def _with_content(*lists: MailList) -> tuple[MailList, ...]:
    return tuple(one for one in lists if one.lines or one.rest)


def _above(above: int, others: int, measure_word: str) -> str:
    return f"上面已列{above}{measure_word},其余{others}{measure_word}" if above else ""


def _list(
    title: str, tone: str, lines: Sequence[ListLine], *, lead: str, sheet: str, most: int = MOST_LINES
) -> MailList:
    head = lines if len(lines) <= most + 1 else lines[:most]
    left = len(lines) - len(head)
    return MailList(
        title=title,
        tone=tone,
        lead=lead,
        lines=tuple(head),
        rest=f"另有{left}项,见附表“{sheet}”。" if left else "",
    )


def _unit_list(
    title: str, tone: str, units: Sequence[UnitLine], shown: frozenset[str], note: str = ""
) -> MailList:
    others = [line for line in units if line.unit not in shown]
    late = {line.days_late for line in units}
    if len(late) == 1 and (days := next(iter(late))):
        note = f"均已迟{days}天"
    head = others if len(others) <= MOST_LINES + 1 else others[:MOST_LINES]
    return MailList(
        title=_title(title, units),
        tone=tone,
        lead=" · ".join(part for part in (note, _above(len(units) - len(others), len(others), "家")) if part),
        lines=tuple(
            ListLine(
                who=line.unit,
                what=_REQUEST.sub("", line.forms),
                note=line.contact,
                phone=line.phone,
                tag=f"迟{line.days_late}天" if line.days_late and len(late) > 1 else "",
            )
            for line in head
        ),
        rest=_names(others[len(head) :], "另有", lambda line: line.unit),
    )


def _named(title: str, tone: str, units: Sequence[UnitLine], lead: str) -> MailList:
    """Returns a list in one paragraph, for entries that need no action."""
    return MailList(
        title=_title(title, units),
        tone=tone,
        lead=lead,
        rest=_names(units, "", lambda line: f"{line.unit}\uff08{line.forms}\uff09"),
    )


def _title(title: str, units: Sequence[UnitLine]) -> str:
    return f"{title}:{len(units)}家单位,{sum(line.obligation_count for line in units)}项"


def _names(units: Sequence[UnitLine], before: str, name: Callable[[UnitLine], str]) -> str:
    if not units:
        return ""
    names = "、".join(name(line) for line in units[:_MOST_NAMES])
    left = len(units) - _MOST_NAMES
    return f"{before}{names}" + (f"等,其余{left}家见附表“催报名单”。" if left > 0 else "。")


def _child(case: CaseLine) -> ListLine:
    return ListLine(
        who=case.who,
        what=";".join(part for part in (case.to_verify, case.next_step) if part),
        tag=f"逾期{case.days_overdue}天" if case.days_overdue else "",
        note=" ".join(part for part in (case.unit, case.contact) if part)
        + (f" · {case.household}" if case.priority else ""),
        phone=case.phone,
    )


def _sender(line: UnconfirmedLine) -> ListLine:
    return ListLine(
        who=line.sender,
        what=line.what,
        note=line.why,
        phone=line.phone,
        label=line.question.label if line.question else "",
        question=line.question,
        answer=line.answer,
    )


def _file(file: FileLine) -> ListLine:
    return ListLine(
        who=file.name,
        what=file.what,
        source=file.source,
        label=file.question.label if file.question else "",
        question=file.question,
        answer=file.answer,
    )


def _address(question: QuestionLine, phone: str) -> ListLine:
    return ListLine(
        who=question.about,
        what=question.sentence.partition(":请")[0],
        phone=phone,
        label=question.label,
        question=question,
        answer=question.hint,
    )


def _group_findings(findings: Iterable[FindingLine]) -> list[ListLine]:
    """Returns one line for all findings of a kind and unit."""
    return [
        _finding(title, units, list(group))
        for (title, units), group in groupby(findings, key=lambda one: (one.title, one.units))
    ]


def _how_to_answer(findings: Iterable[FindingLine]) -> str:
    """Returns how to answer the first finding with a number; each child is answered by its own number."""
    asked = next((one.question for one in findings if one.question), None)
    return f"{asked.hint}\uff0c每名一行。" if asked else ""


def _finding(title: str, units: str, findings: Sequence[FindingLine]) -> ListLine:
    first = findings[0]
    if len(findings) == 1:
        return ListLine(
            who=f"{title} {first.shown_name}",
            what=first.message,
            tag="先办" if first.urgent else "",
            label=first.question.label if first.question else f"编号{first.finding_id}",
            question=first.question,
        )
    children = "、".join(
        f"{one.shown_name}\uff08{one.question.label}\uff09" if one.question else one.shown_name
        for one in findings
    )
    return ListLine(
        who=f"{title} {units}{len(findings)}处",
        what=f"{children}:{_common_message(findings)}",
        tag="先办" if first.urgent else "",
    )


def _common_message(findings: Sequence[FindingLine]) -> str:
    """Returns what the findings' messages have in common: the whole message, or only the request."""
    whole = {one.message for one in findings}
    asked = {one.message.rpartition(":")[2] for one in findings}
    for sentences in (whole, asked):
        if len(sentences) == 1:
            return sentences.pop()
    return "各人情况见附表“比对发现”"


def _observed(digest: Digest) -> MailList:
    lacking = digest.without_work_file
    words = f"还没有{digest.work_file_name}{lacking}名" if lacking else f"都有{digest.work_file_name}"
    return MailList(
        title=f"返校观察:{len(digest.observed)}名",
        tone="wait",
        rest=f"{words},见附表“返校观察”。" if digest.observed else "",
    )


def _deductions(digest: Digest) -> MailList:
    counted = [line for line in digest.deductions if line.counted]
    without = len(digest.deductions) - len(counted)
    parts = (
        f"{len(counted)}家有分值" if counted else "",
        f"{without}家没有分值,相应分值由{digest.authority}核定" if without else "",
    )
    return MailList(
        title=f"考核扣分候选:{len(digest.deductions)}家",
        tone="plain",
        rest=f"只是候选,由{digest.authority}核定:{'、'.join(part for part in parts if part)};名单见附表“汇总”。"
        if digest.deductions
        else "",
    )
