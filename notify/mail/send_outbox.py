"""Sends the mails that are due in the outbox: each once, within limits, with longer waits after failures.

Delivery by SMTP cannot be made certain: between the mail's last line and the server's answer either side may die.
So a mail is marked as *sending* in the store when only its last line remains. If it is still so after a crash, or
no answer came, it becomes *uncertain* and is never sent again unasked; a :class:`SentMailFinder` (the folder of
sent mail) or a person settles it. Earlier failures are retried automatically.
"""

import logging
import re
import smtplib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from config.errors import MailServerError, StoreError
from config.settings import SmtpSettings
from config.text.os_reasons import reason_of
from notify.mail.leaving_gate import HELD_NOTICE, Recipients, find_leaks, held_sentence
from notify.mail.smtp import deliver, smtp_connection
from notify.mail.smtp_errors import (
    MailLoginError,
    MailRefusedError,
    MailRejectedError,
    MailThrottledError,
    MailUncertainError,
    MailWithdrawnError,
    remedy_for,
)
from store.aggregates.outbox_store import OutboxStore
from store.stored_values import ACCEPTED, DeliveryStatus, OutboxMail

log = logging.getLogger(__name__)

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)
THROTTLED_RETRY = timedelta(minutes=15)  # docs/mail-providers.md, Sending by SMTP
MAX_ATTEMPTS = 20  # about three days; then it is held for a person
DAY = timedelta(days=1)
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
ALARM_PURPOSE = "alarm"
OFFICE_PURPOSES = ("digest", "weekly", "monthly", HELD_NOTICE, ALARM_PURPOSE)
RESERVED_FOR_OFFICE = 10
"""Part of the daily limit that mails to units may not use: the digest must not wait for tomorrow."""
_STORE_WAITS = (1.0, 5.0, 20.0)
_INTERRUPTED = (
    "程序在发送的最后一刻中断:不知是否发出。请到发件箱或收件人处核对,没有发出的再发一次,已发出的不用再发"
)
_NO_CONTENT = "数据库里没有这封邮件的内容,没有发送:请运行 kongchuo verify 检查,需要时从备份恢复"


