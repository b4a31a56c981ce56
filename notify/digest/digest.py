"""The daily digest as a value: whole lists and computed numbers, so that templates only print."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from config.answers.answer_words import QuestionKind
from config.notice import Notice
from config.units.roster import Unit
from ledger.assessment import Assessment, Changes
from ledger.crosscheck.making_findings import without_repeated_gaps
from ledger.lists.past_figures import PastDifference
from ledger.lists.rolls import RollLine
from ledger.questions.open_questions import NumberedQuestion
from ledger.results import CaseState, FormState, Status
from ledger.state_words import CASE_STATE_WORDS
from notify.county_course import CountyCourse, trace_course
from notify.digest.action_items import ActionItemSection, build_action_item_sections
from notify.digest.group_message import build_group_message
from notify.digest.lines.case_lines import CaseLine, build_case_lines
from notify.digest.lines.deduction_lines import DeductionLine, build_deduction_lines
from notify.digest.lines.file_lines import FileLine, build_file_lines
from notify.digest.lines.finding_lines import FindingLine, build_finding_lines
from notify.digest.lines.observed_lines import ObservedLine, build_observed_lines
from notify.digest.lines.paper_lines import PaperLine, build_paper_lines
from notify.digest.lines.past_lines import PastLine, build_past_lines
from notify.digest.lines.problem_lines import ProblemLine, build_problem_lines
from notify.digest.lines.question_lines import QuestionLine, build_question_lines, by_key
from notify.digest.lines.suspected_lines import SuspectedLine, build_suspected_lines
from notify.digest.lines.unconfirmed_lines import UnconfirmedLine, build_unconfirmed_lines
from notify.digest.lines.unit_lines import UnitLine, build_unit_lines
from notify.form_labels import form_order, recent_titles
from notify.name_masking import TextFilter, build_name_masker, mask_name
from notify.obligation_lines import (
    ObligationCounts,
    ObligationLine,
    ShownState,
    build_obligation_lines,
    count_obligations,
    paper_sentence,
    split_by_due,
)
from notify.shown_dates import format_day, format_due
from store.stored_values import StoredFile

FIRST_COMPLETE_UNITS = 10
ANSWER_ELSEWHERE, ANSWER_BY_MAIL = "可答\uff1a", "回复\uff1a"
"""What stands before an answer: where replies are no answers, an administrator types it."""
REMIND_DAYS = 3
"""From three days before the date due, the digest lists who has not sent yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What the office reads on one day, for one notice."""

    notice_title: str
    office: str
    authority: str
    work_file_name: str
    """What the file is called that is kept on each child who returned."""
    """Who decides about points."""
    without_points: tuple[str, ...]
    """The kinds of units for which the notice gives no figure."""
    group_channel: str
    """Where the paragraph to all units goes."""
    title: str
    as_of: datetime
    due: date | None
    due_words: str
    """The date due as it is said, with its hour where it has one."""
    phase: str
    """Where the day stands to the date due: 截止9月25日后第1天."""
    numbers: ObligationCounts
    """Counts of what is due; before the first date due, of everything owed."""
    not_yet_due: ObligationCounts
    by_form: tuple[tuple[str, ObligationCounts], ...]
    by_group: tuple[tuple[str, ObligationCounts], ...]
    obligations: tuple[ObligationLine, ...]
    missing: tuple[UnitLine, ...]
    under_review: tuple[UnitLine, ...]
    pending: tuple[UnitLine, ...]
    late: tuple[UnitLine, ...]
    incomplete: tuple[UnitLine, ...]
    changes: Changes | None
    """Since the last digest that was sent; None for the first."""
    action_items: tuple[ActionItemSection, ...]
    course: CountyCourse
    first_complete: tuple[str, ...]
    cases: tuple[CaseLine, ...]
    suspected: tuple[SuspectedLine, ...]
    observed: tuple[ObservedLine, ...]
    findings: tuple[FindingLine, ...]
    unsent_mails: tuple[str, ...]
    """Mails of ours that could not be sent."""
    files: tuple[FileLine, ...]
    unconfirmed: tuple[UnconfirmedLine, ...]
    """Mail whose sender is not proven, one line for each sender and unit."""
    deductions: tuple[DeductionLine, ...]
    papers: tuple[PaperLine, ...]
    problems: tuple[ProblemLine, ...]
    past: tuple[PastLine, ...]
    """Figures of units that rose or fell much against their own past."""
    rolls: Sequence[RollLine]
    group_message: str
    audit_head: str
    """The newest entry of the audit trail: whoever has the mail can tell that later ones were cut off."""
    is_notice_over: bool
    """Whether the notice's semester has passed."""
    answer_notes: tuple[str, ...]
    """Answers by mail that wait to be confirmed, or were refused."""
    answer_address: str
    """Where a reply answers questions; empty where none does."""
    questions: tuple[QuestionLine, ...]
    """All that waits for a person, each with its number."""
    unit_names: tuple[str, ...]
    phones: Mapping[str, str]
    """Whom to call, by unit."""
    forms: tuple[str, ...]

    @property
    def headline(self) -> str:
        return f"{self.title} · {format_day(self.as_of)}" + (f"({self.phase})" if self.phase else "")

    @property
    def subject(self) -> str:
        """The headline's date with the numbers that ask for action."""
        counts = (
            ("未报", self.numbers.silent),
            ("待报", self.numbers.pending),
            ("待核", self.numbers.under_review),
            ("不完整", self.numbers.incomplete),
            (CASE_STATE_WORDS[CaseState.OPEN], len(self.cases)),
            (CASE_STATE_WORDS[CaseState.SUSPECTED], len(self.suspected)),
            ("待处理文件", len(self.files)),
            ("未核实来源", len(self.unconfirmed)),
        )
        counts_text = " ".join(f"{word}{count}" for word, count in counts if count)
        return f"{self.title} {format_day(self.as_of)}:{counts_text or '无待办事项'}"

    @property
    def numbers_line(self) -> str:
        """The figures in one line, in the order people ask for them."""
        n = self.numbers
        received = (
            f"已报{n.received}({n.rate}) · 待报{n.pending}"
            if n.pending
            else (f"按时{n.on_time}({n.on_time_rate}) · 迟报{n.late}")
        )
        unconfirmed = f" · 来源未核实{n.unconfirmed}" if n.unconfirmed else ""
        return (
            f"应报{n.expected} · {received} · 未报{n.silent} · 不完整{n.incomplete} · 已来件待核{n.under_review}"
            f"{unconfirmed} · 零报告{n.nil} · 未返校个案{len(self.cases)} · 疑似{len(self.suspected)}"
        )

    @property
    def sum_line(self) -> str:
        """How the figures add up, so that anybody can check."""
        n = self.numbers
        parts = [
            ("按时", n.on_time),
            ("迟报", n.late),
            ("不完整", n.incomplete),
            ("待核", n.under_review),
            ("来源未核实", n.unconfirmed),
            ("未报", n.silent),
            ("未到期", n.pending),
        ]
        summands = " + ".join(f"{word}{count}" for word, count in parts if count) or "0"
        later = self.not_yet_due
        waiting = f"；另有未到期{later.expected}项，已报{later.received}项" if later.expected else ""
        return (
            f"单位×附件计：应报{n.expected} = {summands}{waiting}"
            if n.expected
            else f"目前没有应报事项{waiting}"
        )

    @property
    def paper_line(self) -> str:
        """How far the paper has come, and how many units to remind; empty until the office notes any."""
        if not any(line.received for line in self.papers):
            return ""
        waiting = sum(bool(line.to_remind) for line in self.papers)
        remind = f"；电子件已到、纸质件未交的{waiting}家，见附表“纸质件”" if waiting else ""
        return f"{paper_sentence(self.obligations)}{remind}"

    @property
    def over_line(self) -> str:
        """What is to be said of a notice whose semester is over; empty during it."""
        if not self.is_notice_over:
            return ""
        return f"“{self.notice_title}”的学期已经过去,仍按它计算:请管理员换上新学期的通知"

    @property
    def overdue_cases(self) -> int:
        return sum(case.days_overdue > 0 for case in self.cases)

    @property
    def without_work_file(self) -> int:
        """How many children in 返校观察 have no 一生一案 yet."""
        return sum(line.work_file is None for line in self.observed)

    @property
    def is_clean(self) -> bool:
        """Whether no unit is to be reminded, no child is out of school and no file waits."""
        n = self.numbers
        waiting = (
            self.pending
            or self.cases
            or self.suspected
            or self.files
            or self.unconfirmed
            or self.unsent_mails
            or self.unreached
        )
        return not (n.missing or n.incomplete or n.pending or waiting)

    @property
    def unreached(self) -> tuple[QuestionLine, ...]:
        """The questions about addresses of units that mail does not reach."""
        return tuple(one for one in self.questions if one.key.kind == QuestionKind.ADDRESS)

    @property
    def changes_line(self) -> str:
        """Counts of changes since the last digest that was sent; empty for the first digest."""
        if self.changes is None:
            return ""
        c = self.changes
        counts = (
            ("新报", c.arrived), ("更正", c.corrected), ("未报减少", c.settled), ("新增个案", c.opened),
            ("结案", c.closed), ("新增疑似", c.suspected),
        )  # fmt: skip
        return " · ".join(f"{word}{count}" for word, count in counts if count) or "没有变化"


