"""Checks everything that the program needs, and explains in Chinese how to repair it."""

import errno
import getpass
import os
import shlex
import shutil
import socket
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from pathlib import Path

from config.errors import ConfigError, KongchuoError, StoreError
from config.installation.environment_values import find_mistyped_variables
from config.installation.extras import PURPOSES, Extra, is_installed
from config.installation.operating_system import groups_of_process, has_posix_shell, members_of_group
from config.mail.server_reach import describe_unknown_host, is_network_missing
from config.notice import Notice
from config.notice.notice_doubts import doubts_about
from config.read_notice import load_base, load_notice, read_notice_text
from config.settings import (
    MailboxSettings,
    Role,
    ServerSettings,
    Settings,
    find_answers_key,
    find_config,
    find_mailbox_password,
    find_smtp_password,
    is_loopback,
    load_settings,
    mailbox_password_variables,
    read_tables,
)
from config.text.os_reasons import reason_of
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Roster, is_deliverable, load_roster
from ingest.sources.folder_notes import known_mail
from ingest.sources.imap import ImapSource
from kongchuo.access.command_roles import read_access
from kongchuo.mail_sources import source_for
from kongchuo.office import open_store, trust_rules_of
from kongchuo.output.own_commands import variable_command
from kongchuo.usecases.file_modes import find_readable_by_others
from kongchuo.usecases.safekeeping.keys import find_code_that_opens
from kongchuo.usecases.safekeeping.rebuilding import database_file
from ledger.questions.returned_addresses import find_returned_addresses
from ledger.take_snapshot import find_senders
from notify.mail.smtp import smtp_connection
from parsers.checks.checks_in_words import doubts_about_checks
from parsers.formats.documents.scan import find_tesseract
from store import Store
from store.jobs.lease import SERVICE_LEASE
from store.keys.key_place import read_wrapped
from store.stored_values import DeliveryStatus

_UNSENT_STATES = (DeliveryStatus.WAITING, DeliveryStatus.HELD, DeliveryStatus.UNCERTAIN)
EARLIEST_PLAUSIBLE_TIME = datetime(2024, 1, 1, tzinfo=UTC)
"""No clock that is right shows an earlier time than this."""
CLOCK_TOLERANCE = timedelta(minutes=15)
QQ_VISIBLE_PERIOD = timedelta(days=32)
_MOST_UNITS_SHOWN = 10
LEAST_FREE_BYTES = 500_000_000  # bytes; a semester of mail is about a tenth


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check; ``exit_code`` is that of the program if it failed."""

    name: str
    ok: bool
    detail: str
    exit_code: int = 0


def run_checks(config: Path | None) -> Iterator[CheckResult]:
    """Yields every check in order; checks that depend on a failed one are left out."""
    try:
        settings = load_settings(find_config(config))
    except ConfigError as error:
        yield CheckResult("配置文件", False, str(error), 2)
        return
    yield CheckResult("配置文件", True, str(settings.path))
    for variable, likely in find_mistyped_variables(read_tables(settings.path), Settings, os.environ).items():
        detail = f"不认识环境变量 {variable}:是不是 {likely}\uff1f请改名,或用 unset {variable} 去掉"
        yield CheckResult("环境变量", False, detail, 2)
    yield from _check_notice_and_roster(settings)
    yield from _check_store(settings)
    yield from _check_key(settings)
    yield _check_file_modes(settings)
    if (offline := _check_network(settings)) is not None:
        yield offline  # whatever is said of mailbox and mail server now would be the same once more
    else:
        for mailbox in settings.open_mailboxes:
            yield from _check_mailbox(settings, mailbox)
        yield from _check_smtp(settings)
    yield from _check_answers(settings)
    yield from _check_access(settings)
    yield _check_scans()
    yield _check_extras()


def _check_network(settings: Settings) -> CheckResult | None:
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


def _check_mailbox(settings: Settings, mailbox: MailboxSettings) -> Iterator[CheckResult]:
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


def _check_answers(settings: Settings) -> Iterator[CheckResult]:
    """Returns whether people's replies are read; where the office means to have them read and something lacks, what that is."""
    name = "回邮件答复"
    try:
        key = find_answers_key(settings)
    except ConfigError as error:
        yield CheckResult(name, False, str(error), 2)
        return
    if key is None and not settings.people and settings.answers.key_file is None:
        return
    lacks = [
        *(
            ["回信码的密钥(环境变量 KONGCHUO_ANSWERS_KEY、钥匙串或 [answers] key_file)"]
            if key is None
            else []
        ),
        *(["发信服务器 [smtp]"] if settings.smtp is None else []),
    ]
    if lacks:
        detail = f"没有{'、'.join(lacks)}:人员回复的邮件已存档,但不会照办;请补上,之后自动办理"
        yield CheckResult(name, False, detail, 2)
    else:
        roles = "、".join(
            f"{role}{n}人" for role in Role if (n := sum(one.role is role for one in settings.everyone))
        )
        yield CheckResult(name, True, f"回简报就能答复:{roles or '还没有人'}")


