"""Finds passwords in the environment, the system's keyring or a file; the configuration holds none."""

import logging
from dataclasses import dataclass
from pathlib import Path

from config.errors import ConfigError
from config.installation.extras import Extra, how_to_install
from config.installation.operating_system import is_readable_by_others
from config.installation.secret_variables import secret_variable
from config.text.os_reasons import reason_of

log = logging.getLogger(__name__)

KEYRING_SERVICE = "kongchuo"
_FILES_OF = "files of {}"
_MOST_OF_A_UNIT = 8
_NO_KEYRING = "装有本程序的电脑没有钥匙串,密码没有留下:请单位再发一封邮件,在正文里写明密码,程序会自己试"

_KEYRING_NOT_INSTALLED = (
    f"没有装用钥匙串的部件,密码没有留下:{how_to_install(Extra.KEYRING)},或请单位在邮件正文里写明密码"
)


@dataclass(frozen=True, slots=True)
class Account:
    """An account with a password: its place in the configuration, its environment variables and its user name."""

    where: str
    variables: tuple[str, ...]
    username: str
    password_file: Path | None


def find_password(account: Account) -> str | None:
    """Returns the first password that is set: in a variable, in the keyring under the user name, in the file.

    Raises:
        ConfigError: the file is named but cannot be read.
    """
    for variable in account.variables:
        if password := secret_variable(variable):
            return password
    return read_keyring(account.username) or _read_password_file(account)


def locate_password(account: Account) -> str | None:
    """Returns where the password of an account comes from, in Chinese; None where there is none.

    Raises:
        ConfigError: the file is named but cannot be read.
    """
    for variable in account.variables:
        if secret_variable(variable):
            return f"环境变量 {variable}"
    if read_keyring(account.username):
        return "系统钥匙串"
    return f"文件 {account.password_file}" if _read_password_file(account) else None


def read_keyring(username: str) -> str | None:
    """Returns an entry of the keyring; ``None`` on a machine without a keyring, such as a server."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as error:
        log.debug("no keyring: %s", error)
        return None
    try:
        return keyring.get_password(KEYRING_SERVICE, username) or None
    except (KeyringError, OSError, RuntimeError) as error:
        log.debug("no keyring: %s", error)
        return None


def find_file_passwords(unit: str) -> tuple[str, ...]:
    """Returns the known passwords of a unit's encrypted files, newest first."""
    stored = read_keyring(_FILES_OF.format(unit))
    return tuple(stored.split("\n")) if stored else ()


def keep_file_password(unit: str, password: str) -> None:
    """Adds a password of a unit's encrypted files to the keyring, in front of the earlier ones.

    Raises:
        ConfigError: this machine has no keyring.
    """
    earlier = [one for one in find_file_passwords(unit) if one != password]
    try:
        import keyring
        from keyring.errors import KeyringError

        try:
            kept = "\n".join([password, *earlier][:_MOST_OF_A_UNIT])
            keyring.set_password(KEYRING_SERVICE, _FILES_OF.format(unit), kept)
        except (KeyringError, OSError, RuntimeError) as error:
            raise ConfigError(_NO_KEYRING) from error
    except ImportError as error:
        raise ConfigError(_KEYRING_NOT_INSTALLED) from error


def _read_password_file(account: Account) -> str | None:
    path = account.password_file
    if path is None:
        return None
    try:
        lines = path.read_text("utf-8-sig").splitlines()
        mode = path.stat().st_mode
    except OSError as error:
        raise ConfigError(
            f"{account.where} 的 password_file {path} 读不出来({reason_of(error)}):请检查路径和读取权限"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{account.where} 的 password_file {path} 不是文本:请只写一行密码") from error
    if is_readable_by_others(mode):
        log.warning("%s 可被本机其他用户读取,请运行 chmod 600", path)
    if not lines or not lines[0].strip():
        raise ConfigError(f"{account.where} 的 password_file {path} 是空的:请在第一行写密码(授权码)")
    return lines[0].strip()
