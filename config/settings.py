"""Reads ``kongchuo.toml`` (docs/contract.md, Configuration) into typed values.

Relative paths are resolved against the file's own folder. Passwords are never in the file; :mod:`config.passwords`
finds them.
"""

import ipaddress
import os
import re
import tomllib
from email.utils import parseaddr
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, model_validator

from config.errors import ConfigError
from config.installation.environment_values import find_values, put_values
from config.mail.typed_addresses import bare_address, describe_wrong_address, likely_address
from config.notice import FrozenModel
from config.passwords import Account, find_password
from config.settings_messages import describe_error
from config.text.os_reasons import reason_of
from config.text.output_mask import MaskLevel, TextFilter, mask_name

Security = Literal["tls", "starttls", "none"]

DEFAULT_FILE = "kongchuo.toml"
DEFAULT_POLL = "*/10 * * * *"
DEFAULT_DIGEST = "0 8 * * *"
DEFAULT_REMINDERS = "30 8 * * *"
DEFAULT_VERIFY = "40 3 * * *"
_SECRET_KEYS = frozenset({"password", "passwd", "pass", "secret", "授权码", "密码", "auth_code"})
SHORTEST_KEY = 32
_NOT_IN_VARIABLE_NAME = re.compile(r"\W")
_SQLITE = re.compile(r"(sqlite(?:\+\w+)?:///)([^?]+)(\?.*)?")


def _absolute_path(path: Path, info: ValidationInfo) -> Path:
    """Returns the path made absolute from the configuration's folder; unchanged for a model made without a file."""
    path = path.expanduser()
    return (info.context / path).resolve() if isinstance(info.context, Path) else path


def _store_url(url: str, info: ValidationInfo) -> str:
    if not re.match(r"sqlite(\+\w+)?:|postgresql\+psycopg:", url):
        raise ValueError("只支持 sqlite:///kongchuo.db 或 postgresql+psycopg://… 这样的写法")
    if (parts := _SQLITE.fullmatch(url)) and parts[2] != ":memory:":
        return f"{parts[1]}{_absolute_path(Path(parts[2]), info)}{parts[3] or ''}"
    return url


def _address(text: str) -> str:
    if bare_address(text) is None:
        raise ValueError(describe_wrong_address(text))
    return text


def _login(text: str) -> str:
    """Returns the user name of an account, checked like an address if it is one."""
    if "@" in text and bare_address(text) is None and likely_address(text) is not None:
        raise ValueError(describe_wrong_address(text))
    return text


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"没有“{name}”这个时区,中国请写 Asia/Shanghai") from error
    return name


def _cron(text: str) -> str:
    if text in (
        DEFAULT_POLL,
        DEFAULT_DIGEST,
        DEFAULT_REMINDERS,
        DEFAULT_VERIFY,
    ):  # known to be good; spares the import on every start
        return text
    if len(text.split()) != 5:
        raise ValueError(f"“{text}”应有五段(分 时 日 月 周),如 {DEFAULT_POLL}")
    from config.cron_expressions import parse_crontab

    try:
        parse_crontab(text, "UTC")
    except ValueError as error:
        raise ValueError(f"“{text}”不是有效的定时写法(分 时 日 月 周),如每天8点:{DEFAULT_DIGEST}") from error
    return text


def is_loopback(host: str) -> bool:
    """Returns whether mail to this host stays on this machine, by its name alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


LocalPath = Annotated[Path, AfterValidator(_absolute_path)]
Address = Annotated[str, AfterValidator(_address)]
Login = Annotated[str, AfterValidator(_login)]
Cron = Annotated[str, AfterValidator(_cron)]
NonEmptyText = Annotated[str, Field(min_length=1)]


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


class ServerSettings(FrozenModel):
    """The settings that mailboxes and mail servers share; without ``port`` the usual one for ``security``."""

    host: str = ""
    port: int = Field(default=0, ge=0, le=65535)
    security: Security = "tls"
    username: Login | None = None
    password_file: LocalPath | None = None
    ca_file: LocalPath | None = None
    """Certificates to trust instead of the system's, for a server with its own authority."""

    def _check(self, ports: dict[Security, int]) -> None:
        if not self.host:
            raise ValueError("缺少 host(服务器地址),如 QQ 邮箱收信 imap.qq.com、发信 smtp.qq.com")
        if self.security == "none" and not is_loopback(self.host):
            raise ValueError('security = "none" 不加密,只能用于本机(127.0.0.1);请改为 "tls" 或 "starttls"')
        if not self.port:
            object.__setattr__(self, "port", ports[self.security])