def _check_access(settings: Settings) -> Iterator[CheckResult]:
    """Yields which groups of users may run which commands, if configured."""
    name, groups = "命令的权限", read_access(settings.path).groups
    if not groups:
        return
    if groups_of_process() is None:
        yield CheckResult(
            name, False, "Windows 没有用户组可查,[access] 不起作用:请删去,用文件夹的权限管住", 2
        )
        return
    members = {role: members_of_group(group) for role, group in groups.items()}
    if absent := [groups[role] for role, listed in members.items() if listed is None]:
        detail = f"[access] 写的用户组“{'”、“'.join(absent)}”这台电脑上没有:请改正,或先建这个组"
        yield CheckResult(name, False, detail, 2)
        return
    said = [
        f"{role}:{groups[role]}组({'、'.join(listed or ()) or '没有列出的账号'})"
        for role, listed in members.items()
    ]
    yield CheckResult(name, True, ";".join(said))


def _missing_mails(settings: Settings, source: ImapSource) -> int:
    """Returns the number of mails in the folder that were never seen; the next poll fetches them."""
    try:
        with closing(_open_store(settings)) as store:
            missing = source.missing(known_mail(store, source.name, (), datetime.now(UTC)))
            if missing:
                store.mailboxes.record_comparison(source.name, None)
    except StoreError:  # told where the store is checked
        return 0
    return missing


def _open_store(settings: Settings) -> Store:
    return open_store(settings, _roster(settings).current_name)


def _roster(settings: Settings) -> Roster:
    """Returns the roster; empty if it cannot be read, which is a failure of its own."""
    try:
        return load_roster(settings.notice.roster, load_notice(settings.notice.file).units.kinds)
    except ConfigError:
        return Roster(())


def _check_scans() -> CheckResult:
    """Returns whether pictures can be read; the program works without."""
    if find_tesseract() is not None:
        return CheckResult("照片识别", True, "已装 tesseract 和简体中文:照片、扫描件先认是什么表、谁的证明")
    return CheckResult(
        "照片识别",
        True,
        "没有装:照片、扫描件由人工看;要用,请安装 tesseract-ocr 和 tesseract-ocr-chi-sim",
    )


def _check_extras() -> CheckResult:
    """Returns which optional parts are not installed; the program works without."""
    missing = [extra for extra in Extra if not is_installed(extra)]
    if not missing:
        return CheckResult("选装部分", True, "都装了")
    parts = "、".join(f"{extra}({PURPOSES[extra]})" for extra in missing)
    return CheckResult("选装部分", True, f"没有装:{parts};用得着的,请安装 kongchuo[{missing[0]}] 等")


def _check_notice_and_roster(settings: Settings) -> Iterator[CheckResult]:
    try:
        notice = load_notice(settings.notice.file)
        over = (
            "；请注意:那个学期已经过去,请运行 kongchuo notice new 写出新学期的"
            if notice.is_over(date.today())
            else ""
        )
        yield CheckResult("通知", True, f"{notice.title},{len(notice.forms)}张附件{over}")
        base = load_base(settings.notice.file)
        text = read_notice_text(settings.notice.file)
        for doubt in (*doubts_about(notice, base, text), *doubts_about_checks(notice, text)):
            yield CheckResult("通知", False, doubt, 2)
        roster = load_roster(settings.notice.roster, notice.units.kinds)
        UnitNames(roster, notice)
        counts = [
            f"{word}{n}{'所' if kind == 'school' else '个'}"
            for kind, word in notice.units.kinds.items()
            if (n := len(roster.of_kind(kind)))
        ]
        missing = tuple(_without_senders(notice, roster))
        yield CheckResult("名册", not missing, ";".join((*missing, ",".join(counts))), 2)
        for unit in roster.units:
            for address in unit.emails:
                if not is_deliverable(address):
                    detail = f"{unit.name}的邮箱 {address} 没有服务器会收:请在名册 emails 中更正"
                    yield CheckResult("单位邮箱", False, detail, 1)
    except ConfigError as error:
        yield CheckResult("通知和名册", False, str(error), 2)