def build_digest(
    assessment: Assessment,
    *,
    files: Iterable[StoredFile],
    office: str,
    notice: Notice,
    due: datetime | date | None,
    roster: Mapping[str, Unit],
    rolls: Sequence[RollLine],
    past: Iterable[PastDifference] = (),
    since: Changes | None = None,
    unsent_mails: Sequence[str] = (),
    show_name: TextFilter = mask_name,
    asked: Sequence[NumberedQuestion] = (),
    answer_address: str = "",
    answer_notes: Sequence[str] = (),
    last_digest: datetime | None = None,
    file_notes: Mapping[str, Sequence[str]] = MappingProxyType({}),
    audit_head: str = "",
) -> Digest:
    """Builds the digest from the ledger's assessment.

    Args:
        files: the quarantined ones.
        due: the notice's date due, for the headline.
        roster: units by name, for stage, contact and telephone.
        rolls: who is in school, for the workbook.
        past: what rose or fell much against a unit's own past.
        since: changes since the last digest that was sent.
        unsent_mails: mails of ours that could not be sent, a line each.
        show_name: a child's name as the mail may show it.
        asked: the open questions, numbered; ``answer_address`` is where replies are answers to them.
        answer_notes: what is to be told of answers by mail, a line each.
        last_digest: when the digest before was sent; what it told of the past is not told in the mail again.
        file_notes: what people remarked on files, by file id.
        audit_head: the newest entry of the audit trail.
    """
    status = assessment.status
    as_of = status.as_of
    zone = as_of.tzinfo if isinstance(as_of.tzinfo, ZoneInfo) else None
    due = due.astimezone(as_of.tzinfo) if isinstance(due, datetime) else due
    due_day = due.date() if isinstance(due, datetime) else due
    mask_names = build_name_masker(_child_names(assessment), show_name)
    triggered = frozenset(form.key for form in notice.forms if form.trigger is not None)
    obligation_lines = build_obligation_lines(status, assessment.gaps, roster, notice.units.kinds, mask_names)
    counted, waiting = split_by_due(obligation_lines)
    is_near_due = due_day is not None and (due_day - as_of.date()).days <= REMIND_DAYS
    missing, incomplete = (
        build_unit_lines(obligation_lines, ShownState.MISSING),
        build_unit_lines(obligation_lines, ShownState.INCOMPLETE),
    )
    order = {unit: place for place, unit in enumerate(roster)}
    open_cases = build_case_lines(
        assessment.cases, as_of.date(), notice.visit_record, roster, show_name, mask_names
    )
    question_lines = build_question_lines(asked, ANSWER_BY_MAIL if answer_address else ANSWER_ELSEWHERE)
    questions = by_key(question_lines)
    suspected = build_suspected_lines(assessment.suspected, show_name, questions)
    findings = build_finding_lines(
        assessment.findings,
        show_name,
        mask_names,
        without_repeated_gaps(assessment.findings, assessment.gaps),
        order,
        questions,
    )
    waiting_files = build_file_lines(files, zone, mask_names, questions, file_notes)
    phones = {name: unit.phone for name, unit in roster.items() if unit.phone}
    unconfirmed = build_unconfirmed_lines(assessment.unconfirmed, zone, phones, questions)
    return Digest(
        notice_title=notice.title,
        office=office,
        authority=notice.authority,
        work_file_name=notice.work_file,
        without_points=_kinds_without_points(notice),
        group_channel=notice.group_channel,
        title=_county(office) + "控辍保学简报",
        as_of=as_of,
        due=due_day,
        due_words=format_due(due) if due is not None else "",
        phase=_phase(as_of, due),
        numbers=count_obligations(counted),
        not_yet_due=count_obligations(waiting),
        by_form=_tallies(counted, lambda each: each.title, recent_titles(_by_form(counted))),
        by_group=_tallies(
            counted, lambda each: each.group, tuple(dict.fromkeys(each.group for each in counted))
        ),
        obligations=obligation_lines,
        missing=missing,
        under_review=build_unit_lines(obligation_lines, ShownState.REVIEW),
        pending=build_unit_lines((each for each in obligation_lines if each.due), ShownState.PENDING)
        if is_near_due
        else (),
        late=build_unit_lines(obligation_lines, ShownState.LATE),
        incomplete=incomplete,
        changes=since,
        action_items=build_action_item_sections(
            missing=missing,
            incomplete=incomplete,
            cases=open_cases,
            suspected=suspected,
            files=waiting_files,
            unconfirmed=unconfirmed,
            findings=findings,
            triggered=triggered,
            today=as_of.date(),
        ),
        course=trace_course(counted, assessment.cases, as_of, count_obligations(counted).expected, due_day),
        first_complete=_first_complete(status),
        cases=open_cases,
        suspected=suspected,
        observed=build_observed_lines(assessment.cases),
        findings=findings,
        unsent_mails=tuple(unsent_mails),
        files=waiting_files,
        unconfirmed=unconfirmed,
        deductions=build_deduction_lines(status, obligation_lines, notice.authority),
        papers=build_paper_lines(obligation_lines),
        problems=build_problem_lines(assessment.problems),
        past=build_past_lines(past, phones, last_digest),
        audit_head=audit_head,
        rolls=rolls,
        group_message=build_group_message(obligation_lines, as_of, due if is_near_due else None, triggered),
        is_notice_over=notice.is_over(as_of.date()),
        answer_notes=tuple(answer_notes),
        answer_address=answer_address,
        questions=question_lines,
        unit_names=tuple(roster),
        phones=phones,
        forms=tuple(form.key for form in notice.forms),
    )


