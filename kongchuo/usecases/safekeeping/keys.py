"""Makes the key with which a store is sealed, finds its recovery code, and stores a code that was typed."""

from dataclasses import dataclass
from pathlib import Path

from config.errors import ConfigError
from config.settings import StoreSettings
from config.store_key import FoundCode, find_store_codes, keep_next_code, keep_store_code, key_file_of
from store.keys.key_place import read_wrapped, write_wrapped
from store.sealing.wrapped_key import WrappedKey, make_key, opens

TELL_TO_COPY = "请把恢复码抄下来锁好:密钥文件丢了又没有恢复码,所有数据都打不开,谁也恢复不了"


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A key that was just made: the place where its recovery code is stored, and the code itself, to be shown once."""

    key_id: str
    file: Path
    code: str

    @property
    def words(self) -> tuple[str, ...]:
        """The lines to print on the key."""
        return (
            f"数据加密封存,密钥(编号{self.key_id})在 {self.file}",
            f"恢复码:{self.code}",
            TELL_TO_COPY,
        )


def make_store_key(store: StoreSettings) -> KeptKey:
    """Makes a key, stores its recovery code outside the store, and marks the store to be sealed when it is next opened.

    Raises:
        ConfigError: the store has a key, or the code cannot be stored.
        StoreError: the archive cannot be written.
    """
    if (kept := read_wrapped(store.archive)) is not None:
        raise ConfigError(f"这里的数据已经封存(密钥编号{kept[0]}),没有改动")
    new = make_key()
    # The code is on the disk before anything is sealed with it.
    file = keep_store_code(store, new.wrapped.key_id, new.code)
    write_wrapped(store.archive, new.wrapped.key_id, new.wrapped.text)
    return KeptKey(new.wrapped.key_id, file, new.code)


def find_code_that_opens(store: StoreSettings) -> FoundCode | None:
    """Returns the code that opens a store, with its place; ``None`` if the store is not sealed, or no code is found.

    Raises:
        ConfigError: a key file exists and cannot be read.
        StoreError: the wrapped key cannot be read.
    """
    kept = read_wrapped(store.archive)
    if kept is None:
        return None
    wrapped = WrappedKey.of_text(*kept)
    return next((found for found in find_store_codes(store, kept[0]) if opens(wrapped, found.code)), None)


def import_code(store: StoreSettings, code: str) -> Path:
    """Stores a typed recovery code on this machine, if it opens the store.

    Raises:
        ConfigError: it does not open this store, or cannot be stored.
        StoreError: the wrapped key cannot be read.
    """
    kept = read_wrapped(store.archive)
    if kept is None:
        raise ConfigError("这里的数据没有封存,用不着恢复码;要从备份恢复,请先运行 kongchuo restore")
    if not opens(WrappedKey.of_text(*kept), code):
        raise ConfigError(
            f"这份恢复码打不开这里的数据(要的是密钥编号{kept[0]}的,9组、每组4个字符):请对照抄下的再输入一次"
        )
    keep = keep_next_code if key_file_of(store, kept[0]).exists() else keep_store_code
    return keep(store, kept[0], code.strip())
