"""Marks workbooks in a process of their own: a crash, hang or memory blow-up loses only the marks of one receipt."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Self

from pebble import ProcessPool

from config.installation.operating_system import limit_memory, process_context
from store.stored_values import StoredProblem

log = logging.getLogger(__name__)

MARKING_SECONDS = 30.0
MARKING_MEGABYTES = 1024
MOST_BYTES = 10_000_000
"""A larger workbook is not sent back: base64 adds a third, and providers refuse mails beyond 20 MB or so."""

MarkingTask = Callable[[bytes, Sequence[StoredProblem], datetime, dict[str, str]], bytes | None]


class WorkbookMarker:
    """Marks workbooks in one process for the length of a ``with`` block, started with the first workbook."""

    def __init__(
        self,
        seconds: float = MARKING_SECONDS,
        megabytes: int = MARKING_MEGABYTES,
        task: MarkingTask | None = None,
    ) -> None:
        self._seconds, self._megabytes, self._task = seconds, megabytes, task or _add_marks_here
        self._pool: ProcessPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()

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
        if self._pool is None:
            self._pool = ProcessPool(
                max_workers=1,
                initializer=limit_memory,
                initargs=(self._megabytes,),
                context=process_context(()),
            )
        try:
            result: bytes | None = self._pool.schedule(
                self._task, args=(data, tuple(problems), as_of, dict(names)), timeout=self._seconds
            ).result()
        except Exception as error:  # noqa: BLE001 - openpyxl raises anything; the answer goes without marks
            log.warning("a workbook of %d bytes was not marked: %s", len(data), type(error).__name__)
            return None
        return result if result is None or len(result) <= MOST_BYTES else None


def _add_marks_here(
    data: bytes, problems: Sequence[StoredProblem], as_of: datetime, names: dict[str, str]
) -> bytes | None:
    """Marks in this process; openpyxl is imported only where it is needed."""
    from notify.units.problem_marks import add_problem_marks

    return add_problem_marks(data, problems, as_of, names)
