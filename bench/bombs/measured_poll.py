"""Polls a folder of mails with the installed program, and measures the cost and each mail's outcome."""

import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.process_tree import TreeWatcher
from tests.builders.files.clerk_files import SCHOOL, mail, pupil_row, roll2, xlsx
from tests.builders.offices.office_folder import an_office

MAIN_MEGABYTES, TREE_MEGABYTES = 100, 500
SECONDS = 10.0
_HELD = 1800.0
_LOOK_EVERY = 0.05

SOUND_MAIL = b"Received: from a by b; Thu, 21 Sep 2023 10:00:01 +0800\r\n" + mail(
    {"附件2.xlsx": xlsx(roll2(pupil_row(), unit=SCHOOL))}, sender="school@example.org"
)
"""A harmless mail that arrives a second after each bomb."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The cost of a poll, and the outcome of each mail by its name."""

    exit_code: int | None
    seconds: float
    processor_seconds: float
    main_megabytes: float
    tree_megabytes: float
    outcomes: Mapping[str, tuple[str, ...]]

    def above(self, other: "Cost") -> "Cost":
        """Returns the cost beyond that of another poll."""
        return Cost(
            exit_code=self.exit_code,
            seconds=self.seconds - other.seconds,
            processor_seconds=self.processor_seconds - other.processor_seconds,
            main_megabytes=self.main_megabytes - other.main_megabytes,
            tree_megabytes=self.tree_megabytes - other.tree_megabytes,
            outcomes=self.outcomes,
        )


def poll_mails(mails: Mapping[str, bytes]) -> Cost:
    """Polls these mails in a new office."""
    with tempfile.TemporaryDirectory(prefix="kongchuo-bombs-") as scratch:
        return poll_office(an_office(Path(scratch)), mails)


def poll_office(config: Path, mails: Mapping[str, bytes]) -> Cost:
    """Polls these mails in an existing office whose mail folder is ``mail``."""
    for name, raw in mails.items():
        (config.parent / "mail" / f"{name}.eml").write_bytes(raw)
    started = time.monotonic()
    process = subprocess.Popen(_command("poll", config), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    watcher = TreeWatcher(process.pid, _LOOK_EVERY)
    watcher.start()
    try:
        exit_code: int | None = process.wait(_HELD)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        exit_code = None
    seconds = time.monotonic() - started
    watcher.stop()
    return Cost(
        exit_code=exit_code,
        seconds=seconds,
        processor_seconds=watcher.processor_seconds,
        main_megabytes=watcher.main_kilobytes / 1024,
        tree_megabytes=watcher.peak_kilobytes / 1024,
        outcomes=_outcomes(config, mails),
    )


def _outcomes(config: Path, mails: Mapping[str, bytes]) -> dict[str, tuple[str, ...]]:
    answer = subprocess.run(_command("files", config, "--json"), capture_output=True, check=False).stdout
    files: list[dict[str, Any]] = json.loads(answer or b"[]")
    names = {hashlib.sha256(raw).hexdigest(): name for name, raw in mails.items()}
    return {
        name: tuple(str(file["disposition"]) for file in files if file["message_id"] == digest)
        for digest, name in names.items()
    }


def _command(name: str, config: Path, *options: str) -> list[str]:
    return [sys.executable, "-P", "-m", "kongchuo", name, *options, "--config", str(config)]
