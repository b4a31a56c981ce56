"""Measures what a mail costs a process, so that on a busy machine it is not to blame for others."""

import os
import time
from contextlib import suppress

from config.installation.operating_system import processor_seconds_of


def processor_seconds() -> float:
    """What this process and those that it waited for have used of a processor."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Stopwatch:
    """What a process and those that it waited for use of a processor; no less than half of the time that goes by.

    Time in which it, or one that it started, would run and gets no processor is not counted, if somebody looks
    while it goes by.
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
        """By the process and by those that it has started, also those that have ended since the last look."""
        for pid in (self._pid, *_children(self._pid)):
            self._waits[pid] = max(self._waits.get(pid, 0.0), _waited_seconds(pid))
        return sum(self._waits.values())


def _waited_seconds(pid: int) -> float:
    """For a processor; 0 where the system does not say."""
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
