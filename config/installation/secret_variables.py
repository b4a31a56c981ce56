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
    """Removes every variable with a secret from the environment; :func:`secret_variable` still returns its value."""
    for name in list(os.environ):
        if _SECRET.fullmatch(name):
            _taken[name] = os.environ.pop(name)


def secret_variable(name: str) -> str | None:
    """Returns the value of a variable with a secret; ``None`` if it is not set."""
    return os.environ.get(name) or _taken.get(name)


@contextmanager
def secrets_set_aside() -> Iterator[None]:
    """Hides the removed secrets for the length of the block."""
    aside = dict(_taken)
    _taken.clear()
    try:
        yield
    finally:
        _taken.update(aside)
