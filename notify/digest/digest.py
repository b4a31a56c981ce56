"""The digest as a value: every list whole, every number computed, nothing left for a template to decide."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.units.roster import Unit
from ledger.assessment import Assessment, Changes
from ledger.lists.rolls import Rolls
from ledger.results import FormState, Status
from notify.digest.action_items import AskSection, ask_sections
from notify.digest.case_lines import CaseLine, case_lines
from notify.digest.chart import Progress, progress
from notify.digest.file_lines import FileLine, ProblemLine, file_lines, problem_lines
from notify.digest.finding_lines import FindingLine, SuspectLine, finding_lines, suspect_lines
from notify.digest.obligation_cells import Cell, Obligation, Tally, obligations, tally
from notify.digest.unit_lines import DeductionLine, UnitLine, deduction_lines, group_message, unit_lines
from notify.shown_names import Shown, concealer, mask_name
from store.stored_values import StoredFile

FIRST = 10
REMIND_DAYS = 3
"""From three days before the date due, the digest lists who has not sent yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What the office reads on one day, for one notice."""

    notice: str
    notice_title: str
    office: str
    title: str
    as_of: datetime
    due: date | None
    phase: str
    """Where the day stands to the date due: 截止9月25日后第1天."""
    numbers: Tally
    """Of what is due; before the first date due, of everything owed."""
    not_yet_due: Tally
    by_form: tuple[tuple[str, Tally], ...]
    by_group: tuple[tuple[str, Tally], ...]
    obligations: tuple[Obligation, ...]
    missing: tuple[UnitLine, ...]
    under_review: tuple[UnitLine, ...]
    pending: tuple[UnitLine, ...]
    late: tuple[UnitLine, ...]
    incomplete: tuple[UnitLine, ...]
    changes: Changes | None
    """Since the digest sent last, if one was."""
    asks: tuple[AskSection, ...]
    progress: Progress
    first_complete: tuple[str, ...]
    cases: tuple[CaseLine, ...]
    suspected: tuple[SuspectLine, ...]
    findings: tuple[FindingLine, ...]
    unsent: tuple[str, ...]
    """Mails of ours that could not be sent."""
    files: tuple[FileLine, ...]
    deductions: tuple[DeductionLine, ...]
    problems: tuple[ProblemLine, ...]
    rolls: Rolls
    group_message: str

    @property
    def headline(self) -> str:
        return f"{self.title} · {self.as_of.month}月{self.as_of.day}日" + (
            f"({self.phase})" if self.phase else ""
        )

    @property
    def subject(self) -> str:
        """The headline's date with the numbers that ask for action."""
        counts = (
            ("未报", self.numbers.silent),
            ("待报", self.numbers.pending),
            ("待核", self.numbers.under_review),
            ("不完整", self.numbers.incomplete),
            ("未返校", len(self.cases)),
            ("疑似", len(self.suspected)),
            ("待处理文件", len(self.files)),
        )
        said = " ".join(f"{word}{count}" for word, count in counts if count)
        return f"{self.title} {self.as_of.month}月{self.as_of.day}日:{said or '无待办事项'}"

    @property
    def numbers_line(self) -> str:
        """The figures in one line, in the order people ask for them."""
        n = self.numbers
        came = (
            f"已报{n.received}({n.rate}) · 待报{n.pending}"
            if n.pending
            else (f"按时{n.on_time}({n.on_time_rate}) · 迟报{n.late}")
        )
        return (
            f"应报{n.expected} · {came} · 未报{n.silent} · 不完整{n.incomplete} · 已来件待核{n.under_review}"
            f" · 零报告{n.nil} · 未返校个案{len(self.cases)} · 疑似{len(self.suspected)}"
        )

    @property
    def identity_line(self) -> str:
        """How the figures add up, so that anybody can check."""
        n = self.numbers
        parts = [
            ("按时", n.on_time),
            ("迟报", n.late),
            ("不完整", n.incomplete),
            ("待核", n.under_review),
            ("未报", n.silent),
            ("未到期", n.pending),
        ]
        sum_up = " + ".join(f"{word}{count}" for word, count in parts if count) or "0"
        later = self.not_yet_due
        waiting = f"；另有未到期{later.expected}项，已报{later.received}项" if later.expected else ""
        return (
            f"单位×附件计：应报{n.expected} = {sum_up}{waiting}"
            if n.expected
            else f"目前没有应报事项{waiting}"
        )

    @property
    def overdue_cases(self) -> int:
        return sum(case.days_overdue > 0 for case in self.cases)

    @property
    def is_clean(self) -> bool:
        """Nothing to chase, nobody out of school, no file waiting."""
        n = self.numbers
        waiting = self.pending or self.cases or self.suspected or self.files or self.unsent
        return not (n.missing or n.incomplete or n.pending or waiting)

    @property
    def changes_line(self) -> str:
        """What came about since the digest sent last; empty where nothing did."""
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
    notice_title: str,
    due: datetime | date | None,
    contacts: Mapping[str, Unit],
    triggered: frozenset[str],
    rolls: Rolls,
    since: Changes | None = None,
    unsent: Sequence[str] = (),
    shown: Shown = mask_name,
) -> Digest:
    """Everything the digest says, from what the ledger judged.

    Args:
        files: the quarantined ones.
        due: the notice's date due, for the headline.
        contacts: the roster by name: stage, contact and telephone of each unit.
        triggered: forms owed only because a child is out of school.
        rolls: who is in school, for the workbook.
        since: what changed since the digest sent last.
        unsent: mails of ours that could not be sent.
        shown: a child's name as the mail may show it.
    """
    status = assessment.status
    as_of = status.as_of
    zone = as_of.tzinfo if isinstance(as_of.tzinfo, ZoneInfo) else None
    last_day = _day(due, as_of)
    conceal = concealer(_names(assessment), shown)
    cells = obligations(status, assessment.gaps, contacts, conceal)
    due_cells = [each for each in cells if each.is_due]
    counted = (
        due_cells if any(each.cell not in (Cell.NOT_OWED, Cell.EXTRA) for each in due_cells) else list(cells)
    )
    waiting = [each for each in cells if not each.is_due] if counted is due_cells else []
    near = last_day is not None and (last_day - as_of.date()).days <= REMIND_DAYS
    missing, incomplete = unit_lines(cells, Cell.MISSING), unit_lines(cells, Cell.INCOMPLETE)
    children = case_lines(assessment.cases, as_of.date(), shown, conceal)
    suspects = suspect_lines(assessment.suspected, shown)
    findings = finding_lines(assessment.findings, shown, conceal)
    waiting_files = file_lines(files, zone, conceal)
    return Digest(
        notice=status.notice,
        notice_title=notice_title,
        office=office,
        title=_county(office) + "控辍保学简报",
        as_of=as_of,
        due=last_day,
        phase=_phase(as_of.date(), last_day),
        numbers=tally(counted),
        not_yet_due=tally(waiting),
        by_form=_tallies(counted, lambda each: each.form, by_name=True),
        by_group=_tallies(counted, lambda each: each.group),
        obligations=cells,
        missing=missing,
        under_review=unit_lines(cells, Cell.REVIEW),
        pending=unit_lines(cells, Cell.PENDING) if near else (),
        late=unit_lines(cells, Cell.LATE),
        incomplete=incomplete,
        changes=since,
        asks=ask_sections(
            missing=missing,
            incomplete=incomplete,
            cases=children,
            suspected=suspects,
            files=waiting_files,
            findings=findings,
            triggered=triggered,
            today=as_of.date(),
        ),
        progress=progress(status),
        first_complete=_first_complete(status),
        cases=children,
        suspected=suspects,
        findings=findings,
        unsent=tuple(unsent),
        files=waiting_files,
        deductions=deduction_lines(status, cells),
        problems=problem_lines(assessment.problems),
        rolls=rolls,
        group_message=group_message(cells, as_of, last_day if near else None),
    )


