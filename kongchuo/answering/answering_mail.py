"""Answers the office's mails: carries out permitted decisions, reports what was done, and asks back in doubt.

The decisions of a mail, its status and the mail that answers it are one transaction: after a crash it is either
unprocessed, or fully processed and answered.
"""

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime

from config.answers.answer_words import answer_table
from config.errors import ConfigError, StoreError, StoreLockedError
from config.settings import PersonSettings, find_answers_key
from config.text.masking import mask_quoted
from ingest.pipeline import RerunSelection, rerun
from kongchuo.answering.carrying_out import (
    MOST_ASKED_BACK,
    OVERRIDDEN,
    TRANSCRIPT,
    CarriedOut,
    SaidMail,
    Telling,
    asked_back_today,
    carry_out,
)
from kongchuo.answering.letter_post import Post
from kongchuo.answering.reply_judging import (
    CONFIRMATION,
    Judged,
    ReplyRules,
    Verdict,
    confirms,
    content_of,
    find_answered_mail,
    judge_reply,
)
from kongchuo.clock import parse_as_of
from kongchuo.office import Office
from notify.answers.answer_letters import confirm_letter, shorten
from notify.mail.compose import sender_address
from parsers.reading.reader_pool import ReaderPool
from store.answers.answer_mails import AnsweredMail, AnswerOutcome, SettledAnswers, StoredReply
from store.decisions import Step, WhoDecided
from store.outbox import MailDraft

log = logging.getLogger(__name__)

ANSWERS_LEASE = "answers"
ANSWERING_PURPOSES = frozenset({TRANSCRIPT, OVERRIDDEN, CONFIRMATION})
_FAILED = "程序处理不了这封邮件,请告诉管理员,并用 kongchuo answer 答复"
_TOO_MANY = "一天里要确认的、看不懂的或要的东西太多,没有再回信"


@dataclass(slots=True)
class _Outcome:
    """The result of one mail: how it is settled, the decisions it makes, and the mails that answer it."""

    answered: list[AnsweredMail] = field(default_factory=list)
    steps: list[tuple[Step, WhoDecided]] = field(default_factory=list)
    mails: list[MailDraft] = field(default_factory=list)
    told: tuple[str, CarriedOut] | None = None
    """The mailbox of the person who is answered, and what was carried out."""


