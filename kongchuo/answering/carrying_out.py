"""Carries out one mail: makes the decisions that its sender may make, answers requests, and writes the reply."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from config.answers.answer_words import CommandKey, answer_table
from config.errors import ConfigError, KongchuoError
from config.settings import PersonSettings
from config.text.masking import mask_quoted
from config.text.output_mask import build_name_masker
from ingest.pipeline import foresee_reading
from kongchuo.answering.asked_reminders import PREVIEW
from kongchuo.answering.asked_reports import Asked, AskedReports
from kongchuo.answering.letter_post import Post
from kongchuo.answering.reply_judging import CONFIRMATION, ReplyRules
from kongchuo.decisions.apply_answer import Applied, apply_reading, context_of, earlier_answer
from kongchuo.decisions.asking import questions_by_number
from kongchuo.decisions.decide import Desk
from ledger.questions.answer_readings import Answer, AnswerContext, Command, Reading, Unclear
from ledger.questions.read_answers import read_answers, read_row, read_tapped
from notify.answers.answer_letters import (
    AnswerLetter,
    ToldLine,
    Transcript,
    help_letter,
    overridden_letter,
    shorten,
    transcript_letter,
)
from notify.answers.report_sections import ReportSection
from store.answers.answer_mails import StoredReply
from store.decisions import ActDraft, AssignmentDraft, RereadDraft, Step, WhoDecided
from store.outbox import JoinedMail, MailDraft
from store.stored_values import OutboxMail, StoredAssignment, StoredQuestion

log = logging.getLogger(__name__)

TRANSCRIPT, OVERRIDDEN = "transcript", "overridden"
HELP = f"{TRANSCRIPT}:help:"
"""The beginning of the key of a mail that only explains."""
MOST_ASKED_BACK = 10
"""The most requests to confirm and explaining letters to one person in a day; more would be a loop or a flood."""
MOST_GIVEN = 40
"""The most mails with requested reports to one person in a day."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidMail:
    """A mail that may be carried out.

    Attributes:
        told_at: when the mail that this one answers was made.
        answers: the mail that this one answers, if any.
        tell_to: the mail that gets the reply; another one than ``reply`` where that confirmed it.
    """

    reply: StoredReply
    person: PersonSettings
    told_at: datetime
    answers: OutboxMail | None
    tell_to: StoredReply


@dataclass(frozen=True, slots=True)
class Telling:
    """The reply to a person in this pass; results of further mails are added, so that one reply is sent per pass."""

    key: str
    said: Transcript


@dataclass(slots=True)
class CarriedOut:
    """The result of one mail; ``mails`` is empty where too many replies were sent today."""

    steps: list[tuple[Step, WhoDecided]] = field(default_factory=list)
    mails: list[MailDraft] = field(default_factory=list)
    too_many: bool = False
    telling: Telling | None = None
    """The reply that may still be added to; None where the mail got a reply of its own."""
    telling_alone: Telling | None = None
    """The same, for the case that the reply it was added to was already sent."""


def asked_back_today(person: PersonSettings, rules: ReplyRules) -> int:
    """Returns how many mails to a person today only ask back or explain."""
    return _count_today(person, rules, lambda mail: mail.purpose == CONFIRMATION or mail.key.startswith(HELP))


def _given_today(person: PersonSettings, rules: ReplyRules) -> int:
    return _count_today(person, rules, lambda mail: mail.purpose == TRANSCRIPT)


def _count_today(person: PersonSettings, rules: ReplyRules, is_meant: Callable[[OutboxMail], bool]) -> int:
    return sum(
        mail.queued_at > rules.now - _DAY and mail.recipients == (person.mailbox,) and is_meant(mail)
        for mail in rules.mails
    )


def carry_out(post: Post, mail: SaidMail, rules: ReplyRules, before: Telling | None) -> CarriedOut:
    """Returns the changes that a mail makes and the replies to it; nothing is written.

    Args:
        before: the unsent reply to earlier mails of the same person.
    """
    desk, questions = Desk(post.office, post.now), questions_by_number(post.office)
    readings = _read(context_of(desk, questions), mail.reply)
    wanted = [one for one in readings if not _asks_for_help(one)]
    asked_help = len(readings) > len(wanted)
    work = _Work(post, desk, questions, mail)
    for reading in wanted:
        work.take(reading)
    said = work.transcript()
    only_asks = bool(work.asked) and not work.decides
    if (said.only_explains and asked_back_today(mail.person, rules) >= MOST_ASKED_BACK) or (
        only_asks and _given_today(mail.person, rules) >= MOST_GIVEN
    ):
        return CarriedOut(too_many=True)
    letter = transcript_letter(post.office_name, said)
    if asked_help and not wanted:
        letter = help_letter(post.office_name, "答复的写法")
    telling = work.write(letter, said)
    if (said.done or said.not_done) and not (work.asked or asked_help):
        work.out.telling = work.out.telling_alone = Telling(telling.key, said)
        if before is not None and (joined := before.said.joined(said)) is not None:
            telling = replace(
                work.write(transcript_letter(post.office_name, joined), joined),
                joins=JoinedMail(key=before.key, alone=telling),
            )
            work.out.telling = Telling(
                telling.key, joined
            )  # of another kind than the mail alone, so of another key
    work.out.mails.insert(0, telling)
    return work.out