def _names(assessment: Assessment) -> set[str]:
    """Every child whom the digest may name."""
    children = {case.name for case in (*assessment.cases, *assessment.suspected)}
    asked = {name for finding in assessment.findings for name in (finding.name, *finding.names)}
    return children | asked | {name for gap in assessment.gaps for name in gap.names}


def _first_complete(status: Status) -> tuple[str, ...]:
    """The ten units that had everything in first, none of it late."""
    done = [
        (max(form.received_at for form in owed if form.received_at), unit.unit)
        for unit in status.units
        if (owed := [form for form in unit.forms if form.owed])
        and all(form.state is FormState.RECEIVED and not form.late for form in owed)
    ]
    return tuple(unit for _, unit in sorted(done)[:FIRST])


def _tallies(
    cells: list[Obligation], key: Callable[[Obligation], str], *, by_name: bool = False
) -> tuple[tuple[str, Tally], ...]:
    """A tally for each key with something owed; 附件10 comes after 附件9."""
    keys = list(dict.fromkeys(key(each) for each in cells))
    if by_name:
        keys.sort(key=lambda name: (len(name), name))
    tallies = ((name, tally(each for each in cells if key(each) == name)) for name in keys)
    return tuple((name, one) for name, one in tallies if one.expected)


def _day(due: datetime | date | None, as_of: datetime) -> date | None:
    return due.astimezone(as_of.tzinfo).date() if isinstance(due, datetime) else due


def _phase(today: date, due: date | None) -> str:
    if due is None:
        return ""
    day, days = f"{due.month}月{due.day}日", (today - due).days
    if days > 0:
        return f"截止{day}后第{days}天"
    return "今天截止" if days == 0 else f"距截止{day}还有{-days}天"


def _county(office: str) -> str:
    """石柱县 out of 石柱县教委乡村教育振兴办; the whole name where no county stands in front."""
    found = re.match(r".{1,12}?(?:自治县|[县区市旗])", office)
    return found.group() if found else office
