"""Builds the daily digest of what the ledger judged and what the office knows besides."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from config.notice import Notice
from config.text.output_mask import OutputMask, TextFilter, build_name_masker, mask_name
from config.units.roster import Unit
from ledger.assessment import Assessment
from ledger.changes import Changes
from ledger.crosscheck.making_findings import without_repeated_gaps
from ledger.lists.past_figures import PastDifference
from ledger.lists.rolls import RollLine
from ledger.questions.open_questions import NumberedQuestion
from ledger.results import FormState, Status
from notify.county_course import trace_course
from notify.digest.action_items import ActionItemSection, WaitingLines, build_action_item_sections
from notify.digest.digest import Digest
from notify.digest.due_dates import is_near_due
from notify.digest.group_message import build_group_message
from notify.digest.lines.children.case_lines import CaseLine, build_case_lines
from notify.digest.lines.children.observed_lines import build_observed_lines
from notify.digest.lines.children.suspected_lines import SuspectedLine, build_suspected_lines
from notify.digest.lines.file_lines import FileLine, build_file_lines
from notify.digest.lines.finding_lines import FindingLine, build_finding_lines
from notify.digest.lines.problem_lines import build_problem_lines
from notify.digest.lines.question_lines import QuestionLine, build_question_lines, by_key
from notify.digest.lines.unconfirmed_lines import UnconfirmedLine, build_unconfirmed_lines
from notify.digest.lines.units.deduction_lines import build_deduction_lines
from notify.digest.lines.units.paper_lines import build_paper_lines
from notify.digest.lines.units.past_lines import build_past_lines
from notify.digest.lines.units.unit_lines import UnitLine, build_unit_lines
from notify.form_labels import form_order, recent_titles
from notify.obligation_lines import (
    ObligationCounts,
    ObligationLine,
    ShownState,
    build_obligation_lines,
    count_obligations,
    split_by_due,
)
from notify.shown_dates import format_day, format_due
from store.stored_values import QuestionKey, StoredFile

FIRST_COMPLETE_UNITS = 10
ANSWER_ELSEWHERE, ANSWER_BY_MAIL = "可答\uff1a", "回复\uff1a"
"""The words before an answer: either an administrator types it, or it is written in a reply."""


@dataclass(frozen=True, kw_only=True)
class DigestSources:
    """The values from which a digest is built."""

    assessment: Assessment
    files: Iterable[StoredFile]
    """The quarantined files."""
    office: str
    notice: Notice
    due: datetime | date | None
    """The notice's due date, for the headline."""
    roster: Mapping[str, Unit]
    """The units by name; their stage, contact and telephone are used."""
    rolls: Sequence[RollLine]
    """The rolls, for the workbook."""
    past: Iterable[PastDifference] = ()
    """The figures of units that changed much against their own past."""
    since: Changes | None = None
    """Changes since the last digest that was sent."""
    unsent_mails: Sequence[str] = ()
    """Our mails that could not be sent, one line each."""
    show_name: TextFilter = mask_name
    """Returns a child's name as the mail may show it."""
    mask: OutputMask = field(default_factory=OutputMask)
    """How the lines and the workbook show persons."""
    asked: Sequence[NumberedQuestion] = ()
    """The open questions, numbered."""
    answer_address: str = ""
    """The address to which replies are answers; empty if replies are not read as answers."""
    answer_notes: Sequence[str] = ()
    """The news about answers by mail, one line each."""
    last_digest: datetime | None = None
    """When the previous digest was sent; the mail does not repeat its changed figures."""
    file_notes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By file id, people's remarks on the file."""
    audit_head: str = ""
    """The newest entry of the audit trail."""

    @property
    def as_of(self) -> datetime:
        """The instant that the digest speaks of."""
        return self.assessment.status.as_of

    @property
    def zone(self) -> ZoneInfo | None:
        """The office's time zone, where the instant has one."""
        return self.as_of.tzinfo if isinstance(self.as_of.tzinfo, ZoneInfo) else None

    @property
    def due_moment(self) -> datetime | date | None:
        """The due date, or the due instant in the office's zone if it has an hour."""
        return self.due.astimezone(self.as_of.tzinfo) if isinstance(self.due, datetime) else self.due

    @property
    def due_day(self) -> date | None:
        """The day that the digest counts to, or None if the notice has no due date."""
        moment = self.due_moment
        return moment.date() if isinstance(moment, datetime) else moment

    @property
    def near_due(self) -> datetime | date | None:
        """The due date if units are to be reminded of it now, before it; else None."""
        day = self.due_day
        return (
            self.due_moment
            if day is not None and self.as_of.date() <= day and is_near_due(day, self.as_of)
            else None
        )

    @property
    def triggered(self) -> frozenset[str]:
        """The forms that are owed only because of a particular child."""
        return frozenset(form.key for form in self.notice.forms if form.trigger is not None)

    @property
    def phones(self) -> dict[str, str]:
        """Maps units to their telephones on the roster; those without one are left out."""
        return {name: unit.phone for name, unit in self.roster.items() if unit.phone}


