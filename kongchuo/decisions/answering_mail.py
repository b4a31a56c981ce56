"""Answers the office's mails: applies what people may decide, tells them what was done, and asks back what is not sure.

What a mail decides, that it is dealt with, and the mail that says so are one transaction: after a crash it is either
not begun, or done and told.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from config.answers.reply_codes import reply_code
from config.errors import ConfigError, StoreError, StoreLockedError
from config.settings import PersonSettings, Role, find_answers_key
from config.text.masking import mask_text
from ingest.pipeline import RerunSelection, rerun
from kongchuo.clock import parse_as_of
from kongchuo.decisions.apply_answer import Applied, apply_reading, context_of, earlier_answer
from kongchuo.decisions.asking import questions_by_number
from kongchuo.decisions.decide import Desk
from kongchuo.decisions.reply_judging import (
    CONFIRMATION,
    Judged,
    ReplyRules,
    Verdict,
    confirms,
    content_of,
    judge_reply,
)
from kongchuo.office import Office
from ledger.questions.read_answers import (
    Answer,
    Command,
    Reading,
    Unclear,
    read_answers,
    read_row,
    read_tapped,
)
from notify.answers.answer_letters import (
    AnswerLetter,
    ToldLine,
    confirm_letter,
    help_letter,
    overridden_letter,
    render_answer_letter,
    shorten,
    transcript_letter,
)
from notify.mail.compose import MailHeaders, compose_mail, sender_address
from notify.name_masking import build_name_masker, mask_name
from store.answers.answer_mails import AnsweredMail, AnswerOutcome, StoredReply
from store.answers.question_numbers import StoredQuestion
from store.decisions import Step, WhoDecided
from store.outbox import MailDraft

log = logging.getLogger(__name__)

ANSWERS_LEASE = "answers"
TRANSCRIPT, OVERRIDDEN = "transcript", "overridden"
ANSWERING_PURPOSES = frozenset({TRANSCRIPT, OVERRIDDEN, CONFIRMATION})
MOST_ASKED_BACK = 10
"""Requests to confirm, and letters that only explain, to one person in a day: more is a loop or a flood."""
_DAY = timedelta(days=1)
_FAILED = "程序处理不了这封邮件,请告诉管理员,并用 kongchuo answer 答复"
_PLAIN_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,200}@[A-Za-z0-9.-]{1,200}>")
"""A Message-ID that can stand in a header of ours as it is."""
_TOO_MANY = "一天里要确认和看不懂的太多,没有再回信"


@dataclass(frozen=True, slots=True)
class _Post:
    """What mails are made with."""

    office: Office
    key: str
    sender: str
    now: datetime

    def letter(
        self, letter: AnswerLetter, mail_key: str, purpose: str, to: PersonSettings, in_reply_to: str = ""
    ) -> MailDraft:
        page, text = render_answer_letter(letter)
        code = reply_code(self.key, to.mailbox, mail_key)
        headers = MailHeaders(
            subject=letter.subject,
            office=letter.office,
            as_of=self.now.astimezone(self.office.zone),
            in_reply_to=in_reply_to if _PLAIN_ID.fullmatch(in_reply_to) else "",
            code=code,
        )
        raw = compose_mail(
            headers, page, text, [], key=mail_key, sender=self.sender, recipients=(to.mailbox,)
        )
        return MailDraft(key=mail_key, purpose=purpose, raw=raw, sender=self.sender, recipients=(to.mailbox,))


@dataclass(slots=True)
class _Outcome:
    """What one mail came to."""

    answered: list[AnsweredMail] = field(default_factory=list)
    steps: list[tuple[Step, WhoDecided]] = field(default_factory=list)
    mails: list[MailDraft] = field(default_factory=list)


def answer_office_mail(office: Office) -> int:
    """Deals with every mail that answers questions and was not dealt with; returns how many.

    Without a key or a mail server nothing is answered: such mails wait.

    Raises:
        ConfigError: the key is too short, or its file cannot be read.
        StoreLockedError: another process is at it.
    """
    settings = office.settings
    if settings.smtp is None or not office.store.open_replies():
        return 0
    key = find_answers_key(settings)
    if key is None:
        return 0
    sender = sender_address(settings.smtp.sender, settings.smtp.username)
    count = 0
    with office.store.hold_lease(ANSWERS_LEASE):
        for reply in office.store.open_replies():
            post = _Post(office, key, sender, parse_as_of(None, office.zone))
            outcome = _deal_with_safely(post, reply)
            reread = office.store.settle_answers(outcome.answered, outcome.steps, outcome.mails, post.now)
            count += 1
            for message_id in reread:
                _read_again(office, message_id)
    return count


def _read_again(office: Office, message_id: str) -> None:
    """Reads a mail again of which a file was assigned; where that cannot be done now, the next poll does it."""
    try:
        _rerun(office, message_id)
    except StoreLockedError:
        log.info("message %s is read again by the next poll", message_id[:12])


def _rerun(office: Office, message_id: str) -> None:
    rerun(
        office.store,
        office.notices,
        office.roster,
        RerunSelection(message=message_id),
        office.zone,
        rules=office.trust_rules,
    )


def _deal_with_safely(post: _Post, reply: StoredReply) -> _Outcome:
    """One mail costs no other: what the program fails on is refused, and the office is told."""
    try:
        return _deal_with(post, reply)
    except (StoreError, ConfigError):
        raise
    except Exception:
        log.exception("the reply %s could not be dealt with", reply.message_id[:12])
        return _Outcome([_settled(reply, AnswerOutcome.REFUSED, _FAILED)])


def _deal_with(post: _Post, reply: StoredReply) -> _Outcome:
    office = post.office
    rules = ReplyRules(
        key=post.key,
        people={person.mailbox: person for person in office.settings.everyone},
        senders=office.senders(),
        mails=office.store.mails(),
        answered=office.store.answered_mails(),
        now=post.now,
    )
    judged = judge_reply(reply, rules)
    outcome = _Outcome()
    match judged.verdict:
        case Verdict.ACCEPTED if judged.person is not None:
            _accept(post, reply, judged, judged.person, rules, outcome)
        case Verdict.TO_CONFIRM if judged.person is not None:
            _ask_to_confirm(post, reply, judged.person, judged.why, rules, outcome)
        case Verdict.REPEATED:
            outcome.answered.append(_settled(reply, AnswerOutcome.REPEATED))
        case Verdict.STALE:
            outcome.answered.append(_settled(reply, AnswerOutcome.STALE))
        case _:
            log.warning("a reply was refused: %s", reply.message_id[:12])
            outcome.answered.append(_settled(reply, AnswerOutcome.REFUSED, judged.why))
    return outcome


def _settled(reply: StoredReply, outcome: AnswerOutcome, note: str | None = None) -> AnsweredMail:
    return AnsweredMail(
        message_id=reply.message_id,
        author=reply.sent_by.author,
        outcome=outcome,
        at=datetime.now(UTC),  # not of whole seconds, as decisions are: mails of one second keep their order
        mail_id=reply.reply.mail_id,
        content=content_of(reply),
        note=note,
    )


def _ask_to_confirm(
    post: _Post, reply: StoredReply, person: PersonSettings, why: str, rules: ReplyRules, outcome: _Outcome
) -> None:
    if _asked_back_today(person, rules) >= MOST_ASKED_BACK:
        outcome.answered.append(_settled(reply, AnswerOutcome.REFUSED, _TOO_MANY))
        return
    said = reply.reply
    lines = [said.tapped, *said.lines] if said.tapped else list(said.lines)
    lines += [" ".join(filter(None, row)) for row in said.rows]
    letter = confirm_letter(_office_name(post), [shorten(mask_text(line)) for line in lines], why)
    mail_key = f"{CONFIRMATION}:{reply.message_id}"
    outcome.mails.append(post.letter(letter, mail_key, CONFIRMATION, person, said.mail_id))
    outcome.answered.append(_settled(reply, AnswerOutcome.WAITING, why))


def _asked_back_today(person: PersonSettings, rules: ReplyRules) -> int:
    return sum(
        mail.queued_at > rules.now - _DAY
        and mail.recipients == (person.mailbox,)
        and (mail.purpose == CONFIRMATION or mail.key.startswith(_HELP))
        for mail in rules.mails
    )


_HELP = f"{TRANSCRIPT}:help:"


def _accept(
    post: _Post,
    reply: StoredReply,
    judged: Judged,
    person: PersonSettings,
    rules: ReplyRules,
    outcome: _Outcome,
) -> None:
    waiting = _confirmed_mail(post, reply, judged, rules)
    said = confirms(reply)
    if waiting is not None and said is True:
        _apply(post, waiting, person, judged, rules, outcome, confirmed_by=reply)
        return
    if waiting is not None and said is False:
        outcome.answered.append(_settled(waiting, AnswerOutcome.DROPPED))
        outcome.answered.append(_settled(reply, AnswerOutcome.APPLIED))
        return
    _apply(post, reply, person, judged, rules, outcome)


def _confirmed_mail(post: _Post, reply: StoredReply, judged: Judged, rules: ReplyRules) -> StoredReply | None:
    """The mail that waits for this one."""
    if judged.answers is None or judged.answers.purpose != CONFIRMATION:
        return None
    message_id = judged.answers.key.removeprefix(f"{CONFIRMATION}:")
    waiting = any(
        one.message_id == message_id and one.outcome is AnswerOutcome.WAITING for one in rules.answered
    )
    found = post.office.store.replies_of([message_id]) if waiting else ()
    return next((one for one in found if one.sent_by.author == reply.sent_by.author), None)


def _apply(
    post: _Post,
    reply: StoredReply,
    person: PersonSettings,
    judged: Judged,
    rules: ReplyRules,
    outcome: _Outcome,
    confirmed_by: StoredReply | None = None,
) -> None:
    """Applies what a mail says; where another mail confirmed it, both are dealt with."""
    told_at = (
        judged.answers.queued_at if judged.answers is not None and confirmed_by is None else reply.received_at
    )
    desk, questions = Desk(post.office, post.now), questions_by_number(post.office)
    done: list[ToldLine] = []
    not_done: list[ToldLine] = []
    numbers: list[int] = []
    names: list[str] = []
    later = _others_were_told(post, reply)
    for reading in _read(desk, reply, questions):
        try:
            applied = _apply_one(desk, reading, questions, told_at, person, reply, later)
        except ConfigError as error:
            not_done.append(ToldLine(shorten(mask_text(reading.line)), str(error)))
            continue
        by = WhoDecided(who=person.shown, when=post.now, question=applied.question, came_by=reply.message_id)
        outcome.steps += [(step, by) for step in applied.decided.steps]
        names += applied.decided.names
        if applied.question is not None:
            numbers.append(applied.question)
        before = [who for who in applied.overridden if who != person.shown]
        done.append(
            ToldLine(
                shorten(mask_text(reading.line)),
                _numbered(applied, f"(以前由{'、'.join(before)}答复,已改)" if before else ""),
            )
        )
        outcome.mails += _tell_overridden(post, reply, person, applied, before)
    masker = build_name_masker(names, mask_name if post.office.settings.digest.mask == "id+name" else str)
    done = [ToldLine(line.written, masker(mask_text(line.told))) for line in done]
    answering = confirmed_by or reply
    outcome.answered.append(_settled(answering, AnswerOutcome.APPLIED))
    if confirmed_by is not None:
        outcome.answered.append(_settled(reply, AnswerOutcome.CONFIRMED))
    only_explains = not done
    if only_explains and _asked_back_today(person, rules) >= MOST_ASKED_BACK:
        outcome.answered[0] = _settled(answering, AnswerOutcome.REFUSED, _TOO_MANY)
        return
    letter = (
        help_letter(_office_name(post), "答复的写法")
        if _only_asks_for_help(desk, reply, questions)
        else transcript_letter(_office_name(post), done, not_done, numbers)
    )
    mail_key = f"{_HELP if only_explains else f'{TRANSCRIPT}:'}{answering.message_id}"
    outcome.mails.append(post.letter(letter, mail_key, TRANSCRIPT, person, answering.reply.mail_id))


def _office_name(post: _Post) -> str:
    return post.office.settings.office.name


def _read(desk: Desk, reply: StoredReply, questions: Mapping[int, StoredQuestion]) -> tuple[Reading, ...]:
    context = context_of(desk, questions)
    if reply.reply.tapped is not None:
        return (read_tapped(reply.reply.tapped, context),)
    rows = [found for row in reply.reply.rows if (found := read_row(row, context)) is not None]
    # Beside a filled workbook, the mail's own words are a cover letter.
    lines = read_answers(reply.reply.lines, context)
    if rows:
        lines = tuple(one for one in lines if not isinstance(one, Unclear))
    return tuple(
        one
        for one in _without_conflicts([*lines, *rows])
        if not (isinstance(one, Command) and one.key == "help")
    )


def _without_conflicts(readings: Sequence[Reading]) -> list[Reading]:
    """Two different answers to one question, in words and in the workbook, are both handed back."""
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


def _only_asks_for_help(desk: Desk, reply: StoredReply, questions: Mapping[int, StoredQuestion]) -> bool:
    if reply.reply.tapped is not None or reply.reply.rows:
        return False
    readings = read_answers(reply.reply.lines, context_of(desk, questions))
    return any(isinstance(one, Command) and one.key == "help" for one in readings) and len(readings) == 1


def _apply_one(
    desk: Desk,
    reading: Reading,
    questions: Mapping[int, StoredQuestion],
    told_at: datetime,
    person: PersonSettings,
    reply: StoredReply,
    later: Mapping[str, datetime],
) -> Applied:
    if person.role is Role.LOOKS and not isinstance(reading, Unclear):
        raise ConfigError("您的权限是“看”,不能作决定:请由经办的同志答复")
    number = getattr(reading, "number", None)
    if number is not None and not isinstance(reading, Unclear):
        came_by = earlier_answer(desk, number).came_by
        if any(later.get(message_id, reply.received_at) > reply.received_at for message_id in came_by):
            raise ConfigError(f"问{number}已有比这封更晚的答复,以那一封为准")
    return apply_reading(desk, reading, questions, told_at)


def _others_were_told(post: _Post, reply: StoredReply) -> dict[str, datetime]:
    """By message the arrival of those mails that decided something."""
    came_by = {one.message_id for one in post.office.store.answered_mails()} - {reply.message_id}
    return {one.message_id: one.received_at for one in post.office.store.replies_of(sorted(came_by))}


def _numbered(applied: Applied, before: str) -> str:
    number = f"问{applied.question}:" if applied.question is not None else ""
    return f"{number}{applied.decided.sentence}{before}"


def _tell_overridden(
    post: _Post, reply: StoredReply, person: PersonSettings, applied: Applied, before: Sequence[str]
) -> list[MailDraft]:
    """Letters to those whose earlier answers count no more."""
    if applied.question is None or not applied.decided.steps:
        return []
    people = {one.shown: one for one in post.office.settings.everyone}
    masker = build_name_masker(
        applied.decided.names, mask_name if post.office.settings.digest.mask == "id+name" else str
    )
    letter = overridden_letter(
        _office_name(post), applied.question, person.shown, masker(mask_text(applied.decided.sentence))
    )
    return [
        post.letter(
            letter,
            f"{OVERRIDDEN}:{reply.message_id}:{applied.question}:{people[who].mailbox}",
            OVERRIDDEN,
            people[who],
        )
        for who in before
        if who in people
    ]
