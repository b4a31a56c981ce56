"""Reads mails in separate processes, within limits of time and memory; a failure costs only its mail.

A mail is passed to a process as an open file (:mod:`parsers.reading.mail_journal`), to which the process appends
each result. If a process dies or exceeds its time on a file, another continues: the file is tried by the second
reader, then given up with the reason. A process killed by the kernel proves nothing about the file, since memory
may be short for other reasons: its mail is tried again later, alone, and counts only if that repeats. Each process
has its own connection, so that one that dies disturbs no other.
"""

import contextlib
import logging
import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType

from config.errors import WorkerError
from config.installation.bounded_process import BoundedProcess
from config.installation.operating_system import send_open_file, was_killed_by_system
from config.notice import Notice
from config.units.roster import Roster
from parsers.mail_time import Stopwatch
from parsers.reading.mail_journal import Begun, FileReading, MailJournal
from parsers.reading.read_mail import TOO_LARGE, Attempt, Ending, ReadingOrder, Turn, quarantined
from parsers.reading.reader_process import ProcessSetup, Report, read_file_here, serve
from parsers.reading.reading_job import MailReading, ReadingJob, read_journal
from parsers.reading_choices import FileReader
from parsers.records import FileKind
from parsers.scan_readers import SCAN_SECONDS

log = logging.getLogger(__name__)

MAIL_SECONDS = 10.0
"""The seconds that one reader may use for a mail, over all attempts."""
MEMORY_MEGABYTES = 448
"""The megabytes that a process may use above its memory at the start; the largest mail that providers take needs 350."""
_FIRST_GO = 0.6
"""The share of the time that the first turn on a mail may use; the rest is for the second reader."""
_BEGIN_FILES = 0.2
"""The share of the time after which a process begins no further file, so that each file has enough time."""
_SCAN_GO = 0.8
"""The share of the time that the first turn on a mail's pictures may use."""
_LEAST_SECONDS = 0.5
_PRELOADED = ("parsers.read_file", "parsers.reading.reader_process")
_START_SECONDS = 60.0
_MAX_FAILED_STARTS = 3
_LOOK_EVERY = 0.1  # at the time that a process has used

_UNREADABLE_MAIL = ("unreadable", "这封邮件拆不开(原件已存档,未丢失):请人工查看,或请对方重发")
_TOO_LARGE_MAIL = (
    "too-large",
    "这封邮件太大或太复杂,拆不开(原件已存档,未丢失):请人工查看,或请对方精简后重发",
)
_UNREADABLE_FILE = ("unreadable", "这个文件程序打不开:请人工查看,或请对方用WPS另存为xlsx后重发")


@dataclass(slots=True, eq=False)
class _Reader:
    """The main process's view of a reading process."""

    child: BoundedProcess
    process: BaseProcess
    connection: Connection
    started: float
    stopwatch: Stopwatch
    ready: bool = False
    job: ReadingJob | None = None
    limit: float = 0.0
    looked: float = 0.0
    """When its time was last looked at."""

    def is_over_limit(self) -> bool:
        """Returns whether it has used more time than its job may; looked at so seldom since most jobs are done before."""
        now = time.monotonic()
        if now - self.looked < _LOOK_EVERY:
            return False
        self.looked = now
        return self.stopwatch.seconds() > self.limit


