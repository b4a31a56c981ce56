"""Reads files in worker processes; a crash, hang or memory blow-up in one loses only that file.

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
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Roster
from parsers.formats.damage import explain_unreadable
from parsers.formats.sniff import sniff
from parsers.records import FileKind, ParsedFile

log = logging.getLogger(__name__)

MAX_FILE_BYTES = 64_000_000
TIMEOUT_SECONDS = 20.0
MEMORY_MEGABYTES = 1024


class FileReader(Protocol):
    """Reads one file; :func:`parsers.read_file.read_file` in earnest."""

    def __call__(
        self,
        data: bytes,
        file_name: str,
        subject: str,
        notice: Notice,
        names: UnitNames,
        *,
        second_reader: bool = False,
        decided_form: str | None = None,
    ) -> ParsedFile: ...


class ReaderPool:
    """A few reading processes for the length of a ``with`` block."""

    def __init__(
        self,
        notices: Sequence[Notice],
        roster: Roster,
        workers: int | None = None,
        seconds: float = TIMEOUT_SECONDS,
        megabytes: int = MEMORY_MEGABYTES,
        file_reader: FileReader | None = None,
    ) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["parsers.read_file"])  # loaded once, then forked
        self._seconds = seconds
        self._file_reader = file_reader or _read_file
        self._unfinished: set[Future[ParsedFile]] = set()
        self._pool = ProcessPool(
            max_workers=workers or _count_workers(),
            initializer=_set_up_worker,
            initargs=(tuple(notices), roster, megabytes),
            context=context,
        )

    def __enter__(self) -> "ReaderPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            wait(self._unfinished.copy())  # a file may still need its second reader
            self._pool.close()
        else:
            self._pool.stop()
        self._pool.join()
        for future in self._unfinished.copy():
            future.cancel()

    def submit(
        self, data: bytes, file_name: str, subject: str, notice: str, decided_form: str | None = None
    ) -> Future[ParsedFile]:
        """What the file holds, sooner or later; the future never raises for a bad file.

        Raises:
            WorkerError: the reading processes do not start; the future may raise it too.
        """
        future: Future[ParsedFile] = Future()
        if len(data) > MAX_FILE_BYTES:
            future.set_result(_quarantine(data, "too-large", "文件超过64MB,没有读取:请人工查看"))
            return future

        self._unfinished.add(future)
        future.add_done_callback(self._unfinished.discard)

        def after_second(attempt: Future[ParsedFile]) -> None:
            error = _error_of(attempt)
            if error is None:
                future.set_result(attempt.result())
            elif isinstance(error, CancelledError):
                future.cancel()
            elif isinstance(error, BrokenExecutor):
                future.set_exception(_not_started(error))
            elif isinstance(error, TimeoutError | MemoryError):
                future.set_result(
                    _quarantine(
                        data, "too-large", "文件太大或太复杂,读取超过限度:请人工查看,或请对方精简后重发"
                    )
                )
            else:
                future.set_result(_quarantine(data, "unreadable", explain_unreadable(data, sniff(data))))

        def after_first(attempt: Future[ParsedFile]) -> None:
            error = _error_of(attempt)
            if error is None:
                future.set_result(attempt.result())
                return
            if isinstance(error, CancelledError):
                future.cancel()
                return
            if isinstance(error, BrokenExecutor):
                future.set_exception(_not_started(error))
                return
            log.warning("first reader failed on a file of %d bytes: %s", len(data), type(error).__name__)
            try:
                self._schedule(data, file_name, subject, notice, True, decided_form, after_second)
            except (
                RuntimeError
            ) as stopped:  # or the block was left meanwhile: then nobody waits for the answer
                future.set_exception(_not_started(stopped))

        try:
            self._schedule(data, file_name, subject, notice, False, decided_form, after_first)
        except RuntimeError as broken:
            raise _not_started(broken) from broken
        return future

    def _schedule(
        self,
        data: bytes,
        file_name: str,
        subject: str,
        notice: str,
        second_reader: bool,
        decided_form: str | None,
        on_done: Callable[[Future[ParsedFile]], None],
    ) -> None:
        scheduled: Future[ParsedFile] = self._pool.schedule(
            _read_in_worker,
            args=(self._file_reader, data, file_name, subject, notice, second_reader, decided_form),
            timeout=self._seconds,
        )
        scheduled.add_done_callback(on_done)


def _not_started(error: BaseException) -> WorkerError:
    return WorkerError(str(error) or type(error).__name__)


def _count_workers() -> int:
    """One processor is left to the process that unpacks, judges and records."""
    return min(max((os.cpu_count() or 1) - 1, 1), 4)


def _error_of(attempt: Future[ParsedFile]) -> BaseException | None:
    if attempt.cancelled():
        return CancelledError()
    return attempt.exception()


def _quarantine(data: bytes, code: str, reason: str) -> ParsedFile:
    kind = sniff(data) if len(data) <= MAX_FILE_BYTES else FileKind.UNKNOWN
    return ParsedFile(kind=kind, outcome="quarantined", reason_code=code, reason=reason)


def _read_file(
    data: bytes,
    file_name: str,
    subject: str,
    notice: Notice,
    names: UnitNames,
    *,
    second_reader: bool = False,
    decided_form: str | None = None,
) -> ParsedFile:
    """The reader in earnest, imported where it runs: the readers' libraries are slow to load."""
    from parsers.read_file import read_file

    return read_file(
        data, file_name, subject, notice, names, second_reader=second_reader, decided_form=decided_form
    )


_notices_and_names: dict[str, tuple[Notice, UnitNames]]


def _set_up_worker(notices: Sequence[Notice], roster: Roster, megabytes: int) -> None:
    """In the new process: a ceiling on memory above what it has now, and the names ready."""
    global _notices_and_names
    _notices_and_names = {notice.id: (notice, UnitNames(roster, notice)) for notice in notices}
    limit_memory(megabytes)
    gc.freeze()  # the names and the libraries stay; looking through them again and again is wasted
    gc.set_threshold(50_000, 20, 20)


def limit_memory(megabytes: int) -> None:
    """Let this process take so much memory above what it has now, and leave no core behind."""
    limit = _address_space_bytes() + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _address_space_bytes() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:  # not Linux: the ceiling is then the bare figure on top of a usual process
        return 512 * 1024 * 1024


def _read_in_worker(
    file_reader: FileReader,
    data: bytes,
    file_name: str,
    subject: str,
    notice: str,
    second_reader: bool,
    decided_form: str | None,
) -> ParsedFile:
    named = _notices_and_names[notice]
    return file_reader(
        data, file_name, subject, *named, second_reader=second_reader, decided_form=decided_form
    )
