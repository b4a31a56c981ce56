"""Builds the weekly and monthly bulletin (通报) as a value: a draft on how units reported, for the office to forward.

It names units and never a child (``docs/rules-of-the-notice.md``, R33); every figure comes from the ledger.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from config.identity_numbers import UNUSABLE_NUMBER_CODES
from config.notice import Notice
from config.notice.annex_labels import spell_number
from config.units.roster import Unit
from ledger.assessment import Assessment
from ledger.changes import Changes
from ledger.results import CaseState
from ledger.state_words import CASE_STATE_WORDS
from ledger.submissions.monthly_signs import MonthlySigns
from notify.county_course import CountyCourse, trace_course
from notify.form_labels import format_forms, format_titles, recent_titles
from notify.mending_day import day_to_mend_by
from notify.obligation_lines import (
    ObligationLine,
    ShownState,
    build_obligation_lines,
    count_obligations,
    paper_sentence,
    split_by_due,
)
from notify.shown_dates import format_day, format_full_day

_TWO = 2
"""The number 2, written 两 before a measure word."""


class Period(StrEnum):
    """The interval at which a 通报 is sent."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"

    def key(self, day: date) -> str:
        """Returns the key of a day's period: 2023-W39, 2023-09."""
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}" if self is Period.WEEKLY else f"{day:%Y-%m}"

    def number(self, day: date, opened: date) -> int:
        """Returns the number of the 期 that contains a day, counted from the semester's first day."""
        if self is Period.WEEKLY:
            return max((day - opened).days // 7 + 1, 1)
        return max((day.year - opened.year) * 12 + day.month - opened.month + 1, 1)

    def before(self, instant: datetime) -> datetime:
        """Returns the same time of day one period earlier."""
        if self is Period.WEEKLY:
            return instant - timedelta(days=7)
        last = instant.replace(day=1) - timedelta(days=1)
        return last.replace(day=min(instant.day, last.day))

    @property
    def label(self) -> str:
        """The period in titles: 周 or 月."""
        return "周" if self is Period.WEEKLY else "月"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinSection:
    """One numbered part of a 通报."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """The content of a 通报, independent of its file format."""

    title: str
    number: str
    addressees: str
    opening: str
    sections: tuple[BulletinSection, ...]
    course: CountyCourse
    office: str
    as_of: datetime

    @property
    def date_line(self) -> str:
        return format_full_day(self.as_of)


@dataclass(frozen=True, kw_only=True)
class BulletinSources:
    """The values from which a 通报 is built."""

    assessment: Assessment
    """The ledger's judgements at the end of the period."""
    period: Period
    notice: Notice
    """The notice; its title names the semester, and issues (期) are counted from its first day."""
    office: str
    roster: Mapping[str, Unit]
    due: datetime | None
    """The notice's due date, which the chart marks."""
    since: Changes
    """The changes within the period."""
    signs: MonthlySigns
    """The units that reported something within the month (每月大走访大排查); only the monthly 通报 has a sentence on them."""

    @property
    def as_of(self) -> datetime:
        """The instant that the 通报 speaks of."""
        return self.assessment.status.as_of


def build_bulletin(sources: BulletinSources) -> Bulletin:
    """Builds the 通报 of a period."""
    as_of, notice, period = sources.as_of, sources.notice, sources.period
    obligation_lines = build_obligation_lines(
        sources.assessment.status, sources.assessment.gaps, sources.roster, notice.units.kinds
    )
    counted = split_by_due(obligation_lines)[0]
    due = sources.due.astimezone(as_of.tzinfo).date() if sources.due is not None else None
    return Bulletin(
        title=f"关于{notice.title}材料报送情况的通报",
        number=f"{as_of.year}年{period.label}报第{period.number(as_of.date(), notice.opened)}期",
        addressees=f"{notice.addressees}:",
        opening=f"截至{_format_instant(as_of)},现将材料报送和劝返情况通报如下。",
        sections=_sections(sources, obligation_lines),
        course=trace_course(
            counted, sources.assessment.cases, as_of, count_obligations(counted).expected, due
        ),
        office=sources.office,
        as_of=as_of,
    )


def _sections(
    sources: BulletinSources, obligation_lines: tuple[ObligationLine, ...]
) -> tuple[BulletinSection, ...]:
    notice, assessment, period = sources.notice, sources.assessment, sources.period
    triggered = frozenset(form.key for form in notice.forms if form.trigger is not None)
    tells_sweep = period is Period.MONTHLY and notice.sweep.remind_on is not None
    mended_by = day_to_mend_by(sources.as_of.date(), None, notice.reminders)
    return (
        BulletinSection(
            heading="一、总体情况",
            paragraphs=(
                *_overview_paragraphs(notice, obligation_lines, assessment, sources.since, period),
                *_paper_paragraphs(obligation_lines),
                *((_sweep_sentence(sources.signs, notice.sweep.name),) if tells_sweep else ()),
            ),
        ),
        BulletinSection(
            heading="二、存在问题",
            paragraphs=_shortcoming_paragraphs(notice, obligation_lines, assessment, triggered),
        ),
        BulletinSection(
            heading="三、工作要求",
            paragraphs=(
                f"请未报、需更正的单位于{format_day(mended_by)}前补报(主题注明“更正”);"
                f"责任单位对{CASE_STATE_WORDS[CaseState.OPEN]}学生坚持每{notice.persuasion.interval_days}天劝返1次并留存记录。",
            ),
        ),
    )


def _overview_paragraphs(
    notice: Notice,
    obligation_lines: tuple[ObligationLine, ...],
    assessment: Assessment,
    since: Changes,
    period: Period,
) -> tuple[str, ...]:
    by_form: dict[str, list[ObligationLine]] = {}
    for obligation_line in split_by_due(obligation_lines)[0]:
        by_form.setdefault(obligation_line.title, []).append(obligation_line)
    shown = recent_titles(line for line in obligation_lines if line.is_due)
    counted = [
        f"{form}应报{one.expected}个单位、已报{one.received}个"
        + (f"(含零报告{one.nil}个)" if one.nil else "")
        for form, of_form in sorted(by_form.items())
        if (of_form[0].period is None or form in shown) and (one := count_obligations(of_form)).expected
    ]
    statuses = Counter(case.status for case in assessment.cases)
    known = notice.known("status")
    unclear = sum(count for status, count in statuses.items() if status not in known)
    words = tuple(notice.vocabularies["status"].values)
    counted_cases = [f"{word}{statuses[word]}人" for word in words if statuses[word]]
    counted_cases += [f"类别不明{unclear}人"] if unclear else []
    states = {state: sum(case.state is state for case in assessment.cases) for state in CaseState}
    county = next(iter(notice.wording.whole_county), "")
    children = (
        f"{county}登记{'、'.join(counted_cases)},已返校{states[CaseState.RETURNED]}人,"
        f"经批准或已安置{states[CaseState.EXCUSED]}人,尚未返校{states[CaseState.OPEN]}人;疑似{len(assessment.suspected)}人。"
        if counted_cases
        else f"{county}没有登记{'、'.join(words)}学生。"
    )
    changes_sentence = f"本{period.label}新报{since.arrived}项、更正{since.corrected}项;新增个案{since.opened}名、结案{since.closed}名。"
    return (";".join(counted) + "。" if counted else "本期没有应报事项。", children, changes_sentence)


def _shortcoming_paragraphs(
    notice: Notice,
    obligation_lines: tuple[ObligationLine, ...],
    assessment: Assessment,
    triggered: frozenset[str],
) -> tuple[str, ...]:
    paragraphs = [
        _overdue_sentence(
            [
                obligation_line
                for obligation_line in obligation_lines
                if obligation_line.form not in triggered
            ],
            triggered,
        ),
        _quality_sentence(obligation_lines, assessment, triggered),
        _persuasion_sentence(notice, assessment),
    ]
    numbered = [paragraph for paragraph in paragraphs if paragraph]
    if not numbered:
        return ("无。",)
    return tuple(f"({'一二三'[index]}){text}" for index, text in enumerate(numbered))


def _overdue_sentence(obligation_lines: list[ObligationLine], triggered: frozenset[str]) -> str:
    """Returns the units that have not sent a form; for ``triggered`` forms only their number, since a name would reveal a child."""
    units: dict[str, list[ObligationLine]] = {}
    for obligation_line in obligation_lines:
        if obligation_line.state is ShownState.MISSING:
            units.setdefault(obligation_line.unit, []).append(obligation_line)
    if not units:
        return ""
    by_forms: dict[str, list[str]] = {}
    for unit, missing in units.items():
        by_forms.setdefault(format_titles(missing), []).append(unit)
    clauses = ";".join(f"{'、'.join(names)}未报{forms}" for forms, names in sorted(by_forms.items()))
    apart = f"({format_forms(sorted(triggered))}另计)" if triggered else ""
    return f"逾期未报{apart}。{len(units)}个单位:{clauses}。"


def _quality_sentence(
    obligation_lines: tuple[ObligationLine, ...], assessment: Assessment, triggered: frozenset[str]
) -> str:
    numbers = sum(problem.code in UNUSABLE_NUMBER_CODES for problem in assessment.problems)
    proofs = sum(
        max(form.proof_owed - form.proof_received, 0)
        for unit in assessment.status.units
        for form in unit.forms
    )
    persuasion = sum(
        obligation_line.state is ShownState.MISSING and obligation_line.form in triggered
        for obligation_line in obligation_lines
    )
    counts = ((f"身份证号有误{numbers}条", numbers), (f"缺证明材料{proofs}份", proofs),
              (f"缺{format_forms(sorted(triggered))}共{persuasion}份", persuasion))  # fmt: skip
    clauses = "、".join(words for words, count in counts if count)
    units = sorted(
        {
            obligation_line.unit
            for obligation_line in obligation_lines
            if obligation_line.state is ShownState.INCOMPLETE
        }
    )
    if not clauses:
        return ""
    named = f"(涉及{'、'.join(units)})" if units else ""
    return f"填报质量。{clauses}{named}。"


def _persuasion_sentence(notice: Notice, assessment: Assessment) -> str:
    streak = "两" if notice.persuasion.streak == _TWO else spell_number(notice.persuasion.streak)
    overdue = sum(case.days_overdue > 0 for case in assessment.open_cases)
    visited_in_vain = sum(case.escalation != "none" for case in assessment.open_cases)
    units = sorted({case.responsible_unit for case in assessment.open_cases if case.days_overdue > 0})
    clauses = (
        [f"{overdue}名学生劝返间隔超过{notice.persuasion.interval_days}日(责任单位:{'、'.join(units)})"]
        if overdue
        else []
    )
    clauses += [f"{visited_in_vain}名学生连续{streak}次劝返仍未返校"] if visited_in_vain else []
    return f"劝返进展。{';'.join(clauses)}。" if clauses else ""


def _paper_paragraphs(obligation_lines: tuple[ObligationLine, ...]) -> tuple[str, ...]:
    """Returns the state of signed and sealed paper forms, once the office has recorded any, and the units that sent only the mail."""
    if not any(each.paper_received_on for each in obligation_lines):
        return ()
    units = list(dict.fromkeys(each.unit for each in obligation_lines if each.lacks_only_paper))
    remind = f";已报电子件、未交纸质件的{len(units)}个单位:{'、'.join(units)}" if units else ""
    return (f"{paper_sentence(obligation_lines)}{remind}。",)


def _sweep_sentence(signs: MonthlySigns, sweep: str) -> str:
    """Returns a sentence on which units reported in a month of 大走访、大排查; it is no basis for points."""
    heard = f"{signs.month.month}月{sweep}:{len(signs.heard)}个单位有报送或说明"
    silent = f",{len(signs.silent)}个单位没有任何消息({'、'.join(signs.silent)})" if signs.silent else ""
    unproven = signs.unconfirmed
    unconfirmed = f",{len(unproven)}个单位只有来源未核实的来件({'、'.join(unproven)})" if unproven else ""
    return f"{heard}{unconfirmed}{silent}。"


def _format_instant(instant: datetime) -> str:
    day = format_day(instant)
    return f"{day}24时" if (instant.hour, instant.minute) == (23, 59) else f"{day}{instant.hour}时"
