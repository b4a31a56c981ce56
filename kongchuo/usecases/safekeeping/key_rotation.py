"""Replaces a store's key by a new one, while the service runs."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.errors import StoreLockedError
from config.settings import StoreSettings
from config.store_key import keep_next_code
from ingest.pipeline import INGEST_LEASE
from kongchuo.usecases.safekeeping.backups import BACKUP_LEASE
from kongchuo.usecases.safekeeping.keys import KeptKey
from store import Store

_SECONDS_TO_WAIT = 1_800
"""The seconds to wait for a pass over the mailbox; a first one may take long."""


@dataclass(frozen=True, slots=True)
class RotationSteps:
    """The callbacks for progress while a key is changed."""

    on_key: Callable[[KeptKey], None]
    """Called when the new key is stored, before it is used."""
    on_rows: Callable[[int], None]
    on_files: Callable[[int, int], None]


def rotate_key(store: Store, settings: StoreSettings, steps: RotationSteps) -> int:
    """Gives a sealed store another key and seals all its data with it; continues an interrupted change.

    Backups wait, so that none contains a half-changed store. Mail is still received, except for the minutes in which the archive is sealed.

    Returns:
        The number of files of the archive that were sealed.

    Raises:
        StoreLockedError: another process makes a backup or changes the key, or a pass over the mailbox does not end.
        ConfigError: the new code cannot be stored.
        StoreError: archive or database cannot be written; all data can still be read, and a second call continues.
    """
    with store.jobs.hold_lease(BACKUP_LEASE):
        if not store.keys.is_rotating():
            new = store.keys.make_next()
            # The code is on the disk before anything is sealed with it.
            file: Path = keep_next_code(settings, new.wrapped.key_id, new.code)
            steps.on_key(KeptKey(new.wrapped.key_id, file, new.code))
            store.keys.use(new)
        store.keys.seal_rows_anew(steps.on_rows)
        with _between_passes(store):
            # Who archives mail has begun after the new key was given, and uses it.
            count = store.safekeeping.seal_archive(steps.on_files)
            store.keys.end_rotation()
    return count


@contextmanager
def _between_passes(store: Store) -> Iterator[None]:
    """Waits for the lease of ingestion and holds it.

    Raises:
        StoreLockedError: it was not free for half an hour.
    """
    until = time.monotonic() + _SECONDS_TO_WAIT
    while True:
        lease = store.jobs.hold_lease(INGEST_LEASE)
        try:
            lease.__enter__()
            break
        except StoreLockedError:
            if time.monotonic() > until:
                raise
            time.sleep(1)
    try:
        yield
    finally:
        lease.__exit__(None, None, None)