def _without_senders(notice: Notice, roster: Roster) -> Iterator[str]:
    """Yields forms that no unit on the roster owes, and units of a form that are not on the roster."""
    by_kinds: dict[str, list[str]] = {}
    for form in notice.forms:
        for name in form.units:
            if roster.get(name) is None:
                yield f"{form.key}要{name}报,名册里没有这个单位:请改正通知里的 units,或加进 units.csv"
        if form.owed and not any(form.is_owed_by(unit.name, unit.kind, unit.stage) for unit in roster.units):
            kinds = "、".join(notice.units.kinds.get(kind, kind) for kind in form.senders)
            by_kinds.setdefault(kinds, []).append(form.key)
    for kinds, forms in by_kinds.items():
        yield f"{'、'.join(forms)}没有单位要报:请把要报的{kinds}加进 units.csv"
    yield from _without_reporter(notice, roster)


def _without_reporter(notice: Notice, roster: Roster) -> Iterator[str]:
    """Forms of units that have a parent to report for them, where that parent does not send the form."""
    lost: dict[tuple[str, ...], list[str]] = {}
    for unit in roster.units:
        reporter = roster.reporting_unit(unit)
        forms = tuple(
            form.key
            for form in notice.forms
            if form.is_owed_by(unit.name, unit.kind, unit.stage) and reporter.kind not in form.senders
        )
        if forms:
            lost.setdefault((reporter.name, *forms), []).append(unit.name)
    for (reporter_name, *forms_lost), units in lost.items():
        more = f"等{len(units)}个单位" if len(units) > 1 else ""
        yield (
            f"{units[0]}{more}由{reporter_name}代报,而{reporter_name}不报{'、'.join(forms_lost)},这些表没有人报:"
            f"请在通知的 senders 里加上它的类别,或在 units.csv 里去掉 parent"
        )


def _check_store(settings: Settings) -> Iterator[CheckResult]:
    try:
        store = _open_store(settings)
    except KongchuoError as error:
        yield CheckResult("数据库", False, str(error), error.exit_code)
        return
    try:
        store.try_to_write()
        waiting = len(store.messages.unprocessed())
        yield from _check_clock(store)
        yield CheckResult("数据库", True, f"可用;{waiting}封邮件待处理" if waiting else "可用")
        if (holder := store.jobs.who_holds(SERVICE_LEASE, datetime.now(UTC))) is not None:
            yield CheckResult("服务", True, f"kongchuo run 正在运行({holder}),不用再启动一个")
        if (roster := _roster(settings)).units:
            senders = find_senders(store.recorded(), roster, trust_rules_of(settings))
            if unconfirmed := sum(map(senders.is_unconfirmed, store.files.of_units(datetime.now(UTC)))):
                detail = f"{unconfirmed}份文件的发件人没有核实,不结案也不算已报:kongchuo files 里标着未核实的,问过单位后运行 kongchuo accept"
                yield CheckResult("未核实来源", True, detail)
            yield from _check_units_recorded(store, roster)
        if failed := [mail for mail in store.outbox.with_status(_UNSENT_STATES) if mail.error]:
            detail = f"{len(failed)}封没有发出,最近的原因:{failed[-1].error}(kongchuo outbox 可查全部)"
            yield CheckResult("发件箱", False, detail, 1)
        yield from _check_returned_addresses(settings, store)
    except KongchuoError as error:
        yield CheckResult("数据库", False, str(error), error.exit_code)
    finally:
        store.close()
    yield _check_archive(settings.store.archive)


def _check_key(settings: Settings) -> Iterator[CheckResult]:
    """Returns whether a copied folder tells of children; where it does not, whether the key lies outside of it."""
    name = "封存"
    try:
        kept = read_wrapped(settings.store.archive)
        found = find_code_that_opens(settings.store)
    except KongchuoError as error:
        yield CheckResult(name, False, str(error), error.exit_code)
        return
    if kept is None:
        detail = "没有封存:谁拿到数据库和存档,谁就能看到姓名和号码;要封存,请运行 kongchuo key new"
        yield CheckResult(name, True, detail)
    elif found is None:
        detail = f"本机没有打得开数据的密钥(编号{kept[0]}):请运行 kongchuo key import,输入抄下的恢复码"
        yield CheckResult(name, False, detail, 2)
    elif any(Path(found.where).is_relative_to(folder) for folder in _folders_with_data(settings)):
        detail = f"密钥和数据放在一起({found.where}),拿走目录就能打开:请把它移到别处,并写进 [store] key_file"
        yield CheckResult(name, False, detail, 2)
    else:
        yield CheckResult(name, True, f"已封存;密钥(编号{kept[0]})在{found.where},恢复码请抄下来锁好")


