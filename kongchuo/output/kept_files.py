"""Writes files into a folder, and never over one that a person may have edited since.

A hidden file of the folder keeps the hashes of the files that we wrote. A file that is not in it, or has another
hash, stays, and ours is written beside it with a number.
"""

import hashlib
import json
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from kongchuo.output.terminal_tables import print_line

_HASHES = ".kongchuo-written.json"


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """The path of a written file, and of the changed file that it did not overwrite."""

    path: Path
    beside: Path | None = None


def write_beside(folder: Path, name: str, data: bytes) -> WrittenFile:
    """Writes a file; an existing file of this name that was changed stays, and ours gets a number.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    hashes = _read_hashes(folder)
    first = folder / name
    for number in count(1):
        path = first if number == 1 else folder / f"{first.stem} ({number}){first.suffix}"
        if not path.exists() or _hash(path.read_bytes()) in (hashes.get(path.name), _hash(data)):
            path.write_bytes(data)
            hashes[path.name] = _hash(data)
            (folder / _HASHES).write_text(json.dumps(hashes, ensure_ascii=False, indent=1), "utf-8")
            return WrittenFile(path, first if number > 1 else None)
    raise AssertionError  # count() does not end


def tell_written(file: WrittenFile) -> None:
    """Prints the path of a file, and which file was not overwritten."""
    if file.beside is None:
        print_line(f"已生成 {file.path}")
    else:
        print_line(f"{file.beside} 可能有人改过,没有覆盖:新的写在 {file.path}")


def _read_hashes(folder: Path) -> dict[str, str]:
    """Maps file names to the hashes of what was written; empty if the record cannot be read."""
    try:
        kept = json.loads((folder / _HASHES).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in kept.items()} if isinstance(kept, dict) else {}


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
