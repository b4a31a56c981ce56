"""A child process within limits: what it may leave behind, and what a failure costs."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from config.installation.bounded_process import CallFailedError, LimitedCalls


def _write_two_files() -> tuple[str, str]:
    with tempfile.NamedTemporaryFile(delete=False) as ours:
        pass
    by_program = subprocess.run(["mktemp"], capture_output=True, text=True, check=True).stdout.strip()
    return ours.name, by_program


def _fail(how: str) -> str:
    if how == "raise":
        raise LookupError
    if how == "die":
        os._exit(9)
    if how == "swell":
        return str(len(bytes(1 << 31)))
    if how == "hang":
        time.sleep(600)
    return how


def test_what_a_child_and_its_programs_leave_in_temporary_files_goes_with_it() -> None:
    with LimitedCalls(seconds=10, megabytes=256) as calls:
        files = [Path(name) for name in calls.call(_write_two_files)]
        assert [file.exists() for file in files] == [True, True]
        assert files[0].parent == files[1].parent

    assert [file.exists() for file in files] == [False, False]
    assert not files[0].parent.exists()


@pytest.mark.parametrize("how", ["raise", "die", "swell", "hang"])
def test_a_call_that_fails_costs_no_other(how: str) -> None:
    with LimitedCalls(seconds=1, megabytes=256) as calls:
        with pytest.raises(CallFailedError):
            calls.call(_fail, how)
        assert calls.call(_fail, "well") == "well"
