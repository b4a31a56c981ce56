"""Sends what waits in the outbox, gently; what fails waits longer each time.

Whoever calls :func:`flush` holds the store's lease, so that two processes never send the same mail.
"""

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from config.errors import MailServerError
from config.settings import Smtp
from notify.smtp import MailRefusedError, MailThrottledError, connected, deliver

log = logging.getLogger(__name__)

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)
THROTTLED_RETRY = timedelta(minutes=15)  # mail-providers.md: stop for 10–15 minutes after a throttle
ATTEMPTS = 20  # about three days; then it is given up and the error stays to be seen
PAUSE_SECONDS = 3.0
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class WaitingMail(Protocol):
    """A mail as the store hands it out."""

    @property
    def key(self) -> str: ...
    @property
    def raw(self) -> bytes: ...
    @property
    def sender(self) -> str: ...
    @property
    def recipients(self) -> tuple[str, ...]: ...
    @property
    def attempts(self) -> int: ...


class Outbox(Protocol):
    """The part of the store that is needed here."""

    def mails_due(self, now: datetime) -> tuple[WaitingMail, ...]: ...
    def mail_sent(self, key: str, when: datetime) -> None: ...
    def mail_failed(self, key: str, retry_at: datetime | None, error: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What one pass did; ``errors`` are lines for a person, the same one once."""

    sent: int = 0
    failed: int = 0
    errors: list[str] = field(default_factory=list)


def flush(
    store: Outbox, smtp: Smtp, password: str | None, now: datetime, *, pause: float | None = None
) -> Sent:
    """Send every mail that is due, over one connection.

    A mail the server refuses waits by itself; when the server cannot be reached, refuses the login or
    throttles, all that is left waits, so that it is not knocked at once for each mail.

    Args:
        pause: seconds between two mails; by default a few, and none for a server on this machine.
    """
    waiting = list(store.mails_due(now))
    if not waiting:
        return Sent()
    if pause is None:
        pause = 0.0 if smtp.host in LOOPBACK else PAUSE_SECONDS
    sent, failed, errors = 0, 0, []
    try:
        with connected(smtp, password) as server:
            while waiting:
                mail = waiting[0]
                try:
                    refused = deliver(server, mail.raw, mail.sender, mail.recipients)
                except MailRefusedError as error:
                    _put_off(store, mail, now, error)
                    failed += 1
                    errors.append(str(error))
                else:
                    store.mail_sent(mail.key, now)
                    sent += 1
                    errors += [f"收件人 {who} 被拒收({said}):请核对地址" for who, said in refused.items()]
                waiting.pop(0)
                if waiting and pause:
                    time.sleep(pause)
    except MailServerError as error:
        for mail in waiting:
            _put_off(store, mail, now, error)
        failed += len(waiting)
        errors.append(str(error))
    return Sent(sent=sent, failed=failed, errors=list(dict.fromkeys(errors)))


def retry_at(attempts: int, now: datetime, error: MailServerError) -> datetime | None:
    """1, 2, 4 … minutes, at most six hours; not before a throttle has passed; None when it is given up."""
    if attempts + 1 >= ATTEMPTS:
        return None
    wait = min(FIRST_RETRY * (1 << min(attempts, 16)), LONGEST_RETRY)
    return now + (max(wait, THROTTLED_RETRY) if isinstance(error, MailThrottledError) else wait)


def _put_off(store: Outbox, mail: WaitingMail, now: datetime, error: MailServerError) -> None:
    again = retry_at(mail.attempts, now, error)
    log.warning("mail %s not sent, next attempt %s: %s", mail.key, again, error)
    store.mail_failed(mail.key, again, str(error))
