"""Reading in processes of its own: a file that kills, stalls or swells its reader costs that file only.

Each file is read by the first reader; where the process dies, runs out of time or memory, or raises, by
the second one; and where that fails too it is quarantined with the reason.
"""

import gc
import logging
import multiprocessing
import os
import resource
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, TimeoutError, wait
from types import TracebackType
from typing import Protocol

from pebble import ProcessPool

from config.errors import WorkerError
from config.notice import Notice
from config.units.roster import Roster
from config.units.unit_names import UnitNames
from parsers.formats.sniff import sniff
from parsers.records import FileKind, FileReading

log = logging.getLogger(__name__)

MOST_BYTES = 64_000_000
SECONDS = 20.0
MEGABYTES = 1024


class Task(Protocol):
    """Reads one file; :func:`parsers.read_file.read_file` in earnest."""

    def __call__(
        self, data: bytes, name: str, subject: str, notice: Notice, names: UnitNames, *, second: bool = False
    ) -> FileReading: ...


class ReaderPool:
    """A few reading processes for the length of a ``with`` block."""

    def __init__(
        self,
        notices: Sequence[Notice],
        roster: Roster,
        workers: int | None = None,
        seconds: float = SECONDS,
        megabytes: int = MEGABYTES,
        task: Task | None = None,
    ) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["parsers.read_file"])  # loaded once, then forked
        self._seconds = seconds
        self._task = task or _read_file
        self._open: set[Future[FileReading]] = set()
        self._pool = ProcessPool(
            max_workers=workers or _processors(),
            initializer=_set_up,
            initargs=(tuple(notices), roster, megabytes),
            context=context,
        )

    def __enter__(self) -> "ReaderPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            wait(self._open.copy())  # a file may still need its second reader
            self._pool.close()
        else:
            self._pool.stop()
        self._pool.join()
        for answer in self._open.copy():
            answer.cancel()

    def submit(self, data: bytes, name: str, subject: str, notice: str) -> Future[FileReading]:
        """What the file holds, sooner or later; the future never raises for a bad file.

        Raises:
            WorkerError: the reading processes do not start; the future may raise it too.
        """
        answer: Future[FileReading] = Future()
        if len(data) > MOST_BYTES:
            answer.set_result(_given_up(data, "too-large", "文件超过64MB,没有读取:请人工查看"))
            return answer

        self._open.add(answer)
        answer.add_done_callback(self._open.discard)

        def after_second(tried: Future[FileReading]) -> None:
            error = _error(tried)
            if error is None:
                answer.set_result(tried.result())
            elif isinstance(error, CancelledError):
                answer.cancel()
            elif isinstance(error, BrokenExecutor):
                answer.set_exception(_not_started(error))
            elif isinstance(error, TimeoutError | MemoryError):
                answer.set_result(
                    _given_up(
                        data, "too-large", "文件太大或太复杂,读取超过限度:请人工查看,或请对方精简后重发"
                    )
                )
            else:
                answer.set_result(
                    _given_up(data, "unreadable", "文件已损坏,读不出来:请对方用WPS打开另存后重发")
                )

        def after_first(tried: Future[FileReading]) -> None:
            error = _error(tried)
            if error is None:
                answer.set_result(tried.result())
                return
            if isinstance(error, CancelledError):
                answer.cancel()
                return
            if isinstance(error, BrokenExecutor):
                answer.set_exception(_not_started(error))
                return
            log.warning("first reader failed on a file of %d bytes: %s", len(data), type(error).__name__)
            try:
                self._start(data, name, subject, notice, True, after_second)
            except (
                RuntimeError
            ) as stopped:  # or the block was left meanwhile: then nobody waits for the answer
                answer.set_exception(_not_started(stopped))

        try:
            self._start(data, name, subject, notice, False, after_first)
        except RuntimeError as broken:
            raise _not_started(broken) from broken
        return answer

    def _start(
        self,
        data: bytes,
        name: str,
        subject: str,
        notice: str,
        second: bool,
        then: Callable[[Future[FileReading]], None],
    ) -> None:
        started: Future[FileReading] = self._pool.schedule(
            _run, args=(self._task, data, name, subject, notice, second), timeout=self._seconds
        )
        started.add_done_callback(then)


def _not_started(error: BaseException) -> WorkerError:
    return WorkerError(str(error) or type(error).__name__)


def _processors() -> int:
    """One processor is left to the process that unpacks, judges and records."""
    return min(max((os.cpu_count() or 1) - 1, 1), 4)


def _error(tried: Future[FileReading]) -> BaseException | None:
    if tried.cancelled():
        return CancelledError()
    return tried.exception()


def _given_up(data: bytes, code: str, reason: str) -> FileReading:
    kind = sniff(data) if len(data) <= MOST_BYTES else FileKind.UNKNOWN
    return FileReading(kind=kind, outcome="quarantined", reason_code=code, reason=reason)


def _read_file(
    data: bytes, name: str, subject: str, notice: Notice, names: UnitNames, *, second: bool = False
) -> FileReading:
    """The reader in earnest, imported where it runs: the readers' libraries are slow to load."""
    from parsers.read_file import read_file

    return read_file(data, name, subject, notice, names, second=second)


_known: dict[str, tuple[Notice, UnitNames]]


def _set_up(notices: Sequence[Notice], roster: Roster, megabytes: int) -> None:
    """In the new process: a ceiling on memory above what it has now, and the names ready."""
    global _known
    _known = {notice.id: (notice, UnitNames(roster, notice)) for notice in notices}
    limit_memory(megabytes)
    gc.freeze()  # the names and the libraries stay; looking through them again and again is wasted
    gc.set_threshold(50_000, 20, 20)


def limit_memory(megabytes: int) -> None:
    """Let this process take so much memory above what it has now, and leave no core behind."""
    limit = _address_space() + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _address_space() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:  # not Linux: the ceiling is then the bare figure on top of a usual process
        return 512 * 1024 * 1024


def _run(task: Task, data: bytes, name: str, subject: str, notice: str, second: bool) -> FileReading:
    return task(data, name, subject, *_known[notice], second=second)