class SentMailFinder(Protocol):
    """Finds out whether an uncertain mail was sent."""

    def find_sent(self, mails: Sequence[OutboxMail]) -> Mapping[str, bool]:
        """Maps keys to whether the mail was sent; a mail for which that is unknown is absent."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingResult:
    """Counts of one pass; ``errors`` are Chinese lines for a person, without repetitions."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    """The due mails that the limits left for a later pass."""
    connection_error: str | None = None
    """Why the server could not be used at all; None if it could."""
    is_login_refused: bool = False
    errors: list[str] = field(default_factory=list)


Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingPace:
    """How long a pass waits between two mails, and when it ends early."""

    pause: float | None = None
    """Seconds between two mails; by default as ``per_minute`` allows, and none on this machine."""
    should_continue: Callable[[], bool] = lambda: True
    """Called before each mail; the caller renews its lease in it, and returns False to stop."""

    def pause_for(self, smtp: SmtpSettings) -> float:
        """Returns the seconds to wait between two mails to this server."""
        if self.pause is not None:
            return self.pause
        return 0.0 if smtp.host in LOOPBACK_HOSTS else 60 / smtp.per_minute


def send_due_mails(
    outbox: OutboxStore,
    smtp: SmtpSettings,
    password: str | None,
    clock: Clock,
    *,
    recipients: Recipients,
    pace: SendingPace = SendingPace(),
    sent_mail_finder: SentMailFinder | None = None,
) -> SendingResult:
    """Send what is due and within the limits, over one connection; with ``dry_run`` write it to a folder.

    A mail that the server refuses is postponed alone; when the server cannot be reached, refuses the login or
    throttles, all remaining mails are postponed, so that the server is not tried once for each mail.

    Args:
        recipients: what those may read whom mails go to; a mail that says more is held (:mod:`notify.mail.leaving_gate`).
    """
    _resolve_interrupted(outbox, sent_mail_finder, clock())
    due = outbox.due(clock())
    if not due:
        return SendingResult()
    if smtp.dry_run is not None:
        return _write_to_folder(outbox, recipients, due, smtp.dry_run, clock)
    pause = pace.pause_for(smtp)
    fitting = [mail for mail in due if _fits_size_limit(outbox, mail, smtp, clock())]
    queue = _within_limits(fitting, smtp, outbox.count_tried_since(clock() - DAY))
    if pause:
        queue = queue[: smtp.per_minute]  # a pass takes about a minute: others want the lease too
    run = _SendingRun(
        outbox, smtp, clock, recipients, waiting=len(fitting) - len(queue), failed=len(due) - len(fitting)
    )  # fmt: skip
    run.errors += [_size_error(smtp)] if len(due) > len(fitting) else []
    if queue:
        _send_queue(run, queue, password, pause, pace.should_continue)
    return SendingResult(
        sent=run.sent,
        failed=run.failed,
        waiting=run.waiting,
        connection_error=run.connection_error,
        is_login_refused=run.is_login_refused,
        errors=list(dict.fromkeys(run.errors)),
    )


def next_attempt_at(attempts: int, now: datetime, error: MailServerError) -> datetime | None:
    """Returns the next attempt after 1, 2, 4 … minutes, at most six hours, and not before a throttle ends; None if held.

    A mail that the server rejects for good, or that failed for days, is held for a person.
    """
    if attempts + 1 >= MAX_ATTEMPTS or isinstance(error, MailRejectedError):
        return None
    wait = min(FIRST_RETRY * (1 << min(attempts, 16)), LONGEST_RETRY)
    return now + (max(wait, THROTTLED_RETRY) if isinstance(error, MailThrottledError) else wait)


def unsent_mails(outbox: OutboxStore) -> tuple[OutboxMail, ...]:
    """Returns the mails that need a person: held or uncertain."""
    return outbox.with_status({DeliveryStatus.HELD, DeliveryStatus.UNCERTAIN})


@dataclass(slots=True)
class _SendingRun:
    """One pass and what it did so far."""

    outbox: OutboxStore
    smtp: SmtpSettings
    clock: Clock
    recipients: Recipients
    sent: int = 0
    failed: int = 0
    waiting: int = 0
    connection_error: str | None = None
    is_login_refused: bool = False
    errors: list[str] = field(default_factory=list)

    def send_mail(self, server: smtplib.SMTP, mail: OutboxMail) -> None:
        """Sends one mail, in as many envelopes as its recipients need.

        Raises:
            MailServerError: the connection cannot be used for further mails; the status of this one is recorded if it is
                uncertain or withdrawn.
        """
        groups = _envelopes(mail.not_yet_offered, self.smtp.recipients)
        raw = self.outbox.mail_bytes(mail.key)
        if not raw:
            self._give_up(mail, _NO_CONTENT)
            return
        if leaks := find_leaks(mail, raw, self.recipients):
            log.error("mail %s was held at the gate", mail.key)
            self._give_up(mail, held_sentence(leaks))
            return
        answers: dict[str, str] = {}
        try:
            for number, to in enumerate(groups):
                answers |= deliver(
                    server, raw, mail.sender, to, confirm_last_line=self._mark_as_sending(mail)
                )
                self._record_answers(mail, answers, last=number == len(groups) - 1)
        except MailRefusedError as error:
            self.postpone(mail, error)
        except MailUncertainError as error:
            self.outbox.mark_uncertain(mail.key, str(error))
            log.warning("mail %s: the line broke before the answer, nobody knows whether it went", mail.key)
            self.failed += 1
            self.errors.append(str(error))
            raise
        else:
            self.sent += not any(answer[:1] == "4" for answer in answers.values())
            self.failed += any(answer[:1] == "4" for answer in answers.values())

    def _mark_as_sending(self, mail: OutboxMail) -> Callable[[Sequence[str]], bool]:
        return lambda accepted: self.outbox.mark_sending(mail.key, accepted, self.clock())

    def _record_answers(self, mail: OutboxMail, answers: Mapping[str, str], *, last: bool) -> None:
        rejected = {who: answer for who, answer in answers.items() if answer[:1] == "5"}
        deferred = {who: answer for who, answer in answers.items() if who not in rejected}
        lines = [
            f"收件人 {who} 被拒收({answer}):{remedy_for(answer, '请核对地址')}"
            for who, answer in rejected.items()
        ]
        lines += [f"收件人 {who} 暂时没有收下({answer}):稍后会自动再试" for who, answer in deferred.items()]
        next_attempt = self.clock()
        if deferred and last:
            next_attempt = (
                next_attempt_at(mail.attempts, next_attempt, MailRefusedError())
                or next_attempt + LONGEST_RETRY
            )
        _write_with_retries(
            lambda: self.outbox.mark_accepted(
                mail.key, self.clock(), refused=rejected, retry_at=next_attempt, error=";".join(lines) or None
            )
        )
        self.errors += lines

    def hold(self, mail: OutboxMail, error: Exception) -> None:
        """Marks a mail on which the program fails as held, so that a person looks at it."""
        log.error("mail %s could not be sent", mail.key, exc_info=error)
        reason = f"程序发不出这封邮件({type(error).__name__}):请核对收件人地址和内容,改好后再发一次"
        self._give_up(mail, reason)

    def _give_up(self, mail: OutboxMail, reason: str) -> None:
        self.outbox.mark_failed(mail.key, None, reason, self.clock())
        self.failed += 1
        self.errors.append(reason)

    def postpone(self, mail: OutboxMail, error: MailServerError) -> None:
        """Sets the next attempt, or holds the mail for a person."""
        now = self.clock()
        next_attempt = next_attempt_at(mail.attempts, now, error)
        log.warning("mail %s not sent, next attempt %s: %s", mail.key, next_attempt, error)
        self.outbox.mark_failed(mail.key, next_attempt, str(error), now)
        self.failed += 1
        self.errors.append(str(error))


def _send_queue(
    run: _SendingRun,
    queue: Sequence[OutboxMail],
    password: str | None,
    pause: float,
    should_continue: Callable[[], bool],
) -> None:
    remaining = list(queue)
    try:
        with smtp_connection(run.smtp, password) as server:
            while remaining and should_continue():
                if pause and run.outbox.count_tried_since(run.clock() - timedelta(seconds=pause)):
                    time.sleep(pause)
                mail = remaining.pop(0)
                try:
                    run.send_mail(server, mail)
                except MailUncertainError:
                    break
                except MailWithdrawnError:
                    log.info("mail %s is in other hands", mail.key)
                    break
                except MailServerError:
                    remaining.insert(0, mail)
                    raise
                except StoreError:
                    raise
                except Exception as error:  # noqa: BLE001  whatever a mail raises is its own fate
                    run.hold(mail, error)
                    break  # the server may wait for the rest of it; the others go over the next connection
    except MailServerError as error:
        run.connection_error = str(error)
        run.is_login_refused = isinstance(error, MailLoginError)
        for mail in remaining:
            run.postpone(mail, error)
        return
    run.waiting += len(remaining)


def _resolve_interrupted(outbox: OutboxStore, sent_mail_finder: SentMailFinder | None, now: datetime) -> None:
    """Marks mails that a crash interrupted as uncertain, and looks for uncertain mails among the sent."""
    for mail in outbox.with_status({DeliveryStatus.SENDING}):
        log.warning("mail %s was interrupted at its last line", mail.key)
        outbox.mark_uncertain(mail.key, _INTERRUPTED)
    if sent_mail_finder is None:
        return
    # Of a mail that went in several envelopes a witness cannot tell which of them it saw.
    uncertain_mails = [
        mail for mail in outbox.with_status({DeliveryStatus.UNCERTAIN}) if ACCEPTED not in mail.fates.values()
    ]
    for key, sent in (sent_mail_finder.find_sent(uncertain_mails) if uncertain_mails else {}).items():
        log.warning("mail %s %s", key, "was sent after all" if sent else "never left: it goes out again")
        if sent:
            outbox.mark_sent(key, now)
        else:
            outbox.make_due_again(key, now)


def _fits_size_limit(outbox: OutboxStore, mail: OutboxMail, smtp: SmtpSettings, now: datetime) -> bool:
    """Returns whether a mail is within the server's size limit; a larger one is held."""
    if mail.size <= smtp.megabytes * 1_000_000:
        return True
    outbox.mark_failed(mail.key, None, _size_error(smtp), now)
    return False


