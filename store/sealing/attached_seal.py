"""Attaches the store's keys (:class:`store.sealing.seal.Seal`) to an engine, by way of its dialect object.

Each engine has a dialect object of its own, and column types are given only that.
"""

from typing import TYPE_CHECKING

from sqlalchemy import Dialect
from sqlalchemy.engine import Engine

if TYPE_CHECKING:  # a store without a key does without the library of ciphers, which takes 40 ms to load
    from store.sealing.seal import Seal

_SEAL = "_kongchuo_seal"


def set_seal(engine: Engine, seal: "Seal") -> None:
    """Attaches a store's seal (its keys) to an engine."""
    setattr(engine.dialect, _SEAL, seal)


def seal_of(dialect: Dialect) -> "Seal | None":
    """Returns the seal attached to a dialect's engine, or None for a store without a key."""
    return getattr(dialect, _SEAL, None)