_Tellings = dict[str, Telling]
"""The mails of this pass that may still be added to, by the mailbox of their recipient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Acceptance:
    """An accepted mail of the office, with everything needed to carry it out."""

    post: Post
    rules: ReplyRules
    judged: Judged
    person: PersonSettings
    tellings: _Tellings


def answer_office_mail(office: Office) -> int:
    """Processes every unprocessed mail that answers questions; returns how many.

    Without a key or a mail server nothing is answered: such mails wait.

    Raises:
        ConfigError: the key is too short, or its file cannot be read.
        StoreLockedError: another process is doing this.
    """
    settings = office.settings
    if settings.smtp is None or not office.store.questions.open_replies():
        return 0
    key = find_answers_key(settings)
    if key is None:
        return 0
    sender = sender_address(settings.smtp.sender, settings.smtp.username)
    count = 0
    tellings: _Tellings = {}
    with (
        office.store.jobs.hold_lease(ANSWERS_LEASE),
        ReaderPool(office.notices.all, office.roster) as readers,
    ):
        for reply in office.store.questions.open_replies():
            post = Post(office, key, sender, parse_as_of(None, office.zone), readers)
            outcome = _deal_with_safely(post, reply, tellings)
            settled = office.store.questions.settle(outcome.answered, outcome.steps, outcome.mails, post.now)
            count += 1
            if outcome.told is not None:
                _keep_telling(tellings, *outcome.told, settled)
            if settled.reread:
                _read_again(office, settled.reread)
    return count


def _keep_telling(
    tellings: _Tellings, mailbox: str, carried_out: CarriedOut, settled: SettledAnswers
) -> None:
    """Keeps the mail to this person, so that the answer to the next mail of the same person is added to it."""
    telling = carried_out.telling
    if telling is not None and telling.key in settled.alone:
        telling = carried_out.telling_alone
    if telling is not None:
        tellings[mailbox] = telling


def _read_again(office: Office, message_ids: tuple[str, ...]) -> None:
    """Reads mails again after a decision on their files; if another process holds the store, the next poll does it."""
    try:
        rerun(
            office.store,
            office.reading_rules,
            RerunSelection(messages=message_ids),
        )
    except StoreLockedError:
        log.info("%d messages are read again by the next poll", len(message_ids))


def _deal_with_safely(post: Post, reply: StoredReply, tellings: _Tellings) -> _Outcome:
    """Processes one mail; where the program fails on it, refuses the mail, so that the others are processed."""
    try:
        return _deal_with(post, reply, tellings)
    except (StoreError, ConfigError):
        raise
    except Exception:
        log.exception("the reply %s could not be dealt with", reply.message_id[:12])
        return _Outcome([_settled(reply, AnswerOutcome.REFUSED, _FAILED)])


def _deal_with(post: Post, reply: StoredReply, tellings: _Tellings) -> _Outcome:
    office = post.office
    rules = ReplyRules(
        key=post.key,
        people={person.mailbox: person for person in office.settings.everyone},
        senders=office.senders(),
        names=office.unit_names,
        mails=office.store.outbox.mails(),
        answered=office.store.questions.answered_mails(),
        now=post.now,
    )
    judged = judge_reply(reply, rules)
    outcome = _Outcome()
    match judged.verdict:
        case Verdict.ACCEPTED if judged.person is not None:
            acceptance = _Acceptance(
                post=post, rules=rules, judged=judged, person=judged.person, tellings=tellings
            )
            _accept(acceptance, reply, outcome)
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
    post: Post, reply: StoredReply, person: PersonSettings, why: str, rules: ReplyRules, outcome: _Outcome
) -> None:
    if asked_back_today(person, rules) >= MOST_ASKED_BACK:
        outcome.answered.append(_settled(reply, AnswerOutcome.REFUSED, _TOO_MANY))
        return
    said = reply.reply
    lines = [said.tapped, *said.lines] if said.tapped else list(said.lines)
    lines += [" ".join(filter(None, row)) for row in said.rows]
    table = answer_table()
    letter = confirm_letter(
        post.office_name, [shorten(mask_quoted(table.hide_password(line))) for line in lines], why
    )
    mail_key = f"{CONFIRMATION}:{reply.message_id}"
    outcome.mails.append(post.letter(letter, mail_key, CONFIRMATION, person, said.mail_id))
    outcome.answered.append(_settled(reply, AnswerOutcome.WAITING, why))


def _accept(acceptance: _Acceptance, reply: StoredReply, outcome: _Outcome) -> None:
    waiting = _confirmed_mail(acceptance.post, reply, acceptance.judged, acceptance.rules)
    said = confirms(reply)
    if waiting is not None and said is True:
        _apply(acceptance, waiting, outcome, confirmed_by=reply)
        return
    if waiting is not None and said is False:
        outcome.answered.append(_settled(waiting, AnswerOutcome.DROPPED))
        outcome.answered.append(_settled(reply, AnswerOutcome.APPLIED))
        return
    _apply(acceptance, reply, outcome)


def _confirmed_mail(post: Post, reply: StoredReply, judged: Judged, rules: ReplyRules) -> StoredReply | None:
    """Returns the mail that this one confirms, or None."""
    if judged.answers is None or judged.answers.purpose != CONFIRMATION:
        return None
    message_id = judged.answers.key.removeprefix(f"{CONFIRMATION}:")
    waiting = any(
        one.message_id == message_id and one.outcome is AnswerOutcome.WAITING for one in rules.answered
    )
    found = post.office.store.questions.replies_of([message_id]) if waiting else ()
    return next((one for one in found if one.sent_by.author == reply.sent_by.author), None)


def _apply(
    acceptance: _Acceptance, reply: StoredReply, outcome: _Outcome, confirmed_by: StoredReply | None = None
) -> None:
    """Carries out the answers in ``reply``; if another mail confirmed it, settles both."""
    person, rules = acceptance.person, acceptance.rules
    answers = acceptance.judged.answers if confirmed_by is None else find_answered_mail(reply, rules)
    told_at = answers.queued_at if answers is not None and confirmed_by is None else reply.received_at
    answering = confirmed_by or reply
    mail = SaidMail(reply=reply, person=person, told_at=told_at, answers=answers, tell_to=answering)
    carried_out = carry_out(acceptance.post, mail, rules, acceptance.tellings.get(person.mailbox))
    outcome.told = (person.mailbox, carried_out)
    outcome.steps += carried_out.steps
    outcome.mails += carried_out.mails
    if carried_out.too_many:
        outcome.answered.append(_settled(answering, AnswerOutcome.REFUSED, _TOO_MANY))
    else:
        outcome.answered.append(_settled(answering, AnswerOutcome.APPLIED))
    if confirmed_by is not None:
        outcome.answered.append(_settled(reply, AnswerOutcome.CONFIRMED))