@dataclass(slots=True)
class _Work:
    post: Post
    desk: Desk
    questions: Mapping[int, StoredQuestion]
    mail: SaidMail
    out: CarriedOut = field(default_factory=CarriedOut)
    done: list[ToldLine] = field(default_factory=list)
    not_done: list[ToldLine] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    reports: AskedReports = field(init=False)
    later: dict[str, datetime] = field(init=False)
    """By message, the arrival of the other mails that led to decisions."""

    def __post_init__(self) -> None:
        store = self.post.office.store
        self.reports = AskedReports(self.desk, self.mail.answers)
        came_by = {one.message_id for one in store.questions.answered_mails()} - {self.mail.reply.message_id}
        self.later = {one.message_id: one.received_at for one in store.questions.replies_of(sorted(came_by))}

    @property
    def decides(self) -> bool:
        """Returns whether anything is changed, apart from mails being read again."""
        return any(not isinstance(step, RereadDraft | ActDraft) for step, _ in self.out.steps)

    def take(self, reading: Reading) -> None:
        """Carries out one line, or notes why it cannot."""
        line = shorten(mask_quoted(answer_table().hide_password(reading.line)))
        try:
            _require_role(self.mail.person, reading)
            if isinstance(reading, Command) and answer_table().command(reading.key).asks:
                self._give(self.reports.give(reading), line)
            else:
                self._apply(reading, line)
        except ConfigError as error:
            self.not_done.append(ToldLine(line, str(error)))

    def _give(self, asked: Asked, line: str) -> None:
        self.asked.append(asked)
        by = WhoDecided(who=self.mail.person.shown, when=self.post.now, came_by=self.mail.reply.message_id)
        self.out.steps += [(step, by) for step in asked.steps]
        self.out.steps.append((ActDraft(what=f"mail asked {asked.name}", children=asked.children), by))
        self.out.mails += asked.mails
        self.names += asked.names
        if asked.told:
            self.done.append(ToldLine(line, asked.told))

    def _apply(self, reading: Reading, line: str) -> None:
        if not isinstance(reading, Unclear):
            self._require_latest(reading.number)
        applied = apply_reading(self.desk, reading, self.questions, self.mail.told_at)
        self._require_latest(applied.question)
        by = WhoDecided(
            who=self.mail.person.shown,
            when=self.post.now,
            question=applied.question,
            came_by=self.mail.reply.message_id,
        )
        self.out.steps += [(step, by) for step in applied.decided.steps]
        self.names += applied.decided.names
        if applied.question is not None:
            self.numbers.append(applied.question)
        before = [who for who in applied.overridden if who != self.mail.person.shown]
        earlier = f"(以前由{'、'.join(before)}答复,已改)" if before else ""
        label = f"问{applied.question}:" if applied.question is not None else ""
        read = "".join(map(self._say_what_is_read, applied.decided.steps))
        self.done.append(ToldLine(line, f"{label}{applied.decided.sentence}{read}{earlier}"))
        self.out.mails += self._tell_overridden(applied, before)

    def _require_latest(self, number: int | None) -> None:
        if number is None:
            return
        arrived = self.mail.reply.received_at
        came_by = earlier_answer(self.desk, number).came_by
        if any(self.later.get(message_id, arrived) > arrived for message_id in came_by):
            raise ConfigError(f"问{number}已有比这封更晚的答复,以那一封为准")

    def _say_what_is_read(self, step: Step) -> str:
        """Returns a sentence with the number of children in a file that a person assigned, or that none could be read."""
        if not isinstance(step, AssignmentDraft) or step.unit is None:
            return ""
        office = self.post.office
        file = next((one for one in self.desk.files if one.file_id == step.file_id), None)
        if file is None or not file.path:
            return ""
        assignment = StoredAssignment(step.unit, step.form, self.mail.person.shown, None, None)
        try:
            draft = foresee_reading(
                office.store,
                office.reading_rules,
                file,
                assignment,
                self.post.readers,
            )
        except KongchuoError:
            log.warning("file %s could not be read before it is placed", step.file_id)
            return ""
        if draft is None or draft.outcome != "forms":
            return ",作为材料留存" if draft is not None and draft.outcome == "evidence" else ""
        count = sum(one.records for one in draft.submissions)
        if not count and any(one.nil for one in draft.submissions):
            return ",是零报告"
        return f",登记{count}人" if count else ",但表里没有读出学生,请看原件"

    def _tell_overridden(self, applied: Applied, before: Sequence[str]) -> list[MailDraft]:
        """Returns letters to the people whose earlier answers are overruled."""
        if applied.question is None or not applied.decided.steps:
            return []
        people = {one.shown: one for one in self.post.office.settings.everyone}
        told = self._mask(mask_quoted(applied.decided.sentence), applied.decided.names)
        letter = overridden_letter(self.post.office_name, applied.question, self.mail.person.shown, told)
        message_id = self.mail.reply.message_id
        return [
            self.post.letter(
                letter,
                f"{OVERRIDDEN}:{message_id}:{applied.question}:{people[who].mailbox}",
                OVERRIDDEN,
                people[who],
            )
            for who in before
            if who in people
        ]

    def _mask(self, text: str, names: Sequence[str]) -> str:
        show_name = self.post.office.settings.name_in_mail
        return build_name_masker(names, show_name)(text)

    def transcript(self) -> Transcript:
        """Returns the results line by line; children are named as in the digest."""
        asked_names = [name for one in self.asked for name in one.names]
        return Transcript(
            done=tuple(
                ToldLine(self._mask(one.written, asked_names), self._mask(mask_quoted(one.told), self.names))
                for one in self.done
            ),
            not_done=tuple(self.not_done),
            numbers=tuple(self.numbers),
            asked=tuple(one.name for one in self.asked),
            sections=self._sections(),
        )

    def _sections(self) -> tuple[ReportSection, ...]:
        sections = tuple(section for one in self.asked for section in one.sections)
        if sections and self.decides:
            note = "本邮件里的答复还没有算进去"
            last = sections[-1]
            sections = (*sections[:-1], replace(last, rest=";".join(filter(None, (last.rest, note)))))
        return sections

    def write(self, letter: AnswerLetter, said: Transcript) -> MailDraft:
        """Returns the reply."""
        answering = self.mail.tell_to
        start = HELP if said.only_explains else f"{TRANSCRIPT}:"
        if any(one.is_preview for one in self.asked):
            start = PREVIEW
        return self.post.letter(
            letter,
            f"{start}{answering.message_id}",
            TRANSCRIPT,
            self.mail.person,
            answering.reply.mail_id,
            attached=[file for one in self.asked for file in one.attached],
            digest=next((one.digest for one in self.asked if one.digest is not None), None),
        )


