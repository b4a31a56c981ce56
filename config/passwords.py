"""Finds passwords in the environment, the system's keyring or a file; none is in the configuration."""

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from config.errors import ConfigError

log = logging.getLogger(__name__)

KEYRING_SERVICE = "kongchuo"


@dataclass(frozen=True, slots=True)
class Account:
    """Whose password is wanted: its place in the configuration, its variables, and what it logs in as."""

    where: str
    variables: tuple[str, ...]
    username: str
    password_file: Path | None


def find_password(account: Account) -> str | None:
    """The first that is set: a variable, the keyring's entry for the username, the file.

    Raises:
        ConfigError: the file is named but cannot be read.
    """
    for variable in account.variables:
        if password := os.environ.get(variable):
            return password
    return _read_keyring(account.username) or _read_password_file(account)


def _read_keyring(username: str) -> str | None:
    """None on a machine without a keyring, as servers are."""
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


def _read_password_file(account: Account) -> str | None:
    path = account.password_file
    if path is None:
        return None
    try:
        lines = path.read_text("utf-8-sig").splitlines()
        mode = path.stat().st_mode
    except OSError as error:
        raise ConfigError(
            f"{account.where} 的 password_file {path} 读不出来({error.strerror}):请检查路径和读取权限"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{account.where} 的 password_file {path} 不是文本:请只写一行密码") from error
    if os.name == "posix" and mode & 0o077:
        log.warning("%s 可被本机其他用户读取,请运行 chmod 600", path)
    if not lines or not lines[0].strip():
        raise ConfigError(f"{account.where} 的 password_file {path} 是空的:请在第一行写密码(授权码)")
    return lines[0].strip()
