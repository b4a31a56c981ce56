"""Assesses from the store whether the service works, with its faults in Chinese.

It uses the store alone, so that it works while the service runs, hangs or is stopped.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from config.cron_expressions import count_missed
from config.text.punctuation import set_punctuation
from ingest.pipeline import INGEST_LEASE
from kongchuo.office import Office
from kongchuo.usecases.polling import BACKUP_JOB, POLL_JOB, VERIFY_JOB
from notify.mail.send_outbox import unsent_mails
from store.jobs.job_status import JobStatus
from store.stored_values import DeliveryStatus, Disposition, OutboxMail

MOST_MISSED_POLLS = 2
POLL_GRACE = timedelta(minutes=1)  # a poll that is due now has only begun
DIGEST_GRACE = timedelta(hours=1)
STUCK_AFTER = timedelta(hours=2)
"""A due mail that waits longer than this, although no limit holds it back, is stuck."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxHealth:
    """The health of one mailbox; times are timezone-aware."""

    name: str
    last_good_poll: datetime | None
    last_try: datetime | None
    missed_polls: int
    failures: int
    """The number of consecutive failures."""
    hold_until: datetime | None
    error: str | None
    messages: int | None
    """The number of messages on the server at the last successful poll; None if the server does not give it."""
    known_messages: int | None
    """The number of messages of the same folder that are known here, including those that the server does not deliver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupAge:
    """The last backup, and whether its file still exists."""

    file: str
    made_at: datetime
    days: int
    exists: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The health of the service; ``faults`` are the reasons for a failure, one line each."""

    as_of: datetime
    faults: tuple[str, ...]
    mailboxes: tuple[MailboxHealth, ...]
    polling: bool
    last_digest: datetime | None
    backlog: int
    """The number of messages that are archived and not yet read."""
    quarantined: int
    unconfirmed: int
    """The number of files that wait until a person confirms their sender."""
    oldest_quarantined: datetime | None
    waiting: int
    held: int
    uncertain: int
    oldest_waiting: datetime | None
    last_verified: datetime | None
    """The time of the last nightly check without a fault."""
    backups: tuple[BackupAge, ...]
    """The backups, newest first."""


def assess_service(office: Office, now: datetime) -> Health:
    """Assesses mailboxes, digest, outbox and files."""
    store = office.store
    polling = store.jobs.is_leased(INGEST_LEASE, now)
    job_statuses = {(job_status.job, job_status.subject): job_status for job_status in store.jobs.statuses()}
    mailboxes = tuple(
        _mailbox_health(office, mailbox.name, job_statuses.get((POLL_JOB, mailbox.name)), now)
        for mailbox in office.settings.open_mailboxes
    )
    waiting = store.outbox.with_status({DeliveryStatus.WAITING, DeliveryStatus.SENDING})
    undelivered = unsent_mails(store.outbox)
    quarantined = store.files.arrived(now, Disposition.QUARANTINED)
    digests = [
        mail.sent_at
        for mail in store.outbox.with_status({DeliveryStatus.SENT})
        if mail.purpose == "digest" and mail.sent_at
    ]
    faults = [
        *(
            _poll_fault(mailbox)
            for mailbox in mailboxes
            if mailbox.missed_polls >= MOST_MISSED_POLLS and not polling
        ),
        *(fault for mailbox in mailboxes for fault in _unseen_mail_faults(mailbox)),
        *_digest_faults(office, job_statuses.get(("digest", "")), now),
        *_outbox_faults(waiting, undelivered, now),
        *_damage_faults(job_statuses.get((VERIFY_JOB, ""))),
    ]
    verified = job_statuses.get((VERIFY_JOB, ""))
    return Health(
        as_of=now,
        faults=tuple(map(set_punctuation, faults)),
        mailboxes=mailboxes,
        polling=polling,
        last_digest=max(digests, default=None),
        backlog=len(store.messages.unprocessed()),
        quarantined=len(quarantined),
        unconfirmed=sum(map(office.senders().is_unconfirmed, store.files.of_units(now))),
        oldest_quarantined=min((file.received_at for file in quarantined), default=None),
        waiting=len(waiting),
        held=sum(mail.state is DeliveryStatus.HELD for mail in undelivered),
        uncertain=sum(mail.state is DeliveryStatus.UNCERTAIN for mail in undelivered),
        oldest_waiting=min((mail.queued_at for mail in waiting), default=None),
        last_verified=verified.done_at if verified else None,
        backups=_backups(job_statuses.values(), now),
    )


