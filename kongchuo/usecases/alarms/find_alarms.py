"""Finds failures that last so long that the administrator is informed: incoming and outgoing mail, disk, backup."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from config.settings import AlarmSettings
from kongchuo.office import Office
from kongchuo.usecases.polling import BACKUP_JOB, POLL_JOB
from notify.mail.send_outbox import unsent_mails
from store.stored_values import DeliveryStatus

FAILURES_OF_A_NEW_MAILBOX = 3
"""The number of consecutive failures after which a new mailbox raises an alarm, as it has no last reading to count hours from."""


class Repeat(StrEnum):
    """How often a lasting alarm is repeated; the value is the date format in its key."""

    DAILY = "%Y-%m-%d"
    WEEKLY = "%G-W%V"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One thing that does not work."""

    key: str
    what: str
    remedy: str
    repeat: Repeat = Repeat.DAILY


def find_alarms(office: Office, now: datetime) -> tuple[Alarm, ...]:
    """Returns the alarms by the office's configured limits."""
    limits = office.settings.alarms
    return (
        *_silent_mailboxes(office, limits, now),
        *_stuck_outbox(office, limits, now),
        *_full_disk(office, limits),
        *_old_backup(office, limits, now),
    )


def _silent_mailboxes(office: Office, limits: AlarmSettings, now: datetime) -> Iterator[Alarm]:
    statuses = {status.subject: status for status in office.store.jobs.statuses() if status.job == POLL_JOB}
    for mailbox in office.settings.open_mailboxes:
        status = statuses.get(mailbox.name)
        if status is None:  # the first poll is still to come
            continue
        if status.done_at is None:
            if status.failures < FAILURES_OF_A_NEW_MAILBOX:
                continue
            since = f"还没有收成过信(试了{status.failures}次)"
        elif now - status.done_at < timedelta(hours=limits.hours_without_poll):
            continue
        else:
            last = status.done_at.astimezone(office.zone)
            since = f"从{last.month}月{last.day}日 {last:%H:%M} 起没有收成过信"
        yield Alarm(
            key=f"poll:{mailbox.name}",
            what=f"邮箱“{mailbox.name}”{since}。",
            remedy=status.error or "请看运行控辍的电脑是否开机、联网,程序是否在运行。",
        )


def _stuck_outbox(office: Office, limits: AlarmSettings, now: datetime) -> Iterator[Alarm]:
    longest = timedelta(hours=limits.hours_in_outbox)
    waiting = office.store.outbox.with_status({DeliveryStatus.WAITING, DeliveryStatus.SENDING})
    stuck = [
        mail
        for mail in waiting
        if mail.queued_at < now - longest
        and mail.next_at is not None
        and (mail.error or mail.next_at < now - longest)
    ]
    undelivered = unsent_mails(office.store.outbox)
    if stuck:
        yield Alarm(
            key="outbox:stuck",
            what=f"发件箱有{len(stuck)}封信{limits.hours_in_outbox:g}小时以上没有发出。",
            remedy=stuck[-1].error or "请看程序是否在运行,或每日发信的上限是否太小。",
        )
    if undelivered:
        yield Alarm(
            key="outbox:held",
            what=f"发件箱有{len(undelivered)}封信要人处理:没有发出,或不知是否发出。",
            remedy=undelivered[-1].error or "请核对后重发或了结。",
        )


def _full_disk(office: Office, limits: AlarmSettings) -> Iterator[Alarm]:
    archive = office.settings.store.archive
    folder = next(
        each for each in (archive, *archive.parents) if each.exists()
    )  # before the first mail there is none
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < limits.free_megabytes:
        yield Alarm(
            key="disk",
            what=f"磁盘快满了:存档所在的盘只剩{free}MB(设定至少{limits.free_megabytes}MB)。",
            remedy="请删去不用的文件,或把数据库和存档移到别的盘。",
        )


def _old_backup(office: Office, limits: AlarmSettings, now: datetime) -> Iterator[Alarm]:
    if limits.backup_days == 0 or office.store.messages.newest_arrival() is None:
        return
    made = [
        status.done_at
        for status in office.store.jobs.statuses()
        if status.job == BACKUP_JOB and status.done_at is not None
    ]
    if made and now - max(made) < timedelta(days=limits.backup_days):
        return
    since = f"最近一次备份是{(now - max(made)).days}天前的。" if made else "还没有备份过。"
    yield Alarm(
        key="backup",
        what=since,
        remedy="请做一次备份,把文件拷到另一台电脑或移动硬盘上。",
        repeat=Repeat.WEEKLY,
    )
