"""The one way out for mail: sends what waits, gently, each thing once; what fails waits longer each time.

Nobody can hand a mail to an SMTP server and be sure of it whatever happens: between the mail's last line
and the server's answer either side may die. So a mail is marked as *sending* in the store when only its
last line is still to come. Found so after a crash, or left without an answer, it becomes *uncertain*: it is
never sent again unasked; a :class:`Witness` (the folder of sent mail) or a person settles it. Everything
that goes wrong earlier is tried again by itself.
"""

import logging
import re
import smtplib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from config.errors import MailServerError, StoreError
from config.settings import SmtpSettings
from notify.mail.smtp import (
    MailRefusedError,
    MailRejectedError,
    MailThrottledError,
    MailUncertainError,
    MailWithdrawnError,
    connected,
    deliver,
)
from store.outbox import ACCEPTED, DeliveryStatus, OutboxMail

log = logging.getLogger(__name__)

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)
THROTTLED_RETRY = timedelta(minutes=15)  # mail-providers.md: stop for 10–15 minutes after a throttle
ATTEMPTS = 20  # about three days; then it is held for a person
DAY = timedelta(days=1)
LOOPBACK = ("localhost", "127.0.0.1", "::1")
TO_OFFICE = ("digest", "weekly", "monthly")
KEPT_FOR_OFFICE = 10
"""Of a day's mails, what mails to units may not use up: the digest must not wait for tomorrow."""
_STORE_WAITS = (1.0, 5.0, 20.0)
_INTERRUPTED = (
    "程序在发送的最后一刻中断:不知是否发出。请到发件箱或收件人处核对,"
    "没有发出的用 kongchuo outbox retry 重发,已发出的用 kongchuo outbox cancel 了结"
)


class Outbox(Protocol):
    """The part of the store that is needed here; whoever calls :func:`flush` holds its lease."""

    def mails_due(self, now: datetime) -> tuple[OutboxMail, ...]: ...
    def mails_with_status(self, statuses: Collection[DeliveryStatus]) -> tuple[OutboxMail, ...]: ...
    def count_mails_tried_since(self, since: datetime) -> int: ...
    def mark_mail_sending(self, key: str, to: Collection[str], when: datetime) -> bool: ...
    def mark_mail_accepted(
        self,
        key: str,
        when: datetime,
        *,
        refused: Mapping[str, str],
        retry_at: datetime | None,
        error: str | None,
    ) -> bool: ...
    def mark_mail_failed(self, key: str, retry_at: datetime | None, error: str, when: datetime) -> bool: ...
    def mark_mail_uncertain(self, key: str, error: str) -> bool: ...
    def mark_mail_sent(self, key: str, when: datetime) -> bool: ...
    def make_mail_due_again(self, key: str, now: datetime) -> bool: ...
    def mark_mail_written(self, key: str, when: datetime) -> bool: ...


