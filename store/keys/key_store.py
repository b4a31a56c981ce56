"""Operations that replace a store's key (:mod:`store.keys.rotation`)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from store.archive import Archive
from store.keys import rotation

if TYPE_CHECKING:  # a store without a key does without the library of ciphers
    from store.sealing.seal import Seal
    from store.sealing.wrapped_key import NewKey


class KeyStore:
    """Operations that replace the key of a sealed store."""

    def __init__(self, engine: Engine, archive: Archive, seal: "Seal | None") -> None:
        self._engine = engine
        self._archive = archive.root
        self._seal = seal

    def make_next(self) -> "NewKey":
        """Makes the key that will replace the present one, once its recovery code is kept (:meth:`use`)."""
        from store.sealing.wrapped_key import make_key

        return make_key(self._seal)

    def use(self, key: "NewKey") -> None:
        """Gives the store a new key; what it holds is still sealed with the older one."""
        assert self._seal is not None
        rotation.begin_rotation(self._engine, self._archive, self._seal, key.wrapped)

    def is_rotating(self) -> bool:
        """Returns whether the present key is being replaced."""
        return rotation.is_rotating(self._archive)

    def seal_rows_anew(self, on_progress: Callable[[int], None]) -> None:
        """Seals the database's values with the newest key.

        Args:
            on_progress: called with the number of rows after each transaction.
        """
        assert self._seal is not None
        rotation.seal_rows_anew(self._engine, self._seal, on_progress)

    def end_rotation(self) -> None:
        """Deletes the older keys, with which nothing is sealed any more."""
        rotation.end_rotation(self._engine, self._archive)
