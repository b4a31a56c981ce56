"""Gives stored values the present name of their unit."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from store.stored_values import (
    AssignedSender,
    StoredAssignment,
    StoredFile,
    StoredProof,
    StoredSubmission,
    SubmissionLink,
)

_OfUnit = TypeVar("_OfUnit", StoredSubmission, StoredProof, StoredAssignment, SubmissionLink, AssignedSender)


class CurrentNames:
    """What was recorded under an old name of a unit is read under its present one."""

    def __init__(self, current_name: Callable[[str], str]) -> None:
        self._current_name = current_name

    def rename(self, value: _OfUnit) -> _OfUnit:
        """Returns the value with its unit's present name; the same object where that has not changed."""
        name = self._current_name(value.unit)
        return value if name == value.unit else replace(value, unit=name)

    def rename_file(self, file: StoredFile) -> StoredFile:
        """Returns the file with the present names of the units in its links and of the one it hints at."""
        return replace(
            file,
            links=tuple(self.rename(link) for link in file.links),
            unit_hint=self._current_name(file.unit_hint) if file.unit_hint is not None else None,
        )
