"""The content of one audit entry: what was seen or done, by which person, why, for how many children, and by which way in."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from config.installation.operating_system import account_of_process


class Door(StrEnum):
    """The way by which a person reached the program."""

    TERMINAL = "terminal"
    MAIL = "mail"
    SERVICE = "service"


_DOOR = ContextVar("door", default=Door.TERMINAL)


def current_door() -> Door:
    """Returns the way in that applies to this thread."""
    return _DOOR.get()


@contextmanager
def coming_through(door: Door) -> Iterator[None]:
    """Sets the way in for everything recorded inside the block."""
    token = _DOOR.set(door)
    try:
        yield
    finally:
        _DOOR.reset(token)


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system's account of the process; setting ``LOGNAME`` does not change it."""

    uid: int | None
    """None where accounts have no numbers (Windows)."""
    name: str


@dataclass(frozen=True, slots=True)
class SeenChild:
    """A child whose data was shown, by the number or name it may be searched for."""

    number: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act to be audited."""

    what: str
    who: str
    """The name that is claimed; the account is recorded beside it (:func:`this_account`)."""
    at: datetime
    door: Door = field(default_factory=current_door)
    why: str = ""
    children: tuple[SeenChild, ...] = ()
    about: tuple[str, ...] = ()
    """Ids, such as a case's, by which the entry can be found."""


def this_account() -> Account:
    """Returns the account of this process."""
    return Account(*account_of_process())


def distinct_children(children: Iterable[SeenChild]) -> tuple[SeenChild, ...]:
    """Returns each child once, in order; several rows of one child count once."""
    return tuple(dict.fromkeys(children))