class MailboxSettings(ServerSettings):
    """A mailbox on a server, or with ``maildir`` a folder of mail on this machine."""

    name: NonEmptyText = "main"
    enabled: bool = True
    """Whether it is polled and checked; the senders of its earlier mail stay known."""
    folder: NonEmptyText = "INBOX"
    maildir: LocalPath | None = None
    authentication_servers: tuple[NonEmptyText, ...] = ()
    """The servers that write this mailbox's Authentication-Results, if its provider is unknown."""

    @property
    def is_on_server(self) -> bool:
        """Returns whether mail is fetched from a server, with host and password."""
        return self.maildir is None

    @property
    def opened_place(self) -> str:
        """The folder that is opened, on the server or on this machine."""
        return self.folder if self.maildir is None else str(self.maildir)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.enabled:
            return self
        if self.is_on_server:
            self._check({"tls": 993, "starttls": 143, "none": 143})
        elif self.host:
            raise ValueError("host 与 maildir 只能写一个:本机目录收信不需要 host")
        return self


class SmtpSettings(ServerSettings):
    """The server for outgoing mail, and its limits; mails beyond a limit are sent later."""

    sender: Address
    per_minute: int = Field(default=15, gt=0)
    """The most mails in a minute; they are sent at even intervals."""
    per_day: int = Field(default=300, gt=0)
    """The most mails in any 24 hours."""
    recipients: int = Field(default=20, gt=0)
    """The most recipients of one delivery; a mail to more is delivered in several."""
    megabytes: float = Field(default=20, gt=0)
    """The greatest size of a mail as it is sent; QQ takes less than 20."""
    dry_run: LocalPath | None = None
    """The folder into which mails are written as ``.eml`` instead of being sent."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        self._check({"tls": 465, "starttls": 587, "none": 25})
        return self


class StoreSettings(FrozenModel):
    url: Annotated[str, AfterValidator(_store_url)] = Field("sqlite:///kongchuo.db", validate_default=True)
    archive: LocalPath = Field(Path("archive"), validate_default=True)
    key_file: LocalPath | None = None
    """The file with the recovery code of the store's key, if it is neither in ``KONGCHUO_STORE_KEY`` nor in the keyring."""


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


class PrivacySettings(FrozenModel):
    """What is masked in all output (``docs/privacy.md`` lists it for each kind of output)."""

    mask: MaskLevel = MaskLevel.PHONES


class BackupSettings(FrozenModel):
    """The passphrase of ``kongchuo backup`` (``KONGCHUO_BACKUP_PASSWORD``, keyring or ``password_file``)."""

    password_file: LocalPath | None = None


class RetentionSettings(FrozenModel):
    """How long data is kept (``docs/privacy.md``); decisions, counts and the audit trail stay."""

    mail_months: int = Field(default=18, ge=1)
    """The months from its arrival for which a raw mail and its content are kept: a semester and a year."""
    case_until_age: int = Field(default=17, ge=6, le=30)
    """The age of a child until which the mails of its case are kept; those of an open case are always kept."""
    outbox_months: int = Field(default=6, ge=1)
    """The months for which the text of a sent mail is kept; the fact that it was sent stays."""
    copies_days: int = Field(default=30, ge=0)
    """The days for which databases and archives set aside by ``rebuild`` and ``restore`` are kept."""
    backups_days: int = Field(default=60, ge=1)
    """The days for which backups by ``kongchuo backup`` are kept where they were written; the newest stays."""
    logs_days: int = Field(default=180, ge=1)
    """The days for which traces of the program's errors are kept, in the folder for temporary files; the system keeps the service's log."""


