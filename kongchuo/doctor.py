"""Checks of everything the program needs, each with how to mend it, in plain Chinese."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.errors import ConfigError, KongchuoError
from config.notice import load_notice
from config.roster import load_roster
from config.settings import Settings, find_config, load_settings, password_for_mailbox, password_for_smtp
from config.unit_names import UnitNames
from kongchuo.wiring import source
from notify.smtp import connected
from store import Store
from store.mail import MailState

_UNSENT = (MailState.WAITING, MailState.HELD, MailState.UNCERTAIN)
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
                and password_for_mailbox(settings, mailbox) is None
            ):
                yield Check(
                    name,
                    False,
                    "没有密码:请设环境变量 KONGCHUO_MAILBOX_PASSWORD(QQ邮箱填授权码),或 password_file",
                    2,
                )
                continue
            with source(settings, mailbox):
                yield Check(name, True, f"能登录,能打开 {mailbox.maildir or mailbox.folder}")
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
        yield Check("数据库", True, f"可用;{waiting}封邮件待处理" if waiting else "可用")
        if failed := [mail for mail in store.mails_in(_UNSENT) if mail.error]:
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


def _smtp(settings: Settings) -> Iterator[Check]:
    if settings.smtp is None:
        yield Check("发信", True, "没有配置 [smtp]:简报只生成文件,不发送")
        return
    try:
        with connected(settings.smtp, password_for_smtp(settings)):
            yield Check("发信", True, f"{settings.smtp.host} 能登录")
    except KongchuoError as error:
        yield Check("发信", False, str(error), error.exit_code)
    if not settings.office.recipients:
        yield Check("收件人", False, "[office] recipients 是空的:请写上收简报的邮箱", 2)
