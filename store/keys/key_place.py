"""Reads and writes ``key.json`` in the archive's folder, which holds the wrapped data key."""

import json
import os
from pathlib import Path

from config.errors import StoreError
from config.installation.operating_system import move_over, sync_folder
from store.archive import PARTIAL_SUFFIX, explain_write_error

KEY_NAME = "key.json"


def read_wrapped(archive: Path) -> tuple[str, str] | None:
    """Returns the id of an archive's key and the wrapped key, or None for an archive without one.

    Raises:
        StoreError: the file cannot be read.
    """
    path = archive / KEY_NAME
    try:
        kept = json.loads(path.read_text("ascii"))
        return str(kept["key_id"]), str(kept["wrapped"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path} 读不出来:请从备份恢复这个文件,没有它存档打不开") from error


def write_wrapped(archive: Path, key_id: str, wrapped: str) -> None:
    """Writes the wrapped key into the archive's folder, atomically.

    Raises:
        StoreError: it cannot be written.
    """
    path = archive / KEY_NAME
    partial = path.with_name(f"{KEY_NAME}{PARTIAL_SUFFIX}")
    try:
        archive.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump({"key_id": key_id, "wrapped": wrapped}, file)
            file.flush()
            os.fsync(file.fileno())
        move_over(partial, path)
        sync_folder(archive)
    except OSError as error:
        raise explain_write_error(error, archive) from error
