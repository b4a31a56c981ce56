"""Reads hostile mails in one reading process after another, without the rest of the program, which is many times faster."""

import hashlib
import os
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bench.process_tree import TreeWatcher
from parsers.reading.mail_journal import MailJournal
from parsers.reading.reader_pool import ReaderPool
from tests.builders.values.form_tables import NOTICE, ROSTER

_LOOK_EVERY = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingCost:
    """The cost of reading one mail, and the outcomes of its files."""

    seconds: float
    processor_seconds: float
    megabytes: float
    outcomes: Mapping[str, int]


def measure_reading(pool: ReaderPool, raw: bytes) -> ReadingCost:
    """Reads a mail in a pool of one process, and returns the cost."""
    before = _watch(2 * _LOOK_EVERY)
    watcher = TreeWatcher(os.getpid(), _LOOK_EVERY)
    watcher.start()
    started = time.monotonic()
    reading = pool.submit(MailJournal.create([raw]), hashlib.sha256(raw).hexdigest(), NOTICE.id, {}).result()
    seconds = time.monotonic() - started
    time.sleep(2 * _LOOK_EVERY)
    watcher.stop()
    return ReadingCost(
        seconds=seconds,
        processor_seconds=max(watcher.processor_seconds_below - before.processor_seconds_below, 0.0),
        megabytes=(watcher.below_kilobytes - before.below_kilobytes) / 1024,
        outcomes=Counter(each.reason_code or each.outcome for each in reading.readings),
    )


def one_reader() -> ReaderPool:
    """Returns a pool of one process; the program itself has two or more."""
    return ReaderPool([NOTICE], ROSTER, workers=1)


def _watch(seconds: float) -> TreeWatcher:
    watcher = TreeWatcher(os.getpid(), _LOOK_EVERY)
    watcher.start()
    time.sleep(seconds)
    watcher.stop()
    return watcher
