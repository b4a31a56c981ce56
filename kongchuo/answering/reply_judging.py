"""Decides whether a mail may give answers: its sender, how far that is proven, and which of our mails it answers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256

from config.answers.answer_words import answer_table
from config.answers.reply_codes import is_code_of
from config.settings import PersonSettings
from config.text.text_folding import clean_text
from config.units.resolve_unit_names import UnitNames
from ledger.questions.read_answers import only_asks
from ledger.senders import Senders
from store.answers.answer_mails import AnsweredMail, AnswerOutcome, StoredReply
from store.stored_values import OutboxMail

VALID_FOR = timedelta(days=90)
CLOCKS_DIFFER = timedelta(days=1)
STALE_AFTER = timedelta(days=30)
CONFIRMATION = "confirm"
"""The purpose of the mails that ask for a confirmation; a reply with their code comes from somebody who reads the person's mailbox."""


class Verdict(Enum):
    """The possible results for a mail that gives answers."""

    ACCEPTED = "accepted"
    TO_CONFIRM = "to-confirm"
    REFUSED = "refused"
    REPEATED = "repeated"
    STALE = "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The verdict on a mail: its sender, our mail that it answers, and the reason if it is not accepted at once."""

    verdict: Verdict
    person: PersonSettings | None = None
    answers: OutboxMail | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRules:
    """The facts by which replies are judged."""

    key: str
    people: Mapping[str, PersonSettings]
    """The people of the office, by bare address in lower case."""
    senders: Senders
    names: UnitNames
    mails: Sequence[OutboxMail]
    answered: Sequence[AnsweredMail]
    now: datetime


def content_of(reply: StoredReply) -> str:
    """Returns a digest of a mail's content, which recognises it under another Message-ID."""
    said = reply.reply
    parts = (reply.sent_by.author, said.tapped or "", *said.lines, *("\t".join(row) for row in said.rows))
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def judge_reply(reply: StoredReply, rules: ReplyRules) -> Judged:
    """Returns the verdict on a mail. A doubtful one has to be confirmed, and a forgery is refused."""
    author = reply.sent_by.author
    person = rules.people.get(author)
    if person is None:
        return Judged(verdict=Verdict.REFUSED, why="发件人不在人员名单上")
    if rules.senders.has_failed(reply.sent_by):
        return Judged(verdict=Verdict.REFUSED, why="没有通过邮箱服务商的发件人验证,可能冒名")
    before = [one for one in rules.answered if one.author == author and one.message_id != reply.message_id]
    content = content_of(reply)
    same_id = [one for one in before if reply.reply.mail_id and one.mail_id == reply.reply.mail_id]
    if same_id:
        if any(one.content == content for one in same_id):
            return Judged(verdict=Verdict.REPEATED, person=person)
        return Judged(verdict=Verdict.REFUSED, why="与已处理过的一封邮件编号相同,内容不同")
    if reply.received_at < rules.now - STALE_AFTER:
        return Judged(verdict=Verdict.STALE, person=person)
    answers = find_answered_mail(reply, rules)
    if reply.reply.codes and answers is None:
        return Judged(verdict=Verdict.REFUSED, why="回信码不对:不是发给这个人的,或已过期,或被改动")
    doubt = _find_doubt(reply, rules, answers, before, content)
    if doubt:
        return Judged(verdict=Verdict.TO_CONFIRM, person=person, answers=answers, why=doubt)
    return Judged(verdict=Verdict.ACCEPTED, person=person, answers=answers)


def confirms(reply: StoredReply) -> bool | None:
    """Returns True if a mail only says 确认, False if it only cancels; None if it says anything else."""
    if reply.reply.tapped or reply.reply.rows:
        return None
    words = {clean_text(line).strip(" .。!,").lower() for line in reply.reply.lines}
    if words and words <= set(answer_table().confirm):
        return True
    return False if words and words <= set(answer_table().cancel) else None


def _find_doubt(
    reply: StoredReply,
    rules: ReplyRules,
    answers: OutboxMail | None,
    before: Collection[AnsweredMail],
    content: str,
) -> str:
    """Returns why a mail from the right address needs a confirmation; empty where it needs none."""
    if answers is None:
        return "不是回复本程序发给您的邮件"
    if reply.reply.hides_words:
        return "邮件里有看不见的文字,或答复夹在引用的原文中间"
    if not reply.reply.mail_id:
        return "邮件没有编号"
    if answers.purpose == CONFIRMATION and confirms(reply) is not None:
        return ""  # its code is good for this one thing, once
    if not rules.senders.is_vouched_for(reply.sent_by):
        return "邮箱服务商没有说明是否通过发件人验证"
    applied = (AnswerOutcome.APPLIED, AnswerOutcome.CONFIRMED)
    repeats = any(one.content == content and one.outcome in applied for one in before)
    if repeats and not (reply.reply.lines and only_asks(reply.reply.lines, rules.names)):
        return "与以前的一封答复完全相同"
    return ""


def find_answered_mail(reply: StoredReply, rules: ReplyRules) -> OutboxMail | None:
    """Returns the newest mail to this person whose code the reply carries and that is not too old; None if there is none."""
    author, codes = reply.sent_by.author, reply.reply.codes[:20]
    fitting = [
        mail
        for mail in rules.mails
        if [one.lower() for one in mail.recipients] == [author]
        and mail.queued_at - CLOCKS_DIFFER <= reply.received_at <= mail.queued_at + VALID_FOR
        and any(is_code_of(code, rules.key, author, mail.key) for code in codes)
    ]
    return max(fitting, key=lambda mail: mail.queued_at, default=None)
