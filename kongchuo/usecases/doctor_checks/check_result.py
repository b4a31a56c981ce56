"""Holds the result of one check."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check; ``exit_code`` is that of the program if it failed."""

    name: str
    ok: bool
    detail: str
    exit_code: int = 0