class Role(StrEnum):
    """The roles of people of the office, by mail and on the command line; each includes those before it."""

    LOOKS = "看"
    DECIDES = "办"
    RUNS = "管"

    def may(self, needed: "Role") -> bool:
        """Returns whether this role includes the ``needed`` one."""
        roles = list(Role)
        return roles.index(self) >= roles.index(needed)


class PersonSettings(FrozenModel):
    """A person of the office whose replies by mail are answers."""

    address: Address
    name: str = ""
    role: Role = Role.DECIDES

    @cached_property
    def mailbox(self) -> str:
        """The bare address in lower case."""
        return parseaddr(self.address)[1].lower()

    @property
    def shown(self) -> str:
        """The name that a decision records."""
        return f"{self.name} <{self.mailbox}>" if self.name else self.mailbox


class AccessSettings(FrozenModel):
    """The groups of system users that may run commands; without any, everyone who can read the files may."""

    view_group: NonEmptyText | None = None
    """The group whose members may look (看)."""
    handle_group: NonEmptyText | None = None
    """The group whose members may also decide (办)."""
    manage_group: NonEmptyText | None = None
    """The group whose members may do everything (管)."""

    @property
    def groups(self) -> dict[Role, str]:
        """Maps each role to its group, if it has one."""
        groups = {
            Role.LOOKS: self.view_group,
            Role.DECIDES: self.handle_group,
            Role.RUNS: self.manage_group,
        }
        return {role: group for role, group in groups.items() if group is not None}


class AnswerSettings(FrozenModel):
    """The file with the key of reply codes (or ``KONGCHUO_ANSWERS_KEY``, or the keyring); without a key mail is no answer."""

    key_file: LocalPath | None = None


def _ping_url(url: str) -> str:
    if not re.match(r"https?://[^/\s]+", url):
        raise ValueError(f"“{url}”不是网址,请写成 https://hc-ping.com/… 的样子")
    return url


class AlarmSettings(FrozenModel):
    """The recipients of alarms and the limits for raising them; without recipients no mail is sent."""

    recipients: tuple[Address, ...] = ()
    hours_without_poll: float = Field(default=6, gt=0)
    """The hours without a successful poll after which an alarm is raised."""
    hours_in_outbox: float = Field(default=2, gt=0)
    """The hours that a due mail may wait before an alarm is raised."""
    free_megabytes: int = Field(default=1000, ge=0)
    backup_days: int = Field(default=14, ge=0)
    """The greatest age of the newest backup in days; 0 for no alarm."""
    ping: Annotated[str, AfterValidator(_ping_url)] | None = None
    """The URL of a monitor that is informed of each poll (healthchecks' protocol)."""


class LogSettings(FrozenModel):
    """The log that the service writes to stderr; it never contains names, subjects, numbers or addresses of persons."""

    format: Literal["human", "json"] = "human"
    level: Literal["debug", "info", "warning", "error"] = "info"


class TrustSettings(FrozenModel):
    """The policy for mail of unproven senders; under both it improves nothing."""

    policy: Literal["mark", "hold"] = "mark"
    """``mark``: it may open cases and is shown; ``hold``: it is kept apart until a person accepts it."""


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


