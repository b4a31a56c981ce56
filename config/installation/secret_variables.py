"""Keeps what is secret in the environment from the processes that this one starts: readers of hostile files, a pager.

:func:`take_secrets` is called before anything is started. What a system shows of this process's own first environment
(``/proc/PID/environ``) stays, for its user and the administrator.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

_SECRET = re.compile(
    r"KONGCHUO_(?:(?:WORKBOOK|BACKUP|SMTP)_PASSWORD|ANSWERS_KEY|STORE_KEY|MAILBOX_(?:.*_)?PASSWORD)"
)
_taken: dict[str, str] = {}


def take_secrets() -> None:
    """Takes every variable with a secret out of the environment; :func:`secret_variable` still knows it."""
    for name in list(os.environ):
        if _SECRET.fullmatch(name):
            _taken[name] = os.environ.pop(name)


def secret_variable(name: str) -> str | None:
    """Returns what a variable with a secret says; ``None`` where it is not set."""
    return os.environ.get(name) or _taken.get(name)


@contextmanager
def secrets_set_aside() -> Iterator[None]:
    """Lets the block know none of the secrets that were taken."""
    aside = dict(_taken)
    _taken.clear()
    try:
        yield
    finally:
        _taken.update(aside)