class _Lines:
    """The lines of a digest; each list is built once, because others use it."""

    def __init__(self, sources: DigestSources) -> None:
        self._sources = sources
        self._mask_names = (
            sources.mask.names
            if sources.mask.hides_names
            else build_name_masker(_child_names(sources.assessment), sources.show_name)
        )
        assessment = sources.assessment
        self.obligations = build_obligation_lines(
            assessment.status, assessment.gaps, sources.roster, sources.notice.units.kinds, self._mask_names
        )
        self.counted, self.waiting = split_by_due(self.obligations)

    def units(self, state: ShownState) -> tuple[UnitLine, ...]:
        """Returns the units with an obligation in this state."""
        return build_unit_lines(self.obligations, state)

    @cached_property
    def pending(self) -> tuple[UnitLine, ...]:
        as_of = self._sources.as_of
        near = (
            each
            for each in self.obligations
            if each.due and is_near_due(each.due.astimezone(as_of.tzinfo).date(), as_of)
        )
        return build_unit_lines(near, ShownState.PENDING)

    @cached_property
    def questions(self) -> tuple[QuestionLine, ...]:
        by_mail = bool(self._sources.answer_address)
        return build_question_lines(
            self._sources.asked, ANSWER_BY_MAIL if by_mail else ANSWER_ELSEWHERE, self._sources.mask
        )

    @cached_property
    def _questions_by_key(self) -> Mapping[QuestionKey, QuestionLine]:
        return by_key(self.questions)

    @cached_property
    def cases(self) -> tuple[CaseLine, ...]:
        sources = self._sources
        return build_case_lines(
            sources.assessment.cases,
            sources.as_of.date(),
            sources.notice.visit_record,
            sources.roster,
            sources.show_name,
            self._mask_names,
        )

    @cached_property
    def suspected(self) -> tuple[SuspectedLine, ...]:
        sources = self._sources
        return build_suspected_lines(sources.assessment.suspected, sources.show_name, self._questions_by_key)

    @cached_property
    def findings(self) -> tuple[FindingLine, ...]:
        assessment = self._sources.assessment
        return build_finding_lines(
            assessment.findings,
            self._sources.show_name,
            self._mask_names,
            without_repeated_gaps(assessment.findings, assessment.gaps),
            {unit: place for place, unit in enumerate(self._sources.roster)},
            self._questions_by_key,
        )

    @cached_property
    def files(self) -> tuple[FileLine, ...]:
        sources = self._sources
        return build_file_lines(
            sources.files, sources.zone, self._mask_names, self._questions_by_key, sources.file_notes
        )

    @cached_property
    def unconfirmed(self) -> tuple[UnconfirmedLine, ...]:
        sources = self._sources
        return build_unconfirmed_lines(
            sources.assessment.unconfirmed, sources.zone, sources.phones, self._questions_by_key
        )

    @cached_property
    def action_items(self) -> tuple[ActionItemSection, ...]:
        waiting = WaitingLines(
            missing=self.units(ShownState.MISSING),
            incomplete=self.units(ShownState.INCOMPLETE),
            cases=self.cases,
            suspected=self.suspected,
            files=self.files,
            unconfirmed=self.unconfirmed,
            findings=self.findings,
        )
        return build_action_item_sections(waiting, self._sources.triggered, self._sources.as_of.date())


