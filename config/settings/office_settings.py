"""Holds the settings of the office, its notices, when it works, and what it sends."""

from functools import cached_property
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator

from config.notice import FrozenModel
from config.settings.setting_types import (
    DEFAULT_DIGEST,
    DEFAULT_POLL,
    DEFAULT_REMINDERS,
    DEFAULT_VERIFY,
    Address,
    Cron,
    LocalPath,
    NonEmptyText,
)


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"没有“{name}”这个时区,中国请写 Asia/Shanghai") from error
    return name


class OfficeSettings(FrozenModel):
    name: NonEmptyText
    timezone: Annotated[str, AfterValidator(_time_zone)] = "Asia/Shanghai"
    recipients: tuple[Address, ...] = ()
    """The recipients of the digest."""
    phone: str = ""
    """The telephone number for units' questions, which receipts, reminders and 通报 give."""

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class NoticeFiles(FrozenModel):
    file: LocalPath
    others: tuple[LocalPath, ...] = ()
    """The notices of other semesters in the same store."""
    roster: LocalPath


class Schedule(FrozenModel):
    """The times of the jobs as cron expressions: minute, hour, day, month, weekday, in the office's zone."""

    poll: Cron = DEFAULT_POLL
    digest: Cron = DEFAULT_DIGEST
    reminders: Cron = DEFAULT_REMINDERS
    """When due reminders are searched; the notice's plan gives the days."""
    verify: Cron = DEFAULT_VERIFY
    """When a part of the store is checked for damage; within four weeks all of it is."""
    weekly: Cron | None = None
    """When the weekly 通报 is drafted; never if not set."""
    monthly: Cron | None = None
    purge: Cron | None = None
    """When data past its retention period is purged; if not set, only ``kongchuo purge`` does it."""


class DigestSettings(FrozenModel):
    """How the digest shows children, and whether its workbook is encrypted."""

    mask: Literal["id", "id+name"] = "id+name"
    """What is masked in the mail's text: identity numbers, or names as well."""
    encrypt: bool = False
    """Whether the workbook is sent as a zip with a password (``KONGCHUO_WORKBOOK_PASSWORD``, keyring or ``password_file``)."""
    password_file: LocalPath | None = None


class UnitMailSettings(FrozenModel):
    """Mails to units; off until the office turns them on."""

    receipts: bool = False
    reminders: bool = False
    forms: bool = False
    """Whether both contain the unit's own prefilled forms (``kongchuo forms``) if the unit must send one."""
    trust_explanations: bool = False
    """Whether a unit's statement that an odd row is right (情况属实 第7行) is accepted; otherwise an officer is asked."""


class BulletinSettings(FrozenModel):
    """The template of the 通报."""

    template: LocalPath | None = None
    """The office's own Word document (红头) with the placeholders {{标题}}, {{期号}}, {{主送}}, {{正文}}, {{署名}} and {{日期}}."""
