"""Marks workbooks in a process of their own: a crash, hang or memory blow-up loses only the marks of one receipt."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Self

from config.installation.bounded_process import CallFailedError, LimitedCalls
from store.stored_values import StoredProblem

log = logging.getLogger(__name__)

MARKING_SECONDS = 30.0
MARKING_MEGABYTES = 1024
MOST_BYTES = 10_000_000
"""The largest workbook in bytes that is sent back: base64 adds a third, and providers refuse mails beyond about 20 MB."""

MarkingTask = Callable[[bytes, Sequence[StoredProblem], datetime, dict[str, str]], bytes | None]


class WorkbookMarker:
    """Marks workbooks in one process for the length of a ``with`` block, started with the first workbook."""

    def __init__(
        self,
        seconds: float = MARKING_SECONDS,
        megabytes: int = MARKING_MEGABYTES,
        task: MarkingTask | None = None,
    ) -> None:
        self._calls, self._task = LimitedCalls(seconds, megabytes), task or _add_marks_here

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._calls.__exit__(kind, error, trace)

    def mark_workbook(
        self,
        data: bytes,
        problems: Sequence[StoredProblem],
        as_of: datetime,
        names: Mapping[str, str] = MappingProxyType({}),
    ) -> bytes | None:
        """Returns the result of :func:`notify.units.problem_marks.add_problem_marks`; None also if the limits are exceeded."""
        if len(data) > MOST_BYTES or not data.startswith(b"PK"):
            return None
        try:
            result = self._calls.call(self._task, data, tuple(problems), as_of, dict(names))
        except CallFailedError as error:
            log.warning("a workbook of %d bytes was not marked: %s", len(data), error)
            return None
        return result if result is None or len(result) <= MOST_BYTES else None


def _add_marks_here(
    data: bytes, problems: Sequence[StoredProblem], as_of: datetime, names: dict[str, str]
) -> bytes | None:
    """Marks in this process; openpyxl is imported only where it is needed."""
    from notify.units.problem_marks import add_problem_marks

    return add_problem_marks(data, problems, as_of, names)
