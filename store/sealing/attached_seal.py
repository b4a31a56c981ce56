"""The seal of an engine: it belongs to the engine's dialect, of which each engine has one of its own."""

from typing import TYPE_CHECKING

from sqlalchemy import Dialect
from sqlalchemy.engine import Engine

if TYPE_CHECKING:  # a store without a key does without the library of ciphers, which takes 40 ms to load
    from store.sealing.seal import Seal

_SEAL = "_kongchuo_seal"


def set_seal(engine: Engine, seal: "Seal") -> None:
    """Gives an engine its seal."""
    setattr(engine.dialect, _SEAL, seal)


def seal_of(dialect: Dialect) -> "Seal | None":
    """Returns the seal of an engine, by its dialect; ``None`` for a store without a key."""
    return getattr(dialect, _SEAL, None)
