"""What one entry of the audit trail says: who saw or did what, of how many children, why, and through which door."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from config.installation.operating_system import account_of_process


class Door(StrEnum):
    """How somebody came in."""

    TERMINAL = "terminal"
    MAIL = "mail"
    SERVICE = "service"


_DOOR = ContextVar("door", default=Door.TERMINAL)


def current_door() -> Door:
    """Returns the door through which this thread works."""
    return _DOOR.get()


@contextmanager
def coming_through(door: Door) -> Iterator[None]:
    """Has what is recorded inside say that it came through this door."""
    token = _DOOR.set(door)
    try:
        yield
    finally:
        _DOOR.reset(token)


@dataclass(frozen=True, slots=True)
class Account:
    """The account of the operating system under which the program runs; whoever sets ``LOGNAME`` does not change it."""

    uid: int | None
    """``None`` where accounts have no numbers (Windows)."""
    name: str


@dataclass(frozen=True, slots=True)
class SeenChild:
    """A child whose data was shown, by what people ask for it with."""

    number: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One thing that somebody saw or did."""

    what: str
    who: str
    """The name that is claimed; the account stands beside it (:func:`this_account`)."""
    at: datetime
    door: Door = field(default_factory=current_door)
    why: str = ""
    children: tuple[SeenChild, ...] = ()
    about: tuple[str, ...] = ()
    """Ids, as of a case, by which the entry can be asked for."""


def this_account() -> Account:
    """Returns the account that this process belongs to."""
    return Account(*account_of_process())


def distinct_children(children: Iterable[SeenChild]) -> tuple[SeenChild, ...]:
    """Returns each child once, in order: a row for every semester is still one child."""
    return tuple(dict.fromkeys(children))
