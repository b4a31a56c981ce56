"""Watches a process and all its descendants: the memory they hold and the processor time they use."""

import os
import threading
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def list_tree(pid: int) -> list[int]:
    """Returns the ids of the process and all its descendants."""
    pids = [pid]
    for process in pids:
        try:
            for task in Path(f"/proc/{process}/task").iterdir():
                pids += [int(child) for child in (task / "children").read_text().split()]
        except OSError:  # it has ended meanwhile
            continue
    return pids


def memory_kilobytes(pid: int, line: str = "Pss", file: str = "smaps_rollup") -> int:
    """Returns a figure of a process's memory in kB, by default its proportional share (PSS)."""
    try:
        text = Path(f"/proc/{pid}/{file}").read_text()
    except OSError:
        return 0
    return next((int(each.split()[1]) for each in text.splitlines() if each.startswith(f"{line}:")), 0)


def _processor_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:13])) / _TICKS


class TreeWatcher(threading.Thread):
    """Samples a process and its descendants from ``start`` to ``stop``."""

    def __init__(self, pid: int, seconds: float = 0.5) -> None:
        super().__init__(daemon=True)
        self.peak_kilobytes = 0
        """Of all together."""
        self.below_kilobytes = 0
        """Of all together but the process itself."""
        self.main_kilobytes = 0
        """The most that the process itself has had at once, what it shares included."""
        self._pid = pid
        self._pause = seconds
        self._used: dict[int, float] = {}
        self._stopped = threading.Event()

    @property
    def processor_seconds_below(self) -> float:
        """Returns the processor time of all descendants, in seconds."""
        return sum(seconds for pid, seconds in self._used.items() if pid != self._pid)

    @property
    def processor_seconds(self) -> float:
        """Returns the processor time of all together, in seconds, including descendants that ended since the last sample."""
        return sum(self._used.values())

    def run(self) -> None:
        while not self._stopped.wait(self._pause):
            tree = list_tree(self._pid)
            main, *below = map(memory_kilobytes, tree)
            self.below_kilobytes = max(self.below_kilobytes, sum(below))
            self.peak_kilobytes = max(self.peak_kilobytes, main + sum(below))
            self.main_kilobytes = max(self.main_kilobytes, memory_kilobytes(self._pid, "VmHWM", "status"))
            for pid in tree:
                self._used[pid] = max(self._used.get(pid, 0.0), _processor_seconds(pid))

    def stop(self) -> None:
        self._stopped.set()
        self.join()
