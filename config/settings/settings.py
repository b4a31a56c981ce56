"""Reads ``kongchuo.toml`` (docs/contract.md, Configuration) into typed values.

Relative paths are resolved against the file's own folder. Passwords are never in the file; :mod:`config.passwords`
finds them. The sections of the file are the other modules of this folder.
"""

import os
import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator

from config.errors import ConfigError
from config.installation.environment_values import find_values, put_values
from config.notice import FrozenModel
from config.settings.alarm_settings import AlarmSettings, LogSettings
from config.settings.data_settings import BackupSettings, PrivacySettings, RetentionSettings, StoreSettings
from config.settings.mail_settings import MailboxSettings, SmtpSettings, TrustSettings
from config.settings.office_settings import (
    BulletinSettings,
    DigestSettings,
    NoticeFiles,
    OfficeSettings,
    Schedule,
    UnitMailSettings,
)
from config.settings.people_settings import AccessSettings, AnswerSettings, PersonSettings
from config.settings_messages import describe_error
from config.text.os_reasons import reason_of
from config.text.output_mask import MaskLevel, TextFilter, mask_name

DEFAULT_FILE = "kongchuo.toml"
_SECRET_KEYS = frozenset({"password", "passwd", "pass", "secret", "授权码", "密码", "auth_code"})


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
