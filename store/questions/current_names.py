"""Replaces a unit's former name in stored values by its present one."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from store.stored_values import (
    AssignedSender,
    ObligationKey,
    StoredAssignment,
    StoredFile,
    StoredProof,
    StoredSubmission,
    SubmissionLink,
)

_OfUnit = TypeVar(
    "_OfUnit", ObligationKey, StoredSubmission, StoredProof, StoredAssignment, SubmissionLink, AssignedSender
)


class CurrentNames:
    """Renames units in values that were recorded under a former name."""

    def __init__(self, current_name: Callable[[str], str]) -> None:
        self._current_name = current_name

    def rename(self, value: _OfUnit) -> _OfUnit:
        """Returns the value with its unit's present name; the same object if that has not changed."""
        name = self._current_name(value.unit)
        return value if name == value.unit else replace(value, unit=name)

    def rename_file(self, file: StoredFile) -> StoredFile:
        """Returns the file with the present names of the units in its links and of its suggested unit."""
        return replace(
            file,
            links=tuple(self.rename(link) for link in file.links),
            unit_hint=self._current_name(file.unit_hint) if file.unit_hint is not None else None,
        )