def _size_error(smtp: SmtpSettings) -> str:
    return f"邮件超过{smtp.megabytes:g}MB([smtp] megabytes):没有发送;邮箱允许更大的请改这个数,再发一次"


def _within_limits(due: Sequence[OutboxMail], smtp: SmtpSettings, tried_today: int) -> list[OutboxMail]:
    """Returns the mails within the daily limit, the office's first; a part of the limit is reserved for them."""
    reserved = min(RESERVED_FOR_OFFICE, smtp.per_day // 4)
    chosen: list[OutboxMail] = []
    for mail in sorted(due, key=lambda mail: mail.purpose not in OFFICE_PURPOSES):
        limit = smtp.per_day - (0 if mail.purpose in OFFICE_PURPOSES else reserved)
        if tried_today + len(chosen) < limit:
            chosen.append(mail)
    return chosen


def _envelopes(to: Sequence[str], max_recipients: int) -> list[Sequence[str]]:
    return [to[start : start + max_recipients] for start in range(0, len(to), max_recipients)]


def _write_to_folder(
    outbox: OutboxStore, recipients: Recipients, due: Sequence[OutboxMail], folder: Path, clock: Clock
) -> SendingResult:
    """Writes each mail as a file named after its key (the dry run)."""
    errors = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for mail in due:
            raw = outbox.mail_bytes(mail.key)
            if leaks := find_leaks(mail, raw, recipients):
                log.error("mail %s was held at the gate", mail.key)
                errors.append(held_sentence(leaks))
                outbox.mark_failed(mail.key, None, errors[-1], clock())
                continue
            readable = re.sub(r"[^\w.-]+", "_", mail.key)[:80]
            name = f"{readable}-{sha256(mail.key.encode()).hexdigest()[:8]}.eml"
            (folder / f".{name}").write_bytes(raw)
            (folder / f".{name}").replace(folder / name)
            outbox.mark_written(mail.key, clock())
    except OSError as error:
        raise MailServerError(
            f"[smtp] dry_run 的目录 {folder} 写不进去({reason_of(error)}):请检查路径和权限"
        ) from error
    return SendingResult(sent=len(due) - len(errors), failed=len(errors), errors=list(dict.fromkeys(errors)))


def _write_with_retries(write: Callable[[], object]) -> None:
    """Writes that the server has accepted a mail, again while the database is busy: losing this would send it twice."""
    for wait in _STORE_WAITS:
        try:
            write()
            return
        except StoreError as error:
            log.warning("the store does not take what was sent, trying again: %s", error)
            time.sleep(wait)
    write()