def build_digest(sources: DigestSources) -> Digest:
    """Builds the digest of what the ledger judged."""
    lines, notice, assessment = _Lines(sources), sources.notice, sources.assessment
    counts, due = count_obligations(lines.counted), sources.due_moment
    return Digest(
        notice_title=notice.title,
        office=sources.office,
        authority=notice.authority,
        work_file_name=notice.work_file,
        without_points=_kinds_without_points(notice),
        group_channel=notice.group_channel,
        title=_county(sources.office) + "控辍保学简报",
        as_of=sources.as_of,
        due=sources.due_day,
        due_words=format_due(due) if due is not None else "",
        phase=_phase(sources.as_of, due),
        numbers=counts,
        not_yet_due=count_obligations(lines.waiting),
        by_form=_tallies_by_form(lines.counted),
        by_group=_tallies_by_group(lines.counted),
        obligations=lines.obligations,
        missing=lines.units(ShownState.MISSING),
        under_review=lines.units(ShownState.REVIEW),
        pending=lines.pending,
        late=lines.units(ShownState.LATE),
        incomplete=lines.units(ShownState.INCOMPLETE),
        changes=sources.since,
        action_items=lines.action_items,
        course=trace_course(lines.counted, assessment.cases, sources.as_of, counts.expected, sources.due_day),
        first_complete=_first_complete(assessment.status),
        cases=lines.cases,
        suspected=lines.suspected,
        observed=build_observed_lines(assessment.cases),
        findings=lines.findings,
        unsent_mails=tuple(sources.unsent_mails),
        files=lines.files,
        unconfirmed=lines.unconfirmed,
        deductions=build_deduction_lines(assessment.status, lines.obligations, notice.authority),
        papers=build_paper_lines(lines.obligations),
        problems=build_problem_lines(assessment.problems, sources.mask),
        past=build_past_lines(sources.past, sources.phones, sources.last_digest),
        audit_head=sources.audit_head,
        mask=sources.mask,
        rolls=sources.rolls,
        group_message=build_group_message(
            lines.obligations, sources.as_of, sources.near_due, sources.triggered
        ),
        is_notice_over=notice.is_over(sources.as_of.date()),
        answer_notes=tuple(sources.answer_notes),
        answer_address=sources.answer_address,
        questions=lines.questions,
        unit_names=tuple(sources.roster),
        phones=sources.phones,
        forms=tuple(form.key for form in notice.forms),
    )


def _kinds_without_points(notice: Notice) -> tuple[str, ...]:
    return tuple(
        word
        for kind, word in notice.units.kinds.items()
        if any(form.owed and kind in form.senders for form in notice.forms) and not notice.deducts_from(kind)
    )


def _child_names(assessment: Assessment) -> set[str]:
    """Returns the names of all children in the assessment."""
    children = {case.name for case in (*assessment.cases, *assessment.suspected)}
    asked_about = {name for finding in assessment.findings for name in (finding.name, *finding.names)}
    return children | asked_about | {name for gap in assessment.gaps for name in gap.names}


def _first_complete(status: Status) -> tuple[str, ...]:
    """Returns the first ten units that were complete, with nothing late."""
    done = [
        (max(form.received_at for form in owed if form.received_at), unit.unit)
        for unit in status.units
        if (owed := [form for form in unit.forms if form.owed])
        and all(form.state is FormState.RECEIVED and not form.late for form in owed)
    ]
    return tuple(unit for _, unit in sorted(done)[:FIRST_COMPLETE_UNITS])


def _tallies_by_form(counted: Sequence[ObligationLine]) -> tuple[tuple[str, ObligationCounts], ...]:
    return _tallies(counted, lambda each: each.title, recent_titles(_by_form(counted)))


def _tallies_by_group(counted: Sequence[ObligationLine]) -> tuple[tuple[str, ObligationCounts], ...]:
    return _tallies(counted, lambda each: each.group, tuple(dict.fromkeys(each.group for each in counted)))


def _tallies(
    obligation_lines: Sequence[ObligationLine], key: Callable[[ObligationLine], str], keys: Sequence[str]
) -> tuple[tuple[str, ObligationCounts], ...]:
    """Returns counts for each key that has an obligation."""
    tallies = (
        (name, count_obligations(each for each in obligation_lines if key(each) == name)) for name in keys
    )
    return tuple((name, one) for name, one in tallies if one.expected)


def _by_form(obligation_lines: Iterable[ObligationLine]) -> list[ObligationLine]:
    """Returns the lines sorted by form; 附件10 comes after 附件9."""
    return sorted(obligation_lines, key=lambda each: form_order(each.form))


def _phase(as_of: datetime, due: datetime | date | None) -> str:
    """Returns in words how far the due date is; with its hour if it has one."""
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
    """Returns the county at the start of the office's name (石柱县), or the whole name if there is none."""
    match = re.match(r".{1,12}?(?:自治县|[县区市旗])", office)
    return match.group() if match else office