class Settings(FrozenModel):
    office: OfficeSettings
    notice: NoticeFiles
    mailbox: tuple[MailboxSettings, ...] = Field(min_length=1)
    smtp: SmtpSettings | None = None
    store: StoreSettings = Field(default_factory=dict, validate_default=True)
    schedule: Schedule = Schedule()
    digest: DigestSettings = DigestSettings()
    privacy: PrivacySettings = PrivacySettings()
    backup: BackupSettings = BackupSettings()
    retention: RetentionSettings = RetentionSettings()
    alarms: AlarmSettings = AlarmSettings()
    log: LogSettings = LogSettings()
    units: UnitMailSettings = UnitMailSettings()
    trust: TrustSettings = TrustSettings()
    people: tuple[PersonSettings, ...] = ()
    answers: AnswerSettings = AnswerSettings()
    access: AccessSettings = AccessSettings()
    bulletin: BulletinSettings = BulletinSettings()
    path: Path
    """The file from which the settings were read."""

    @cached_property
    def everyone(self) -> tuple[PersonSettings, ...]:
        """The people of the office: those listed, and other recipients of the digest, who may decide."""
        listed = {person.mailbox: person for person in reversed(self.people)}
        readers = [PersonSettings(address=one) for one in self.office.recipients]
        people = {person.mailbox: listed.get(person.mailbox, person) for person in (*readers, *self.people)}
        return tuple(people.values())

    @property
    def name_in_mail(self) -> TextFilter:
        """Returns how a mail's text names a child: the stricter of ``[privacy] mask`` and ``[digest] mask`` applies."""
        hidden = self.digest.mask == "id+name" or self.privacy.mask is MaskLevel.NAMES
        return mask_name if hidden else str

    @property
    def open_mailboxes(self) -> tuple[MailboxSettings, ...]:
        """The mailboxes that are enabled."""
        return tuple(mailbox for mailbox in self.mailbox if mailbox.enabled)

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [mailbox.name for mailbox in self.mailbox]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"有两个 [[mailbox]] 都叫“{twice.pop()}”,请给每个信箱起不同的 name")
        return self


def password_accounts(settings: Settings) -> tuple[Account, ...]:
    """Returns every account for which the settings may need a password."""
    accounts = [
        Account(
            f"[[mailbox]] {mailbox.name}",
            mailbox_password_variables(settings, mailbox),
            mailbox.username,
            mailbox.password_file,
        )
        for mailbox in settings.open_mailboxes
        if mailbox.is_on_server and mailbox.username is not None
    ]
    smtp = settings.smtp
    if smtp is not None and smtp.username is not None:
        accounts.append(Account("[smtp]", ("KONGCHUO_SMTP_PASSWORD",), smtp.username, smtp.password_file))
    return (
        *accounts,
        Account("[digest]", ("KONGCHUO_WORKBOOK_PASSWORD",), "workbook", settings.digest.password_file),
        Account("[backup]", ("KONGCHUO_BACKUP_PASSWORD",), "backup", settings.backup.password_file),
        Account("[answers]", ("KONGCHUO_ANSWERS_KEY",), "answers", settings.answers.key_file),
    )


def find_config(option: Path | None) -> Path:
    """Returns the configuration file: ``--config``, else ``$KONGCHUO_CONFIG``, else ``./kongchuo.toml``; a folder means the file in it."""
    path = option or Path(os.environ.get("KONGCHUO_CONFIG") or DEFAULT_FILE)
    return path / DEFAULT_FILE if path.is_dir() else path


def load_settings(path: Path) -> Settings:
    """Returns the settings of a configuration file.

    Raises:
        ConfigError: the file is missing, is no TOML, or has a wrong key; the message says how to write it.
    """
    data = read_tables(path)
    if (where := _find_secret(data)) is not None:
        raise ConfigError(
            f"{path} 的 {where}:密码(授权码)不能写在配置文件里,请删去,改用环境变量、系统钥匙串或 password_file"
        )
    if "path" in data:
        raise ConfigError(f"{path} 的 path:不认识的键,请删去")
    absolute = path.absolute()
    said = find_values(data, Settings, os.environ)
    try:
        return Settings.model_validate({**put_values(data, said), "path": absolute}, context=absolute.parent)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]["loc"]
        variables = [
            one.variable
            for one in said
            if wrong[: 2 if one.mailbox is None else 3]
            == (one.section, *([one.mailbox] if one.mailbox is not None else []), one.key)
        ]
        where = f"环境变量 {variables[0]}(即" if variables else f"{path} 的 "
        raise ConfigError(f"{where}{describe_error(error, Settings)}{')' if variables else ''}") from error


