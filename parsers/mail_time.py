"""Measures what a mail costs a process, so that on a busy machine it is not to blame for others."""

import os
import time


class Stopwatch:
    """What a process and those that it waited for use of a processor; no less than half of the time that goes by.

    Time in which the process would run and gets no processor is not counted.
    """

    def __init__(self, pid: int | None = None) -> None:
        self._pid = os.getpid() if pid is None else pid
        self._processor, self._waited, self._wall = self._read()

    def seconds(self) -> float:
        """Seconds since the start."""
        processor, waited, wall = self._read()
        return max(processor - self._processor, (wall - self._wall - (waited - self._waited)) / 2)

    def _read(self) -> tuple[float, float, float]:
        return _processor_seconds(self._pid), _waited_seconds(self._pid), time.monotonic()


def _processor_seconds(pid: int) -> float:
    """0 where the system does not say."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            fields = stat.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _waited_seconds(pid: int) -> float:
    """For a processor; 0 where the system does not say."""
    try:
        with open(f"/proc/{pid}/schedstat", encoding="ascii") as schedule:
            return int(schedule.read().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0
