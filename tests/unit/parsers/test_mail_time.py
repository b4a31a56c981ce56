import subprocess
import sys
import time

from parsers.mail_time import Stopwatch

BUSY = "import time; print(flush=True)\nwhile True: pass"


def test_a_process_that_sleeps_is_measured_by_half_of_the_wall():
    stopwatch = Stopwatch()
    time.sleep(0.3)

    assert 0.14 < stopwatch.seconds() < 0.29


def test_time_in_which_a_process_waits_for_a_processor_is_not_counted():
    crowd = [
        subprocess.Popen([sys.executable, "-P", "-I", "-c", BUSY], stdout=subprocess.PIPE, preexec_fn=pin)
        for _ in range(6)
    ]
    try:
        for process in crowd:
            assert process.stdout is not None
            process.stdout.readline()
        stopwatch, started = Stopwatch(crowd[0].pid), time.monotonic()
        time.sleep(2)
        wall = time.monotonic() - started
        assert stopwatch.seconds() < wall * 0.4
    finally:
        for process in crowd:
            process.kill()
            process.communicate()


def pin() -> None:
    """All on one processor, of which each gets a sixth."""
    import os

    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