def find_mailbox_password(settings: Settings, mailbox: MailboxSettings) -> str | None:
    """Returns the mailbox's password; None if none is found or needed."""
    if not mailbox.is_on_server or mailbox.username is None:
        return None
    variables = mailbox_password_variables(settings, mailbox)
    where = f"[[mailbox]] {mailbox.name}"
    return find_password(Account(where, variables, mailbox.username, mailbox.password_file))


def mailbox_password_variables(settings: Settings, mailbox: MailboxSettings) -> tuple[str, ...]:
    """Returns the variables that hold the mailbox's password, the more particular first."""
    own_variable = f"KONGCHUO_MAILBOX_{_NOT_IN_VARIABLE_NAME.sub('_', mailbox.name).upper()}_PASSWORD"
    accounts = {(other.host, other.username) for other in settings.mailbox if other.is_on_server}
    # The common variable serves one account; with several, it must not go to a foreign server.
    return (own_variable, "KONGCHUO_MAILBOX_PASSWORD") if len(accounts) == 1 else (own_variable,)


def find_smtp_password(settings: Settings) -> str | None:
    """Returns the mail server's password; None if none is found or needed."""
    smtp = settings.smtp
    if smtp is None or smtp.username is None:
        return None
    return find_password(Account("[smtp]", ("KONGCHUO_SMTP_PASSWORD",), smtp.username, smtp.password_file))


def find_workbook_password(settings: Settings) -> str | None:
    """Returns the password of the digest's zip; None if none is found."""
    account = Account("[digest]", ("KONGCHUO_WORKBOOK_PASSWORD",), "workbook", settings.digest.password_file)
    return find_password(account)


def find_backup_password(password_file: Path | None) -> str | None:
    """Returns the passphrase of backups; None if none is found."""
    return find_password(Account("[backup]", ("KONGCHUO_BACKUP_PASSWORD",), "backup", password_file))


def find_answers_key(settings: Settings) -> str | None:
    """Returns the key of reply codes; None if none is found.

    Raises:
        ConfigError: it is too short to be safe.
    """
    account = Account("[answers]", ("KONGCHUO_ANSWERS_KEY",), "answers", settings.answers.key_file)
    key = find_password(account)
    if key is not None and len(key) < SHORTEST_KEY:
        raise ConfigError(
            f"[answers] 的密钥太短:请用 {SHORTEST_KEY} 个以上随机字符,如 openssl rand -hex 32 生成的"
        )
    return key


def read_tables(path: Path) -> dict[str, Any]:
    """Returns the file's tables.

    Raises:
        ConfigError: it is missing, cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"找不到配置文件 {path}:请先运行 kongchuo init 生成,或用 --config 指明位置"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"配置文件 {path} 不是 UTF-8 编码:请另存为 UTF-8") from error
    except OSError as error:
        raise ConfigError(f"配置文件 {path} 打不开({reason_of(error)}):请检查路径和读取权限") from error
    except tomllib.TOMLDecodeError as error:
        position = re.search(r"line ([0-9]+), column ([0-9]+)", str(error))
        where = f"第{position[1]}行第{position[2]}列" if position else "末尾"
        raise ConfigError(
            f"配置文件 {path} {where}写法有误:文字要加英文双引号,路径用 / 不用 \\,同一个键只写一次"
        ) from error


def _find_secret(value: Any, where: str = "") -> str | None:
    """Returns the key under which a password is written in the file; None if there is none."""
    if isinstance(value, dict):
        for key, inner in value.items():
            position = f"{where}.{key}" if where else str(key)
            if key.lower() in _SECRET_KEYS:
                return position
            if (secret_key := _find_secret(inner, position)) is not None:
                return secret_key
    elif isinstance(value, list):
        return next(
            (secret_key for inner in value if (secret_key := _find_secret(inner, where)) is not None), None
        )
    return None