def _backups(job_statuses: Iterable[JobStatus], now: datetime) -> tuple[BackupAge, ...]:
    backups = [
        BackupAge(
            file=status.subject,
            made_at=status.done_at,
            days=(now - status.done_at).days,
            exists=Path(status.subject).exists(),
        )
        for status in job_statuses
        if status.job == BACKUP_JOB and status.done_at is not None
    ]
    return tuple(sorted(backups, key=lambda backup: backup.made_at, reverse=True))


def _damage_faults(verified: JobStatus | None) -> Iterator[str]:
    if verified is not None and verified.error is not None:
        yield verified.error


def _mailbox_health(office: Office, name: str, job_status: JobStatus | None, now: datetime) -> MailboxHealth:
    settings = office.settings
    last_good_poll = job_status.done_at if job_status else None
    view = next((view for view in office.store.mailboxes.folder_views() if view.mailbox == name), None)
    crontab, zone = settings.schedule.poll, settings.office.timezone
    return MailboxHealth(
        name=name,
        last_good_poll=last_good_poll,
        last_try=job_status.tried_at if job_status else None,
        missed_polls=count_missed(crontab, zone, last_good_poll, now - POLL_GRACE)
        if last_good_poll
        else MOST_MISSED_POLLS,
        failures=job_status.failures if job_status else 0,
        hold_until=job_status.hold_until if job_status else None,
        error=set_punctuation(job_status.error) if job_status and job_status.error else None,
        messages=view.messages if view else None,
        known_messages=office.store.mailboxes.count_places(name, view.uidvalidity) if view else None,
    )


def _unseen_mail_faults(mailbox: MailboxHealth) -> Iterator[str]:
    """Yields a fault if the server has more mail than was ever seen; fewer only means that mail was deleted."""
    if mailbox.messages is not None and mailbox.messages > (mailbox.known_messages or 0):
        yield (
            f"邮箱“{mailbox.name}”里有{mailbox.messages}封,只收到{mailbox.known_messages}封:"
            "请运行 kongchuo poll --all 从头核对一遍"
        )


def _poll_fault(mailbox: MailboxHealth) -> str:
    if mailbox.last_try is None:
        return f"邮箱“{mailbox.name}”还没有收过信:请运行 kongchuo poll,或检查 kongchuo run 是否在运行"
    why = (
        f",已连续失败{mailbox.failures}次:{mailbox.error}"
        if mailbox.error
        else ":请检查 kongchuo run 是否在运行"
    )
    since = "还没有收成过" if mailbox.last_good_poll is None else f"错过了{mailbox.missed_polls}次收信"
    return f"邮箱“{mailbox.name}”{since}{why}"


def _digest_faults(office: Office, digest: JobStatus | None, now: datetime) -> Iterator[str]:
    if office.settings.smtp is None or digest is None:  # the service has not come to its first digest yet
        return
    if digest.error is not None:
        yield f"简报没有做成:{digest.error}"
        return
    crontab, zone = office.settings.schedule.digest, office.settings.office.timezone
    if digest.done_at is not None and count_missed(crontab, zone, digest.done_at, now - DIGEST_GRACE, most=1):
        yield "该发的简报没有发:请检查 kongchuo run 是否在运行"


def _outbox_faults(
    waiting: tuple[OutboxMail, ...], undelivered: tuple[OutboxMail, ...], now: datetime
) -> Iterator[str]:
    if undelivered:
        yield f"发件箱有{len(undelivered)}封要人处理:请看 kongchuo outbox"
    stuck = [mail for mail in waiting if mail.next_at is not None and mail.next_at < now - STUCK_AFTER]
    failing = [mail for mail in waiting if mail.error and mail.queued_at < now - STUCK_AFTER]
    if stuck:
        yield f"发件箱有{len(stuck)}封到点没有发:请检查 kongchuo run 是否在运行,或 [smtp] 的每日上限"
    elif failing:
        yield f"发件箱有{len(failing)}封一直没有发出:{failing[-1].error}"