def _folders_with_data(settings: Settings) -> list[Path]:
    database = database_file(settings.store.url)
    return [settings.store.archive, *([database.parent] if database is not None else [])]


def _check_file_modes(settings: Settings) -> CheckResult:
    """Returns whether other users of this machine may read what holds children's data."""
    name, wide = "文件权限", find_readable_by_others(settings)
    if not wide:
        return CheckResult(name, True, "数据库、存档和密钥只有本用户能读")
    paths = [str(path) for path in wide]
    detail = f"{'、'.join(paths)} 本机其他用户也能读:请运行 chmod -R go-rwx {shlex.join(paths)}"
    return CheckResult(name, False, detail, 2)


def _check_returned_addresses(settings: Settings, store: Store) -> Iterator[CheckResult]:
    """Yields addresses on the roster whose newest mail bounced or was refused."""
    sent = store.outbox.with_status({DeliveryStatus.SENT})
    for one in find_returned_addresses(sent, _roster(settings)):
        detail = f"{'、'.join(one.units)}的邮箱 {one.address} 收不到信({one.reason}):请在名册 emails 中更正"
        yield CheckResult("单位邮箱", False, detail, 1)


def _check_units_recorded(store: Store, roster: Roster) -> Iterator[CheckResult]:
    """Filings of units that the roster does not know are in no list: renamed or taken out of it."""
    counts = Counter(
        submission.unit
        for submission in store.submissions.arrived(None, datetime.max.replace(tzinfo=UTC))
        if roster.get(submission.unit) is None
    )
    if counts:
        units = "、".join(f"{unit}({count}份)" for unit, count in counts.most_common(_MOST_UNITS_SHOWN))
        more = f"等{len(counts)}个单位" if len(counts) > _MOST_UNITS_SHOWN else ""
        yield CheckResult(
            "名册外的报送",
            False,
            f"{units}{more}不在名册里,报送没有计入:单位改名的,把旧名写进新单位的 aliases;误删的,请补回名册",
            2,
        )


def _check_archive(folder: Path) -> CheckResult:
    """Returns whether the archive has space and is writable, tested by writing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return CheckResult(
            "存档", False, f"{folder} 写不进去({reason_of(error)}):{_remedy_for_folder(error, folder)}", 3
        )
    if free > LEAST_FREE_BYTES:
        return CheckResult("存档", True, f"{folder} 可写,剩余{free / 1e9:.1f}GB")
    detail = (
        f"磁盘快满了:{folder} 只剩{free / 1e6:.0f}MB,至少要留{LEAST_FREE_BYTES / 1e6:.0f}MB;"
        "请删去不用的文件,或把 [store] 的 url 和 archive 移到别的盘"
    )
    return CheckResult("存档", False, detail, 3)


def _remedy_for_folder(error: OSError, folder: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "请删去不用的文件,或把 [store] 的 url 和 archive 移到别的盘"
    if error.errno in (errno.EACCES, errno.EPERM) and has_posix_shell():
        return f"请运行 sudo chown -R {getpass.getuser()} {shlex.quote(str(folder))},或把 [store] archive 改到自己的目录"
    return "请把 [store] archive 改到写得进的目录"


def _check_visible_period(settings: Settings, name: str, oldest: datetime) -> CheckResult:
    """Returns whether older mail may be hidden: QQ shows IMAP only the last 30 days unless told otherwise (收取选项)."""
    since = load_notice(settings.notice.file).first_mail_day
    day = oldest.astimezone(settings.office.zone).date()
    if day <= since or datetime.now(UTC) - oldest > QQ_VISIBLE_PERIOD:
        return CheckResult(f"{name} 往前看", True, f"最早的邮件是{day}")
    return CheckResult(
        f"{name} 往前看",
        True,
        f"最早只看得到{day}的邮件,而通知从{since}起:如果网页邮箱里有更早的,请在“设置—账户—收取选项”改为“全部”",
    )


def _check_clock(store: Store) -> Iterator[CheckResult]:
    """Yields a failure if the clock is wrong, since due dates depend on it."""
    now, newest = datetime.now(UTC), store.messages.newest_arrival()
    if now < EARLIEST_PLAUSIBLE_TIME:
        yield CheckResult("时钟", False, f"电脑日期是{now:%Y-%m-%d},不对:请校准时间", 2)
    elif newest is not None and newest > now + CLOCK_TOLERANCE:
        yield CheckResult(
            "时钟", False, f"最近一封邮件是{newest:%Y-%m-%d %H:%M}(UTC)到的,比电脑时间还晚:请校准时间", 2
        )


def _check_smtp(settings: Settings) -> Iterator[CheckResult]:
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