class ReaderPool:
    """Reading processes for the length of a ``with`` block, started with the first mail."""

    def __init__(
        self,
        notices: Sequence[Notice],
        roster: Roster,
        workers: int | None = None,
        seconds: float = MAIL_SECONDS,
        megabytes: int = MEMORY_MEGABYTES,
        file_reader: FileReader | None = None,
    ) -> None:
        self._setup = ProcessSetup(
            notices=tuple(notices),
            roster=roster,
            megabytes=megabytes,
            seconds=seconds,
            file_reader=file_reader or read_file_here,
        )
        self._seconds = seconds
        self._max_readers = workers or _count_workers()
        self._readers: list[_Reader] = []
        self._queue: deque[ReadingJob] = deque()
        self._queue_of_alone: deque[ReadingJob] = deque()
        self._open_jobs: set[ReadingJob] = set()
        self._failed_starts = 0
        self._broken: WorkerError | None = None
        self._closing = self._stopping = False
        self._bell, self._bell_rung = multiprocessing.Pipe(duplex=False)
        self._thread = threading.Thread(target=self._run, name="readers", daemon=True)

    def __enter__(self) -> "ReaderPool":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self._stopping = kind is not None
        self._ring()
        self._thread.join()

    def submit(
        self,
        journal: MailJournal,
        message_id: str,
        notice: str,
        decided_forms: Mapping[str, str],
        passwords: Sequence[str] = (),
    ) -> Future[MailReading]:
        """Returns a future of the mail's contents; it never raises for a bad mail. The journal is closed by the pool.

        Args:
            passwords: from other mails, to be tried on locked files of this one.

        Raises:
            WorkerError: the reading processes do not start; the future may raise it too.
        """
        return self._submit(ReadingJob(journal, message_id, notice, decided_forms, tuple(passwords)))

    def submit_closed(
        self, journal: MailJournal, message_id: str, notice: str, why: tuple[str, str]
    ) -> Future[MailReading]:
        """Returns a future of the sender and subject only, with one entry for all attachments; nothing is opened.

        Args:
            why: the code and the sentence of that entry.

        Raises:
            WorkerError: as in :meth:`submit`.
        """
        return self._submit(ReadingJob(journal, message_id, notice, {}, turn=Turn.HEAD, why_closed=why))

    def _submit(self, job: ReadingJob) -> Future[MailReading]:
        if self._broken is not None:
            raise self._broken
        self._open_jobs.add(job)
        self._queue.append(job)
        self._ring()
        return job.future

    def _ring(self) -> None:
        with contextlib.suppress(OSError):
            self._bell_rung.send_bytes(b"!")

    # The thread that looks after the processes; nothing below runs in another.

    def _run(self) -> None:
        try:
            while not self._stopping and not (self._closing and self._is_idle()):
                self._assign_jobs()
                busy = [reader.connection for reader in self._readers]
                dying = [reader.process.sentinel for reader in self._readers]
                waits = None if self._is_idle() and all(r.ready for r in self._readers) else _LOOK_EVERY
                wait([self._bell, *busy, *dying], timeout=waits)
                while self._bell.poll():
                    self._bell.recv_bytes()
                for reader in self._readers.copy():
                    self._look_after(reader)
        except Exception as error:
            log.exception("the reading processes cannot be looked after")
            self._broken = WorkerError(repr(error))
        finally:
            for reader in self._readers.copy():
                self._end(reader)
            for job in self._open_jobs.copy():
                self._abandon(job)

    def _is_idle(self) -> bool:
        return not self._queue and not self._queue_of_alone and all(r.job is None for r in self._readers)

    def _assign_jobs(self) -> None:
        """Gives waiting mails to free processes; one that must be alone only when no other is being read."""
        if self._broken is not None:
            for job in (*self._queue, *self._queue_of_alone):
                self._abandon(job)
            self._queue.clear()
            self._queue_of_alone.clear()
            return
        while self._queue:
            if any(reader.job is not None and reader.job.alone for reader in self._readers):
                return
            reader = self._find_free()
            if reader is None:
                return
            self._hand_over(reader, self._queue.popleft())
        if self._queue_of_alone and all(reader.job is None for reader in self._readers):
            reader = self._find_free()
            if reader is not None:
                for other in self._readers.copy():  # fewer processes: their memory is given back
                    if other is not reader:
                        self._end(other)
                self._hand_over(reader, self._queue_of_alone.popleft())

    def _find_free(self) -> _Reader | None:
        """Returns a free process; starts another if there is none and the limit allows it."""
        free = next((reader for reader in self._readers if reader.ready and reader.job is None), None)
        if free is None and len(self._readers) < self._max_readers:
            self._start()
        return free

    def _start(self) -> None:
        try:
            child = BoundedProcess(serve, self._setup, _PRELOADED)
        except OSError as error:
            self._failed_starts = _MAX_FAILED_STARTS
            self._count_failed_start(str(error))
            return
        self._readers.append(
            _Reader(child, child.process, child.connection, time.monotonic(), Stopwatch(child.pid))
        )

    def _hand_over(self, reader: _Reader, job: ReadingJob) -> None:
        remaining = max(self._seconds - job.seconds, _LEAST_SECONDS)
        reader.job = job
        reader.limit = min(self._seconds * (_SCAN_GO if job.turn is Turn.PICTURES else _FIRST_GO), remaining)
        reader.stopwatch, reader.looked = Stopwatch(reader.process.pid), time.monotonic()
        order = ReadingOrder(
            message_id=job.message_id,
            notice=job.notice,
            decided_forms=job.decided_forms,
            failed_attempts=job.failed_attempts,
            seconds=self._time_for_scans(job)
            if job.turn is Turn.PICTURES
            else min(self._seconds * _BEGIN_FILES, remaining),
            turn=job.turn,
            passwords=job.passwords,
        )
        try:
            reader.connection.send(order)
            send_open_file(reader.connection, job.journal.fileno(), reader.process.pid)
        except OSError:  # it died while it was idle: its mail is not to blame
            reader.job = None
            self._queue.appendleft(job)
            self._end(reader)

    def _time_for_scans(self, job: ReadingJob) -> float:
        """Returns seconds for reading pictures; some are kept back for opening files and for crashes."""
        left_over = self._seconds * (1 - _SCAN_GO)
        return max(
            min(SCAN_SECONDS, self._seconds - left_over * 2, self._seconds - job.seconds - left_over), 0
        )

    def _look_after(self, reader: _Reader) -> None:
        report = _receive(reader.connection)
        if report is not None:
            self._take_report(reader, report)
        elif not reader.process.is_alive():
            self._take_death(reader)
        elif reader.job is not None and reader.is_over_limit():
            job, reader.job = reader.job, None
            job.seconds += reader.limit
            self._end(reader)
            self._after_failure(job, TOO_LARGE, _TOO_LARGE_MAIL)
        elif not reader.ready and time.monotonic() - reader.started > _START_SECONDS:
            self._end(reader)
            self._count_failed_start(f"{_START_SECONDS:.0f} s")

    def _take_report(self, reader: _Reader, report: Report) -> None:
        if report.ending is Ending.READY:
            reader.ready, self._failed_starts = True, 0
            return
        job, reader.job = reader.job, None
        if job is None:
            self._end(reader)
            self._count_failed_start(report.error)
            return
        if report.ending is Ending.DONE:
            self._finish(job)
            return
        job.seconds += reader.stopwatch.seconds()
        if report.ending is Ending.NOT_STARTED:
            job.future.set_exception(WorkerError(report.error))
            self._forget(job)
        elif report.ending is Ending.SCANS_LEFT:
            job.turn, job.seconds = Turn.PICTURES, 0.0
            self._queue_again(job)
        elif report.ending is Ending.PAUSED:
            if job.seconds < self._seconds:
                self._queue_again(job)
            else:
                self._finish(job)
        elif report.ending is Ending.OUT_OF_MEMORY:
            self._end(reader)
            self._after_failure(job, TOO_LARGE, _TOO_LARGE_MAIL)
        else:
            log.error("a reading process failed on a mail: %s", report.error)
            self._after_failure(job, _UNREADABLE_FILE, _UNREADABLE_MAIL)

    def _take_death(self, reader: _Reader) -> None:
        exit_code = reader.process.exitcode
        job, reader.job = reader.job, None
        self._end(reader)
        if job is None:
            if not reader.ready:
                self._count_failed_start(f"{exit_code}")
            return
        log.warning("a reading process died (%s) on a mail of %d bytes", exit_code, job.journal.mail_size)
        job.seconds += reader.stopwatch.seconds()
        if job.alone or not was_killed_by_system(exit_code):
            self._after_failure(job, _UNREADABLE_FILE, _UNREADABLE_MAIL)
        else:
            job.alone = True
            self._queue_of_alone.append(job)

    def _after_failure(self, job: ReadingJob, of_file: tuple[str, str], of_mail: tuple[str, str]) -> None:
        """Starts the next attempt on the file at which a process failed; records the reason if none is left."""
        last = job.journal.entries()[-1:]
        position = last[0].position if last and isinstance(last[0], Begun) else None
        if position is None:
            job.tries_apart += 1
            if job.tries_apart < 2 and job.seconds < self._seconds:
                self._queue_again(job)
            else:
                self._finish(job, of_mail)
            return
        if of_file is TOO_LARGE:
            job.exceeded.add(position)
        attempt = job.failed_attempts.get(position, Attempt.FIRST_READER)
        is_out_of_time = job.seconds >= self._seconds or of_file is TOO_LARGE
        if attempt is Attempt.EXPLAIN or (attempt is Attempt.SECOND_READER and is_out_of_time):
            job.journal.append(FileReading(position, quarantined(FileKind.UNKNOWN, of_file)))
        elif job.seconds < self._seconds:
            job.failed_attempts[position] = Attempt(attempt.value + 1)
        self._queue_again(job)

    def _queue_again(self, job: ReadingJob) -> None:
        if job.seconds >= self._seconds:
            self._finish(job)
        elif job.alone:
            self._queue_of_alone.appendleft(job)
        else:
            self._queue.appendleft(job)

    def _finish(self, job: ReadingJob, failure: tuple[str, str] = _TOO_LARGE_MAIL) -> None:
        """Completes the future with the journal's results; files without a result become one entry with their number."""
        try:
            job.future.set_result(read_journal(job, job.why_closed or failure))
        except Exception as error:  # noqa: BLE001  whoever waits for the answer must get one
            job.future.set_exception(error)
        self._forget(job)

    def _abandon(self, job: ReadingJob) -> None:
        if self._broken is not None:
            job.future.set_exception(self._broken)
        else:
            job.future.cancel()
        self._forget(job)

    def _forget(self, job: ReadingJob) -> None:
        self._open_jobs.discard(job)
        job.journal.close()

    def _count_failed_start(self, why: str) -> None:
        self._failed_starts += 1
        if self._failed_starts >= _MAX_FAILED_STARTS:
            self._broken = WorkerError(why)

    def _end(self, reader: _Reader) -> None:
        """Ends a process and its children."""
        self._readers.remove(reader)
        reader.child.end()
        if reader.job is not None:
            self._abandon(reader.job)


def _receive(connection: Connection) -> Report | None:
    try:
        report: Report | None = connection.recv() if connection.poll() else None
    except (EOFError, OSError):
        return None
    return report


def _count_workers() -> int:
    """Returns the number of processes, one for each processor; the main process has little to do meanwhile."""
    return min(os.cpu_count() or 1, 4)