def _require_role(person: PersonSettings, reading: Reading) -> None:
    if isinstance(reading, Unclear):
        return
    table = answer_table()
    needed = table.command(reading.key).role if isinstance(reading, Command) else table.answering_role
    if not person.role.may(needed):
        raise ConfigError(f"您的权限是“{person.role}”,做这件事要有“{needed}”的权限:请由有权限的同志来办")


def _asks_for_help(reading: Reading) -> bool:
    return isinstance(reading, Command) and reading.key is CommandKey.HELP


def _read(context: AnswerContext, reply: StoredReply) -> tuple[Reading, ...]:
    if reply.reply.tapped is not None:
        return (read_tapped(reply.reply.tapped, context),)
    rows = [found for row in reply.reply.rows if (found := read_row(row, context)) is not None]
    # Beside a filled workbook, the mail's own words are a cover letter.
    lines = read_answers(reply.reply.lines, context)
    if rows:
        lines = tuple(one for one in lines if not isinstance(one, Unclear))
    return tuple(_without_conflicts([*lines, *rows]))


def _without_conflicts(readings: Sequence[Reading]) -> list[Reading]:
    """Rejects both of two different answers to one question, in the text and in the workbook."""
    said: dict[int, set[tuple[object, ...]]] = {}
    for one in readings:
        if isinstance(one, Answer):
            said.setdefault(one.number, set()).add((one.meaning, one.unit, one.form))
    return [
        Unclear(line=one.line, number=one.number, problem=f"对问{one.number}有两种答复,请只写一种")
        if isinstance(one, Answer) and len(said[one.number]) > 1
        else one
        for one in readings
    ]
