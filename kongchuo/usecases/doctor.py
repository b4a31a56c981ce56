"""Checks of everything the program needs, each with how to mend it, in plain Chinese."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from pathlib import Path

from config.errors import ConfigError, KongchuoError
from config.notice import load_notice
from config.settings import Settings, find_config, find_mailbox_password, find_smtp_password, load_settings
from config.units.roster import load_roster
from config.units.unit_names import UnitNames
from ingest.sources.imap import ImapSource
from kongchuo.office import source
from notify.mail.smtp import smtp_connection
from store import Store
from store.outbox import DeliveryStatus

_UNSENT = (DeliveryStatus.WAITING, DeliveryStatus.HELD, DeliveryStatus.UNCERTAIN)
BUILT = datetime(2024, 1, 1, tzinfo=UTC)
"""No clock that is right shows an earlier time than this."""
CLOCK_SLIP = timedelta(minutes=15)
HIDDEN_AFTER = timedelta(days=32)
LEAST_FREE = 500_000_000  # bytes; a semester of mail is about a tenth


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; ``exit_code`` is what its fault would make the program end with."""

    name: str
    ok: bool
    detail: str
    exit_code: int = 0


def examine(config: Path | None) -> Iterator[Check]:
    """Every check in order; what depends on a broken thing is left out."""
    try:
        settings = load_settings(find_config(config))
    except ConfigError as error:
        yield Check("配置文件", False, str(error), 2)
        return
    yield Check("配置文件", True, str(settings.path))
    yield from _notice_and_roster(settings)
    yield from _store(settings)
    for mailbox in settings.mailbox:
        name = f"邮箱 {mailbox.name}"
        try:
            if (
                mailbox.maildir is None
                and mailbox.username
                and find_mailbox_password(settings, mailbox) is None
            ):
                yield Check(
                    name,
                    False,
                    "没有密码:请设环境变量 KONGCHUO_MAILBOX_PASSWORD(QQ邮箱填授权码),或 password_file",
                    2,
                )
                continue
            with source(settings, mailbox) as opened:
                oldest = opened.oldest() if isinstance(opened, ImapSource) else None
            yield Check(name, True, f"能登录,能打开 {mailbox.maildir or mailbox.folder}")
            if oldest is not None:
                yield _visible(settings, name, oldest)
        except KongchuoError as error:
            yield Check(name, False, str(error), error.exit_code)
    yield from _smtp(settings)


def _notice_and_roster(settings: Settings) -> Iterator[Check]:
    try:
        notice = load_notice(settings.notice.file)
        yield Check("通知", True, f"{notice.title},{len(notice.forms)}张附件")
        roster = load_roster(settings.notice.roster)
        UnitNames(roster, notice)
        towns, schools = len(roster.of_kind("township")), len(roster.of_kind("school"))
        hint = "" if schools else ":还没有学校,请把学校和幼儿园加进 units.csv"
        yield Check("名册", bool(schools and towns), f"乡镇(街道){towns}个,学校{schools}所{hint}", 2)
    except ConfigError as error:
        yield Check("通知和名册", False, str(error), 2)


def _store(settings: Settings) -> Iterator[Check]:
    try:
        store = Store.open(settings.store.url, settings.store.archive)
    except KongchuoError as error:
        yield Check("数据库", False, str(error), error.exit_code)
        return
    try:
        waiting = len(store.unprocessed())
        yield from _clock(store)
        yield Check("数据库", True, f"可用;{waiting}封邮件待处理" if waiting else "可用")
        if failed := [mail for mail in store.mails_with_status(_UNSENT) if mail.error]:
            detail = f"{len(failed)}封没有发出,最近的原因:{failed[-1].error}(kongchuo outbox 可查全部)"
            yield Check("发件箱", False, detail, 1)
    except KongchuoError as error:
        yield Check("数据库", False, str(error), error.exit_code)
    finally:
        store.close()
    yield _archive(settings.store.archive)


def _archive(folder: Path) -> Check:
    """Room, and the right to write; found out by writing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return Check("存档", False, f"{folder} 写不进去({error.strerror}):请检查目录权限和磁盘", 3)
    room = f"{folder} 可写,剩余{free / 1e9:.1f}GB"
    return Check("存档", free > LEAST_FREE, room + ("" if free > LEAST_FREE else ":请清理磁盘"), 3)


def _visible(settings: Settings, name: str, oldest: datetime) -> Check:
    """Whether older mail may be hidden: QQ shows IMAP only the last 30 days unless told otherwise (收取选项)."""
    since = load_notice(settings.notice.file).first_mail_day
    day = oldest.astimezone(settings.office.zone).date()
    if day <= since or datetime.now(UTC) - oldest > HIDDEN_AFTER:
        return Check(f"{name} 往前看", True, f"最早的邮件是{day}")
    return Check(
        f"{name} 往前看",
        True,
        f"最早只看得到{day}的邮件,而通知从{since}起:如果网页邮箱里有更早的,请在“设置—账户—收取选项”改为“全部”",
    )


def _clock(store: Store) -> Iterator[Check]:
    """A clock that stands wrong makes everybody late or nobody."""
    now, newest = datetime.now(UTC), store.newest_arrival()
    if now < BUILT:
        yield Check("时钟", False, f"电脑日期是{now:%Y-%m-%d},不对:请校准时间", 2)
    elif newest is not None and newest > now + CLOCK_SLIP:
        yield Check(
            "时钟", False, f"最近一封邮件是{newest:%Y-%m-%d %H:%M}(UTC)到的,比电脑时间还晚:请校准时间", 2
        )


def _smtp(settings: Settings) -> Iterator[Check]:
    if settings.smtp is None:
        yield Check("发信", True, "没有配置 [smtp]:简报只生成文件,不发送")
        return
    login = settings.smtp.username or ""
    if "@" in login and parseaddr(settings.smtp.sender)[1].lower() != login.lower():
        yield Check(
            "发件人",
            False,
            f"[smtp] sender 与登录帐号 {login} 不同:QQ、163会拒收,请把 sender 改成 {login}",
            2,
        )
    try:
        with smtp_connection(settings.smtp, find_smtp_password(settings)):
            yield Check("发信", True, f"{settings.smtp.host} 能登录")
    except KongchuoError as error:
        yield Check("发信", False, str(error), error.exit_code)
    if not settings.office.recipients:
        yield Check("收件人", False, "[office] recipients 是空的:请写上收简报的邮箱", 2)