class Witness(Protocol):
    """Who can tell whether an uncertain mail went out."""

    def settle(self, mails: Sequence[OutboxMail]) -> Mapping[str, bool]:
        """By key, whether it was sent; a mail that it cannot tell of is absent."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What one pass did; ``errors`` are lines for a person, the same one once."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    """Due, and left for a later pass by the limits."""
    out_of_reach: str | None = None
    """Why the server could not be used at all, if it could not."""
    errors: list[str] = field(default_factory=list)


Clock = Callable[[], datetime]


def flush(
    store: Outbox,
    smtp: SmtpSettings,
    password: str | None,
    clock: Clock,
    *,
    pause: float | None = None,
    witness: Witness | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> Sent:
    """Send what is due and within the limits, over one connection; with ``dry_run`` write it to a folder.

    A mail the server refuses waits by itself; when the server cannot be reached, refuses the login or
    throttles, all that is left waits, so that it is not knocked at once for each mail.

    Args:
        pause: seconds between two mails; by default as ``per_minute`` allows, and none on this machine.
        go_on: asked before each mail; here the caller renews its lease and says when to stop.
    """
    _settle(store, witness, clock())
    due = store.mails_due(clock())
    if not due:
        return Sent()
    if smtp.dry_run is not None:
        return _write_out(store, due, smtp.dry_run, clock)
    if pause is None:
        pause = 0.0 if smtp.host in LOOPBACK else 60 / smtp.per_minute
    fitting = [mail for mail in due if _fits(store, mail, smtp, clock())]
    queue = _within_limits(fitting, smtp, store.count_mails_tried_since(clock() - DAY))
    if pause:
        queue = queue[: smtp.per_minute]  # a pass takes about a minute: others want the lease too
    this = _Pass(store, smtp, clock, waiting=len(fitting) - len(queue), failed=len(due) - len(fitting))
    this.errors += [_too_big(smtp)] if len(due) > len(fitting) else []
    if queue:
        _send_all(this, queue, password, pause, go_on)
    return Sent(
        sent=this.sent,
        failed=this.failed,
        waiting=this.waiting,
        out_of_reach=this.out_of_reach,
        errors=list(dict.fromkeys(this.errors)),
    )


def retry_at(attempts: int, now: datetime, error: MailServerError) -> datetime | None:
    """1, 2, 4 … minutes, at most six hours; not before a throttle has passed; None when it is held.

    What the server will never take, and what failed for days, is held for a person.
    """
    if attempts + 1 >= ATTEMPTS or isinstance(error, MailRejectedError):
        return None
    wait = min(FIRST_RETRY * (1 << min(attempts, 16)), LONGEST_RETRY)
    return now + (max(wait, THROTTLED_RETRY) if isinstance(error, MailThrottledError) else wait)


def unsent(store: Outbox) -> tuple[OutboxMail, ...]:
    """The mails that wait for a person: held, or nobody knows whether they went."""
    return store.mails_with_status({DeliveryStatus.HELD, DeliveryStatus.UNCERTAIN})


@dataclass(slots=True)
class _Pass:
    """One pass and what it did so far."""

    store: Outbox
    smtp: SmtpSettings
    clock: Clock
    sent: int = 0
    failed: int = 0
    waiting: int = 0
    out_of_reach: str | None = None
    errors: list[str] = field(default_factory=list)

    def hand_over(self, server: smtplib.SMTP, mail: OutboxMail) -> None:
        """One mail, in as many envelopes as its recipients need.

        Raises:
            MailServerError: the connection is no good for the mails behind it; this one is accounted for
                where it was uncertain or withdrawn.
        """
        groups = _envelopes(mail.not_yet_offered, self.smtp.recipients)
        said: dict[str, str] = {}
        try:
            for number, to in enumerate(groups):
                said |= deliver(server, mail.raw, mail.sender, to, last_word=self._claim(mail))
                self._answered(mail, said, last=number == len(groups) - 1)
        except MailRefusedError as error:
            self.put_off(mail, error)
        except MailUncertainError as error:
            self.store.mark_mail_uncertain(mail.key, str(error))
            log.warning("mail %s: the line broke before the answer, nobody knows whether it went", mail.key)
            self.failed += 1
            self.errors.append(str(error))
            raise
        else:
            self.sent += not any(answer[:1] == "4" for answer in said.values())
            self.failed += any(answer[:1] == "4" for answer in said.values())

    def _claim(self, mail: OutboxMail) -> Callable[[Sequence[str]], bool]:
        return lambda accepted: self.store.mark_mail_sending(mail.key, accepted, self.clock())

    def _answered(self, mail: OutboxMail, said: Mapping[str, str], *, last: bool) -> None:
        never = {who: answer for who, answer in said.items() if answer[:1] == "5"}
        later = {who: answer for who, answer in said.items() if who not in never}
        lines = [f"收件人 {who} 被拒收({answer}):请核对地址" for who, answer in never.items()]
        lines += [f"收件人 {who} 暂时没有收下({answer}):稍后会自动再试" for who, answer in later.items()]
        again = self.clock()
        if later and last:
            again = retry_at(mail.attempts, again, MailRefusedError()) or again + LONGEST_RETRY
        _surely(
            lambda: self.store.mark_mail_accepted(
                mail.key, self.clock(), refused=never, retry_at=again, error=";".join(lines) or None
            )
        )
        self.errors += lines

    def put_off(self, mail: OutboxMail, error: MailServerError) -> None:
        """It waits for its next attempt, or for a person."""
        now = self.clock()
        again = retry_at(mail.attempts, now, error)
        log.warning("mail %s not sent, next attempt %s: %s", mail.key, again, error)
        self.store.mark_mail_failed(mail.key, again, str(error), now)
        self.failed += 1
        self.errors.append(str(error))


def _send_all(
    this: _Pass, queue: Sequence[OutboxMail], password: str | None, pause: float, go_on: Callable[[], bool]
) -> None:
    left = list(queue)
    try:
        with connected(this.smtp, password) as server:
            while left and go_on():
                if pause and this.store.count_mails_tried_since(this.clock() - timedelta(seconds=pause)):
                    time.sleep(pause)
                mail = left.pop(0)
                try:
                    this.hand_over(server, mail)
                except MailUncertainError:
                    break
                except MailWithdrawnError:
                    log.info("mail %s is in other hands", mail.key)
                    break
                except MailServerError:
                    left.insert(0, mail)
                    raise
    except MailServerError as error:
        this.out_of_reach = str(error)
        for mail in left:
            this.put_off(mail, error)
        return
    this.waiting += len(left)


def _settle(store: Outbox, witness: Witness | None, now: datetime) -> None:
    """What a crash left half-way becomes uncertain; what is uncertain is asked about."""
    for mail in store.mails_with_status({DeliveryStatus.SENDING}):
        log.warning("mail %s was interrupted at its last line", mail.key)
        store.mark_mail_uncertain(mail.key, _INTERRUPTED)
    if witness is None:
        return
    # Of a mail that went in several envelopes a witness cannot tell which of them it saw.
    doubtful = [
        mail
        for mail in store.mails_with_status({DeliveryStatus.UNCERTAIN})
        if ACCEPTED not in mail.fates.values()
    ]
    for key, sent in (witness.settle(doubtful) if doubtful else {}).items():
        log.warning("mail %s %s", key, "was sent after all" if sent else "never left: it goes out again")
        if sent:
            store.mark_mail_sent(key, now)
        else:
            store.make_mail_due_again(key, now)


def _fits(store: Outbox, mail: OutboxMail, smtp: SmtpSettings, now: datetime) -> bool:
    """Whether the server may take it for its size; one that it may not is held."""
    if len(mail.raw) <= smtp.megabytes * 1_000_000:
        return True
    store.mark_mail_failed(mail.key, None, _too_big(smtp), now)
    return False


def _too_big(smtp: SmtpSettings) -> str:
    return (
        f"邮件超过{smtp.megabytes:g}MB([smtp] megabytes):没有发送;"
        "邮箱允许更大的请改这个数,再用 kongchuo outbox retry 重发"
    )


def _within_limits(due: Sequence[OutboxMail], smtp: SmtpSettings, today: int) -> list[OutboxMail]:
    """What may go out now, the office's mail first; a few of a day's mails are kept for it."""
    kept = min(KEPT_FOR_OFFICE, smtp.per_day // 4)
    chosen: list[OutboxMail] = []
    for mail in sorted(due, key=lambda mail: mail.purpose not in TO_OFFICE):
        room = smtp.per_day - (0 if mail.purpose in TO_OFFICE else kept)
        if today + len(chosen) < room:
            chosen.append(mail)
    return chosen


def _envelopes(to: Sequence[str], most: int) -> list[Sequence[str]]:
    return [to[start : start + most] for start in range(0, len(to), most)]


def _write_out(store: Outbox, due: Sequence[OutboxMail], folder: Path, clock: Clock) -> Sent:
    """The dry run: each mail as a file named for its key."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for mail in due:
            readable = re.sub(r"[^\w.-]+", "_", mail.key)[:80]
            name = f"{readable}-{sha256(mail.key.encode()).hexdigest()[:8]}.eml"
            (folder / f".{name}").write_bytes(mail.raw)
            (folder / f".{name}").rename(folder / name)
            store.mark_mail_written(mail.key, clock())
    except OSError as error:
        raise MailServerError(
            f"[smtp] dry_run 的目录 {folder} 写不进去({error.strerror}):请检查路径和权限"
        ) from error
    return Sent(sent=len(due))


def _surely(write: Callable[[], object]) -> None:
    """The server has the mail: a database that is busy must not make us forget it."""
    for wait in _STORE_WAITS:
        try:
            write()
            return
        except StoreError as error:
            log.warning("the store does not take what was sent, trying again: %s", error)
            time.sleep(wait)
    write()