def _kinds_without_points(notice: Notice) -> tuple[str, ...]:
    return tuple(
        word
        for kind, word in notice.units.kinds.items()
        if any(form.owed and kind in form.senders for form in notice.forms) and not notice.deducts_from(kind)
    )


def _child_names(assessment: Assessment) -> set[str]:
    """Every child whom the digest may name."""
    children = {case.name for case in (*assessment.cases, *assessment.suspected)}
    asked_about = {name for finding in assessment.findings for name in (finding.name, *finding.names)}
    return children | asked_about | {name for gap in assessment.gaps for name in gap.names}


def _first_complete(status: Status) -> tuple[str, ...]:
    """The ten units that had everything in first, none of it late."""
    done = [
        (max(form.received_at for form in owed if form.received_at), unit.unit)
        for unit in status.units
        if (owed := [form for form in unit.forms if form.owed])
        and all(form.state is FormState.RECEIVED and not form.late for form in owed)
    ]
    return tuple(unit for _, unit in sorted(done)[:FIRST_COMPLETE_UNITS])


def _tallies(
    obligation_lines: list[ObligationLine], key: Callable[[ObligationLine], str], keys: Sequence[str]
) -> tuple[tuple[str, ObligationCounts], ...]:
    """A tally for each of these keys with something owed."""
    tallies = (
        (name, count_obligations(each for each in obligation_lines if key(each) == name)) for name in keys
    )
    return tuple((name, one) for name, one in tallies if one.expected)


def _by_form(obligation_lines: Iterable[ObligationLine]) -> list[ObligationLine]:
    """The lines by form; 附件10 comes after 附件9."""
    return sorted(obligation_lines, key=lambda each: form_order(each.form))


def _phase(as_of: datetime, due: datetime | date | None) -> str:
    """Where an instant stands to the date due, whose hour is said where it has one."""
    if due is None:
        return ""
    day = due.date() if isinstance(due, datetime) else due
    words, days = format_due(due), (as_of.date() - day).days
    if days > 0:
        return f"截止{words}后第{days}天"
    if days < 0:
        return f"距截止{words}还有{-days}天"
    hour = words.removeprefix(format_day(day))
    return f"今天{hour}已截止" if hour and isinstance(due, datetime) and as_of > due else f"今天{hour}截止"


def _county(office: str) -> str:
    """石柱县 out of 石柱县教委乡村教育振兴办; the whole name where no county stands in front."""
    match = re.match(r".{1,12}?(?:自治县|[县区市旗])", office)
    return match.group() if match else office
