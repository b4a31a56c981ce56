"""Checks the network, each mailbox, and the server for outgoing mail."""

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

from config.errors import KongchuoError, StoreError
from config.mail.server_reach import describe_unknown_host, is_network_missing
from config.read_notice import load_notice
from config.settings import (
    MailboxSettings,
    ServerSettings,
    Settings,
    find_mailbox_password,
    find_smtp_password,
    is_loopback,
    mailbox_password_variables,
)
from ingest.sources.folder_notes import known_mail
from ingest.sources.imap import ImapSource
from kongchuo.mail_sources import source_for
from kongchuo.output.own_commands import variable_command
from kongchuo.usecases.doctor_checks.check_result import CheckResult
from kongchuo.usecases.doctor_checks.stored_data_checks import open_configured_store
from notify.mail.smtp import smtp_connection

_QQ_VISIBLE_PERIOD = timedelta(days=32)


def check_network(settings: Settings) -> CheckResult | None:
    """Returns one failure for a machine that is offline; None if it is online or no server is configured."""
    servers: list[tuple[str, ServerSettings]] = [
        ("[[mailbox]]", mailbox) for mailbox in settings.open_mailboxes if mailbox.is_on_server
    ]
    if settings.smtp is not None and settings.smtp.dry_run is None:
        servers.append(("[smtp]", settings.smtp))
    for section, server in servers:
        if is_loopback(server.host):
            continue
        try:
            socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            if is_network_missing(server.host, error):
                return CheckResult(
                    "网络", False, describe_unknown_host(server.host, server.username, error, section), 3
                )
    return None


def check_mailbox(settings: Settings, mailbox: MailboxSettings) -> Iterator[CheckResult]:
    name = f"邮箱 {mailbox.name}"
    try:
        if mailbox.is_on_server and mailbox.username and find_mailbox_password(settings, mailbox) is None:
            variable = mailbox_password_variables(settings, mailbox)[-1]
            yield CheckResult(name, False, _password_wanted(variable, "[[mailbox]]"), 2)
            return
        with source_for(settings, mailbox) as open_source:
            oldest = open_source.oldest_arrival() if isinstance(open_source, ImapSource) else None
            missing = _missing_mails(settings, open_source) if isinstance(open_source, ImapSource) else 0
        yield CheckResult(name, True, f"能登录,能打开 {mailbox.opened_place}")
        if missing:
            detail = (
                f"邮箱里有{missing}封还没有收:下一次收信会从头核对、补收,也可现在运行 kongchuo poll --all"
            )
            yield CheckResult(f"{name} 核对", True, detail)
        if oldest is not None:
            yield _check_visible_period(settings, name, oldest)
    except KongchuoError as error:
        yield CheckResult(name, False, str(error), error.exit_code)


def _password_wanted(variable: str, section: str) -> str:
    return f"没有密码:请先运行 {variable_command(variable, '密码')}(QQ、163邮箱填授权码),或在 {section} 写 password_file"


def _missing_mails(settings: Settings, source: ImapSource) -> int:
    """Returns the number of mails in the folder that were never seen; the next poll fetches them."""
    try:
        with closing(open_configured_store(settings)) as store:
            missing = source.missing(known_mail(store, source.name, (), datetime.now(UTC)))
            if missing:
                store.mailboxes.record_comparison(source.name, None)
    except StoreError:  # told where the store is checked
        return 0
    return missing


def _check_visible_period(settings: Settings, name: str, oldest: datetime) -> CheckResult:
    """Returns whether older mail may be hidden: QQ shows IMAP only the last 30 days unless told otherwise (收取选项)."""
    since = load_notice(settings.notice.file).first_mail_day
    day = oldest.astimezone(settings.office.zone).date()
    if day <= since or datetime.now(UTC) - oldest > _QQ_VISIBLE_PERIOD:
        return CheckResult(f"{name} 往前看", True, f"最早的邮件是{day}")
    return CheckResult(
        f"{name} 往前看",
        True,
        f"最早只看得到{day}的邮件,而通知从{since}起:如果网页邮箱里有更早的,请在“设置—账户—收取选项”改为“全部”",
    )


def check_smtp(settings: Settings) -> Iterator[CheckResult]:
    if settings.smtp is None:
        yield CheckResult("发信", True, "没有配置 [smtp]:简报只生成文件,不发送")
        return
    yield from _check_recipients(settings)
    if settings.smtp.dry_run is not None:
        yield CheckResult("发信", True, f"试运行:邮件写进 {settings.smtp.dry_run},不发送")
        return
    password = find_smtp_password(settings)
    login = settings.smtp.username or ""
    if "@" in login and parseaddr(settings.smtp.sender)[1].lower() != login.lower():
        yield CheckResult(
            "发件人",
            False,
            f"[smtp] sender 与登录帐号 {login} 不同:QQ、163会拒收,请把 sender 改成 {login}",
            2,
        )
    try:
        with smtp_connection(settings.smtp, password) as server:
            if settings.smtp.username and password is None and server.has_extn("auth"):
                yield CheckResult("发信", False, _password_wanted("KONGCHUO_SMTP_PASSWORD", "[smtp]"), 2)
            else:
                yield CheckResult("发信", True, f"{settings.smtp.host} 能登录")
    except KongchuoError as error:
        yield CheckResult("发信", False, str(error), error.exit_code)


def _check_recipients(settings: Settings) -> Iterator[CheckResult]:
    if not settings.office.recipients:
        yield CheckResult("收件人", False, "[office] recipients 是空的:请写上收简报的邮箱", 2)
