"""Makes the key with which a store is sealed."""

from dataclasses import dataclass
from pathlib import Path

from config.errors import ConfigError
from config.settings import StoreSettings
from config.store_key import keep_store_code
from store.safekeeping.key_place import read_wrapped, write_wrapped
from store.sealing.wrapped_key import make_key

TELL_TO_COPY = "请把恢复码抄下来锁好:密钥文件丢了又没有恢复码,所有数据都打不开,谁也恢复不了"


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A key that was just made: where its recovery code was kept, and the code itself, to be shown once."""

    key_id: str
    file: Path
    code: str

    @property
    def words(self) -> tuple[str, ...]:
        """What a person is told, a line each."""
        return (
            f"数据加密封存,密钥(编号{self.key_id})在 {self.file}",
            f"恢复码:{self.code}",
            TELL_TO_COPY,
        )


def make_store_key(store: StoreSettings) -> KeptKey:
    """Makes a key, keeps its recovery code outside the store, and has the store sealed when it is next opened.

    Raises:
        ConfigError: the store has a key, or the code cannot be kept.
        StoreError: the archive cannot be written.
    """
    if (kept := read_wrapped(store.archive)) is not None:
        raise ConfigError(f"这里的数据已经封存(密钥编号{kept[0]}),没有改动")
    new = make_key()
    # The code is on the disk before anything is sealed with it.
    file = keep_store_code(store, new.wrapped.key_id, new.code)
    write_wrapped(store.archive, new.wrapped.key_id, new.wrapped.text)
    return KeptKey(new.wrapped.key_id, file, new.code)
