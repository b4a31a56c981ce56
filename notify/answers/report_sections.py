"""Builds the reports that an officer requested as sections of the reply, with the digest's figures at that instant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from config.text.masking import mask_id, mask_quoted
from config.text.output_mask import TextFilter
from ledger.results import Case, CaseState
from ledger.state_words import CASE_STATE_WORDS
from notify.digest.digest import Digest
from notify.obligation_lines import ObligationCounts, ObligationLine, ShownState
from notify.shown_dates import format_day, format_minute
from notify.units.reminders import Reminder

_MOST_UNITS = 80
_MOST_CASES = 20
_MOST_EVENTS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """One line: its subject, a sentence, and further small lines below."""

    head: str
    what: str = ""
    below: tuple[str, ...] = ()
    is_bad: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSection:
    """One report: figures as a narrow table, or lines; readable on a telephone.

    No title is a command word, because a mail program that quotes the mail would send the command again.
    """

    title: str
    lead: str
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    lines: tuple[ReportLine, ...] = ()
    rest: str = ""


def progress_section(digest: Digest) -> ReportSection:
    """Returns the progress of the whole county, by form and by group of units."""
    headings = ("", "应报", "已报", "不完整", "待核", "未报", "未到期")
    rows = [(name, *_figures(counts)) for name, counts in (*digest.by_form, *digest.by_group)]
    return ReportSection(
        title="总体进度",
        lead=f"截至{format_minute(digest.as_of)}。{digest.sum_line}。",
        headings=headings,
        rows=(*rows, ("合计", *_figures(digest.numbers))),
        rest="已报含迟报;一个单位的进度请写“进度 单位”",
    )


def _figures(counts: ObligationCounts) -> tuple[str, ...]:
    numbers = (
        counts.expected,
        counts.received,
        counts.incomplete,
        counts.under_review + counts.unconfirmed,
        counts.silent,
        counts.pending,
    )
    return tuple(str(number) if number else "–" for number in numbers)


def unit_section(digest: Digest, unit: str) -> ReportSection:
    """Returns the progress of one unit, one line per form."""
    lines = [
        each for each in digest.obligations if each.unit == unit and each.state is not ShownState.NOT_OWED
    ]
    contact = next((f"{each.contact} {each.phone}".strip() for each in lines), "")
    open_cases = sum(case.unit == unit for case in digest.cases)
    overdue = sum(case.unit == unit and case.days_overdue > 0 for case in digest.cases)
    cases = f"未返校个案{open_cases}件" + (f",其中劝返逾期{overdue}件" if overdue else "")
    return ReportSection(
        title=f"{unit}的进度",
        lead=f"截至{format_minute(digest.as_of)}。{f'联系人:{contact}。' if contact else ''}{cases}。",
        lines=tuple(_obligation_line(each, digest.as_of.tzinfo) for each in lines),
        rest="" if lines else "这个单位没有要报的附件",
    )


def _obligation_line(each: ObligationLine, zone: tzinfo | None) -> ReportLine:
    came = f"{format_day(each.first_received_at.astimezone(zone))}收到" if each.first_received_at else ""
    due = f"{format_day(each.due.astimezone(zone))}截止" if each.due and not each.first_received_at else ""
    late = f"已迟{each.days_late}天" if each.days_late and not each.first_received_at else ""
    sentence = ",".join(filter(None, (each.label, came, due, late)))
    return ReportLine(
        head=each.title,
        what=sentence,
        below=(each.detail,) if each.detail and each.state is not ShownState.ON_TIME else (),
        is_bad=each.state in (ShownState.MISSING, ShownState.INCOMPLETE),
    )


def missing_section(digest: Digest) -> ReportSection:
    """Returns the units that have sent nothing of what is due."""
    lines = digest.missing
    shown = lines[:_MOST_UNITS]
    count = sum(line.obligation_count for line in lines)
    return ReportSection(
        title="未报情况",
        lead=f"截至{format_minute(digest.as_of)},未报{len(lines)}家、{count}项。"
        if lines
        else f"截至{format_minute(digest.as_of)},到期的都已来件。",
        lines=tuple(
            ReportLine(
                head=line.unit,
                what=line.forms + (f",已迟{line.days_late}天" if line.days_late else ""),
                below=tuple(filter(None, (f"{line.contact} {line.phone}".strip(),))),
            )
            for line in shown
        ),
        rest=f"另有{len(lines) - len(shown)}家,见简报的附表" if len(lines) > len(shown) else "",
    )


def case_section(cases: Sequence[Case], show_name: TextFilter, mask_names: TextFilter) -> ReportSection:
    """Returns the requested cases, each with its latest events; names are shown as in the digest."""
    shown = cases[:_MOST_CASES]
    return ReportSection(
        title="个案",
        lead=f"找到{len(cases)}件。",
        lines=tuple(_case_line(case, show_name, mask_names) for case in shown),
        rest=f"另有{len(cases) - len(shown)}件,请写个案编号" if len(cases) > len(shown) else "",
    )


def _case_line(case: Case, show_name: TextFilter, mask_names: TextFilter) -> ReportLine:
    def masked(text: str) -> str:
        return mask_names(mask_quoted(text))

    facts = [f"{case.responsible_unit}负责,{format_day(case.opened_on)}立案,劝返{len(case.visits)}次"]
    if case.state is CaseState.OPEN and case.next_visit_due is not None:
        overdue = f",已逾期{case.days_overdue}天" if case.days_overdue else ""
        facts.append(f"下次劝返应在{format_day(case.next_visit_due)}{overdue}")
    if case.closed_by:
        facts.append(f"结案依据:{masked(case.closed_by)}")
    if case.doubts:
        facts.append(f"待核实:{masked(';'.join(case.doubts))}")
    facts += [f"备注:{masked(note)}" for note in case.notes]
    events = [f"{format_day(event.date)} {masked(event.what)}" for event in case.timeline]
    left_out = [f"以前还有{len(events) - _MOST_EVENTS}条经过"] if len(events) > _MOST_EVENTS else []
    number = mask_id(case.id_number) if case.id_number else ""
    return ReportLine(
        head=f"{show_name(case.name)}{f'({number})' if number else ''}",
        what=f"{case.status},{CASE_STATE_WORDS[case.state]},编号{case.case_id}",
        below=(*facts, *left_out, *events[-_MOST_EVENTS:]),
        is_bad=case.state is CaseState.OPEN,
    )


def reminders_section(
    reminders: Iterable[Reminder], sweeps: Sequence[str], already: Sequence[str], notes: Sequence[str]
) -> ReportSection:
    """Returns the recipients of this day's reminders, with their content.

    Args:
        sweeps: units that reported nothing in this month and get the reminder of 大走访、大排查.
        already: units that got a reminder today.
    """
    lines = [
        ReportLine(
            head=one.unit,
            what=(one.subject.partition(":")[2] or one.subject).removeprefix(one.unit),
            below=one.items[:_MOST_EVENTS],
        )
        for one in reminders
    ]
    lines += [ReportLine(head=unit, what="本月还没有消息,请告知走访、排查的情况") for unit in sweeps]
    sentence = f"今天已催过:{'、'.join(already)}。" if already else ""
    return ReportSection(
        title="催报预览",
        lead=f"{sentence}{'要催的有' + str(len(lines)) + '家,还没有发出:' if lines else '按通知的安排,现在没有要催的。'}",
        lines=tuple(lines[:_MOST_UNITS]),
        rest=";".join((*notes, *(("请回复本邮件,写“同意发送”,就发出(当天有效)",) if lines else ()))),
    )
