"""Measures the processor time that a mail costs a process, so that a busy machine does not make mails time out."""

import os
import time
from contextlib import suppress

from config.installation.operating_system import processor_seconds_of


def processor_seconds() -> float:
    """Returns the processor seconds used by this process and by children it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Stopwatch:
    """Measures processor seconds of a process and its children, at least half of the elapsed time.

    Time spent waiting for a processor is not counted, if :attr:`seconds` is read while it passes.
    """

    def __init__(self, pid: int | None = None) -> None:
        self._pid = os.getpid() if pid is None else pid
        self._waits: dict[int, float] = {}
        self._waited = self._count_waits()
        self._processor, self._wall = processor_seconds_of(self._pid), time.monotonic()

    def seconds(self) -> float:
        """Seconds since the start."""
        processor = processor_seconds_of(self._pid) - self._processor
        waited = self._count_waits() - self._waited
        return max(processor, (time.monotonic() - self._wall - waited) / 2)

    def _count_waits(self) -> float:
        """Returns seconds waited for a processor by the process and its children, including children that have ended."""
        for pid in (self._pid, *_children(self._pid)):
            self._waits[pid] = max(self._waits.get(pid, 0.0), _waited_seconds(pid))
        return sum(self._waits.values())


def _waited_seconds(pid: int) -> float:
    """Returns seconds that a process waited for a processor; 0 if the system does not report it."""
    with (
        suppress(OSError, IndexError, ValueError),
        open(f"/proc/{pid}/schedstat", encoding="ascii") as schedule,
    ):
        return int(schedule.read().split()[1]) / 1e9
    return 0.0


def _children(pid: int) -> list[int]:
    with suppress(OSError), open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
        return [int(child) for child in children.read().split()]
    return []
