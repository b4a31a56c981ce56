"""Finds and stores the recovery code of the key with which a store is sealed; it is never in the store or the configuration."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.errors import ConfigError
from config.installation.operating_system import configuration_folder
from config.installation.secret_variables import secret_variable
from config.passwords import KEYRING_SERVICE, read_keyring
from config.settings import StoreSettings
from config.text.os_reasons import reason_of

VARIABLE = "KONGCHUO_STORE_KEY"
_IN_KEYRING = "store {}"


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A recovery code, and in words where it was found."""

    code: str
    where: str


def keys_folder() -> Path:
    """Returns the folder of this user's keys, which is outside any office's folder."""
    return configuration_folder() / "kongchuo"


def key_file_of(store: StoreSettings, key_id: str) -> Path:
    """Returns where the code of a key is kept: the configured file, else one of this user."""
    return store.key_file or keys_folder() / f"{key_id}.key"


def find_store_codes(store: StoreSettings, key_id: str) -> Iterator[FoundCode]:
    """Yields the possible codes of a key: from the environment, the configured file, one beside it, this user's file, the keyring.

    A place is looked at only if no code before it opened the key: the keyring takes 30 ms to load. While a key is
    being replaced (``kongchuo key rotate``), the environment and the configured file still have the older code.

    Raises:
        ConfigError: a file exists and cannot be read.
    """
    if code := secret_variable(VARIABLE):
        yield FoundCode(code, f"环境变量 {VARIABLE}")
    for file in dict.fromkeys([key_file_of(store, key_id), *_files_by_id(store, key_id)]):
        if code := _read(file):
            yield FoundCode(code, str(file))
    if code := read_keyring(_IN_KEYRING.format(key_id)):
        yield FoundCode(code, f"系统钥匙串({KEYRING_SERVICE})")


def keep_store_code(store: StoreSettings, key_id: str, code: str) -> Path:
    """Writes the code into its file, with read access for its user only.

    Raises:
        ConfigError: it cannot be written, or the file already exists.
    """
    return _write(key_file_of(store, key_id), code)


def keep_next_code(store: StoreSettings, key_id: str, code: str) -> Path:
    """Writes the code of a replacing key into a file of its own: beside the configured one, or in this user's folder.

    Raises:
        ConfigError: it cannot be written, or a file is there already.
    """
    return _write(_files_by_id(store, key_id)[0], code)


def _files_by_id(store: StoreSettings, key_id: str) -> list[Path]:
    beside = [store.key_file.with_name(f"{store.key_file.name}.{key_id}")] if store.key_file else []
    return [*beside, keys_folder() / f"{key_id}.key"]


def _write(file: Path, code: str) -> Path:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(descriptor, "w", encoding="ascii") as opened:
            opened.write(f"{code}\n")
            opened.flush()
            os.fsync(opened.fileno())
    except FileExistsError as error:
        raise ConfigError(f"{file} 已经有了,没有覆盖:请先移走它,或在 [store] key_file 写别的文件") from error
    except OSError as error:
        raise ConfigError(
            f"密钥文件 {file} 写不进去({reason_of(error)}),没有封存:请在 [store] key_file 写一个能写的位置,再运行一次"
        ) from error
    return file


def _read(file: Path) -> str | None:
    try:
        return file.read_text("utf-8-sig").strip() or None
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else "不是文本"
        raise ConfigError(f"密钥文件 {file} 读不出来({reason}):请检查路径和读取权限") from error
