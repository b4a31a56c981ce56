"""Defines the daily digest as a value, with complete lists and computed numbers, so that templates only print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from config.answers.answer_words import QuestionKind
from config.text.output_mask import OutputMask
from ledger.changes import Changes
from ledger.lists.rolls import RollLine
from ledger.results import CaseState
from ledger.state_words import CASE_STATE_WORDS
from notify.county_course import CountyCourse
from notify.digest.action_items import ActionItemSection
from notify.digest.lines.children.case_lines import CaseLine
from notify.digest.lines.children.observed_lines import ObservedLine
from notify.digest.lines.children.suspected_lines import SuspectedLine
from notify.digest.lines.file_lines import FileLine
from notify.digest.lines.finding_lines import FindingLine
from notify.digest.lines.problem_lines import ProblemLine
from notify.digest.lines.question_lines import QuestionLine
from notify.digest.lines.unconfirmed_lines import UnconfirmedLine
from notify.digest.lines.units.deduction_lines import DeductionLine
from notify.digest.lines.units.paper_lines import PaperLine
from notify.digest.lines.units.past_lines import PastLine
from notify.digest.lines.units.unit_lines import UnitLine
from notify.obligation_lines import (
    ObligationCounts,
    ObligationLine,
    paper_sentence,
)
from notify.shown_dates import format_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The content of the office's digest on one day, for one notice."""

    notice_title: str
    office: str
    authority: str
    """The authority that decides about points."""
    work_file_name: str
    """The name of the file that is kept on each child who returned (一生一案)."""
    without_points: tuple[str, ...]
    """The kinds of units for which the notice gives no figure."""
    group_channel: str
    """The chat group to which the paragraph for all units is sent."""
    title: str
    as_of: datetime
    due: date | None
    due_words: str
    """The due date in words, with its hour if it has one."""
    phase: str
    """The day relative to the due date: 截止9月25日后第1天."""
    numbers: ObligationCounts
    """The counts of what is due; before the first due date, of everything owed."""
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
    """The changes since the last digest that was sent; None for the first."""
    action_items: tuple[ActionItemSection, ...]
    course: CountyCourse
    first_complete: tuple[str, ...]
    cases: tuple[CaseLine, ...]
    suspected: tuple[SuspectedLine, ...]
    observed: tuple[ObservedLine, ...]
    findings: tuple[FindingLine, ...]
    unsent_mails: tuple[str, ...]
    """Our mails that could not be sent."""
    files: tuple[FileLine, ...]
    unconfirmed: tuple[UnconfirmedLine, ...]
    """The mail of unproven senders, one line for each sender and unit."""
    deductions: tuple[DeductionLine, ...]
    papers: tuple[PaperLine, ...]
    problems: tuple[ProblemLine, ...]
    past: tuple[PastLine, ...]
    """The figures of units that changed much against their own past."""
    rolls: Sequence[RollLine]
    group_message: str
    audit_head: str
    """The newest entry of the audit trail, by which whoever has the mail can tell whether later entries were cut off."""
    mask: OutputMask
    """How the workbook shows children."""
    is_notice_over: bool
    """Whether the notice's semester has passed."""
    answer_notes: tuple[str, ...]
    """The answers by mail that wait for confirmation or were refused."""
    answer_address: str
    """The address to which a reply answers questions; empty if no reply does."""
    questions: tuple[QuestionLine, ...]
    """Everything that waits for a person, each with its number."""
    unit_names: tuple[str, ...]
    phones: Mapping[str, str]
    """By unit, the telephone number to call."""
    forms: tuple[str, ...]

    @property
    def headline(self) -> str:
        """The first line: title, day and phase of the semester."""
        return f"{self.title} · {format_day(self.as_of)}" + (f"({self.phase})" if self.phase else "")

    @property
    def subject(self) -> str:
        """The subject: the date and the numbers that need action."""
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
        """The figures in one line, the most requested first."""
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
        """The sum of the figures, so that it can be checked."""
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
        """The state of the paper copies, with the number of units to remind; empty until the office records any."""
        if not any(line.received for line in self.papers):
            return ""
        waiting = sum(bool(line.to_remind) for line in self.papers)
        remind = f"；电子件已到、纸质件未交的{waiting}家，见附表“纸质件”" if waiting else ""
        return f"{paper_sentence(self.obligations)}{remind}"

    @property
    def over_line(self) -> str:
        """A sentence for a notice whose semester is over; empty during it."""
        if not self.is_notice_over:
            return ""
        return f"“{self.notice_title}”的学期已经过去,仍按它计算:请管理员换上新学期的通知"

    @property
    def overdue_cases(self) -> int:
        """The number of children whose next visit is past its day."""
        return sum(case.days_overdue > 0 for case in self.cases)

    @property
    def without_work_file(self) -> int:
        """The number of children in 返校观察 without a 一生一案."""
        return sum(line.work_file is None for line in self.observed)

    @property
    def is_clean(self) -> bool:
        """Returns whether no unit is to be reminded, no child is out of school and no file is quarantined."""
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
