"""Settings from ``kongchuo.toml``, the environment and the keyring (contract §3)."""

import os
import tomllib
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from config.errors import ConfigError

Security = Literal["tls", "starttls", "none"]
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
KEYRING_SERVICE = "kongchuo"


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Office(Model):
    name: str
    timezone: str = "Asia/Shanghai"
    recipients: tuple[str, ...] = ()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"没有时区 {value},国内请写 Asia/Shanghai") from error
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class NoticeFiles(Model):
    file: Path = Path("notices/2023-autumn.toml")
    roster: Path = Path("units.csv")


class Server(Model):
    """What a mailbox and the server for outgoing mail have in common."""

    security: Security = "tls"
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None

    @staticmethod
    def _check_clear_text(host: str | None, security: Security) -> None:
        if security == "none" and host is not None and host not in LOOPBACK:
            raise ValueError('security = "none" 只能用于本机,其他服务器请写 "tls"')


class Mailbox(Server):
    """One mailbox: an IMAP account, or with ``maildir`` a folder of mail on this machine."""

    name: str = "main"
    host: str | None = None
    port: int = 993
    folder: str = "INBOX"
    maildir: Path | None = None

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.host is None and self.maildir is None:
            raise ValueError('缺 host:请写收信服务器,如 host = "imap.qq.com"')
        self._check_clear_text(self.host, self.security)
        return self


class Smtp(Server):
    host: str
    port: int = 465
    sender: str

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        self._check_clear_text(self.host, self.security)
        return self


class StoreSettings(Model):
    url: str = "sqlite:///kongchuo.db"
    archive: Path = Path("archive")


class Schedule(Model):
    poll: str = "*/10 * * * *"
    digest: str = "0 8 * * *"

    @field_validator("poll", "digest")
    @classmethod
    def _is_cron(cls, value: str) -> str:
        from apscheduler.triggers.cron import CronTrigger

        try:
            CronTrigger.from_crontab(value)
        except ValueError as error:
            raise ValueError(f"{value!r} 不是 cron 写法,每10分钟请写 */10 * * * *") from error
        return value


class UnitMails(Model):
    receipts: bool = False
    reminders: bool = False


class Settings(Model):
    """The whole configuration; every path is absolute."""

    path: Path
    office: Office
    notice: NoticeFiles = NoticeFiles()
    mailbox: tuple[Mailbox, ...] = ()
    smtp: Smtp | None = None
    store: StoreSettings = StoreSettings()
    schedule: Schedule = Schedule()
    units: UnitMails = UnitMails()

    @field_validator("mailbox")
    @classmethod
    def _names_differ(cls, value: tuple[Mailbox, ...]) -> tuple[Mailbox, ...]:
        names = [mailbox.name for mailbox in value]
        if len(set(names)) < len(names):
            raise ValueError("几个邮箱同名:请给每个 [[mailbox]] 写不同的 name")
        return value


def find_config(option: Path | None) -> Path:
    """``--config``, then ``$KONGCHUO_CONFIG``, then ``./kongchuo.toml``."""
    if option is not None:
        return option
    return Path(os.environ.get("KONGCHUO_CONFIG") or "kongchuo.toml")


def load_settings(path: Path) -> Settings:
    """Read the configuration.

    Raises:
        ConfigError: with file, key and remedy, in one Chinese line.
    """
    try:
        raw = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(f"找不到配置文件 {path}:请先运行 kongchuo init 生成,或用 --config 指定") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"配置文件 {path} 读不出来({error}):请确认它是 UTF-8 文本且有权限读") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"配置文件 {path} 写法有误({error}):请检查该行的引号和等号") from error
    _refuse_passwords(raw, path)
    try:
        settings = Settings.model_validate({**raw, "path": path.resolve()})
    except ValidationError as error:
        raise ConfigError(f"配置文件 {path}:{_explain(error)}") from error
    return _with_absolute_paths(settings, path.resolve().parent)


def password_for_mailbox(settings: Settings, mailbox: Mailbox) -> str | None:
    """From ``KONGCHUO_MAILBOX_<NAME>_PASSWORD`` or ``KONGCHUO_MAILBOX_PASSWORD``, keyring or file."""
    variables = [f"KONGCHUO_MAILBOX_{mailbox.name.upper()}_PASSWORD"]
    if len(settings.mailbox) <= 1 or mailbox.name == "main":
        variables.append("KONGCHUO_MAILBOX_PASSWORD")
    return _password(variables, mailbox)


def password_for_smtp(settings: Settings) -> str | None:
    """From ``KONGCHUO_SMTP_PASSWORD``, keyring or file."""
    return None if settings.smtp is None else _password(["KONGCHUO_SMTP_PASSWORD"], settings.smtp)


def _password(variables: list[str], server: Server) -> str | None:
    for variable in variables:
        if value := os.environ.get(variable):
            return value
    if server.password_file is not None:
        try:
            return server.password_file.read_text("utf-8").strip()
        except OSError as error:
            raise ConfigError(f"密码文件 {server.password_file} 读不出来({error.strerror}):请检查路径和权限") from error
    return _from_keyring(server.username) if server.username else None


def _from_keyring(username: str) -> str | None:
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(KEYRING_SERVICE, username)
    except KeyringError:  # a server without a desktop has no keyring
        return None


def _refuse_passwords(raw: dict[str, Any], path: Path) -> None:
    mailboxes = raw.get("mailbox")
    tables = [*(mailboxes if isinstance(mailboxes, list) else [mailboxes]), raw.get("smtp")]
    if any(isinstance(table, dict) and "password" in table for table in tables):
        raise ConfigError(
            f"配置文件 {path}:密码不能写在这里,请删去 password,改用环境变量 KONGCHUO_MAILBOX_PASSWORD"
            " / KONGCHUO_SMTP_PASSWORD,或 password_file"
        )


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    match first["type"]:
        case "missing":
            return f"缺 {where},请补上"
        case "extra_forbidden":
            return f"不认识 {where},请检查拼写或删去"
        case "value_error":
            return f"{where}:{first['ctx']['error']}" if where else str(first["ctx"]["error"])
        case "literal_error":
            return f"{where} 只能是 {first['ctx']['expected']},现在是 {first['input']!r}"
        case _:
            return f"{where} 的值 {first['input']!r} 不对({first['msg']}),请改正"


def _with_absolute_paths(settings: Settings, base: Path) -> Settings:
    def whole(path: Path | None) -> Path | None:
        return None if path is None else (base / path.expanduser()).absolute()

    def server_paths(server: Server) -> dict[str, Path | None]:
        return {"password_file": whole(server.password_file), "ca_file": whole(server.ca_file)}

    url = settings.store.url
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith("sqlite:////") and ":memory:" not in url:
        url = f"{prefix}{(base / url.removeprefix(prefix)).absolute()}"
    return settings.model_copy(
        update={
            "notice": NoticeFiles.model_construct(
                file=whole(settings.notice.file), roster=whole(settings.notice.roster)
            ),
            "mailbox": tuple(
                box.model_copy(update={"maildir": whole(box.maildir), **server_paths(box)})
                for box in settings.mailbox
            ),
            "smtp": settings.smtp and settings.smtp.model_copy(update=server_paths(settings.smtp)),
            "store": StoreSettings.model_construct(url=url, archive=whole(settings.store.archive)),
        }
    )
