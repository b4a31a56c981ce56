import errno
import random
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest

from config.errors import DamagedMailError, StoreError
from store.archive import Archive


def test_what_was_put_comes_back_byte_for_byte(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")

    digests = archive.put([b"one", b"two"])

    assert [archive.get(digest) for digest in digests] == [b"one", b"two"]


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    archive = Archive(tmp_path)

    archive.put([b"same", b"same"])
    archive.put([b"same"])

    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1


def test_a_changed_blob_is_not_handed_out(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    (digest,) = archive.put([b"mail"])
    next(p for p in tmp_path.rglob("*.z")).write_bytes(b"rubbish")

    with pytest.raises(StoreError, match="归档"):
        archive.get(digest)


def test_a_disk_that_fails_once_has_damaged_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(tmp_path)
    (digest,) = archive.put([b"mail"])
    failures, sound_open = [OSError(errno.EIO, "")], Path.open

    def open_or_fail(path: Path, mode: str) -> IO[Any]:
        if failures:
            raise failures.pop()
        return sound_open(path, mode)

    monkeypatch.setattr(Path, "open", open_or_fail)

    assert archive.get(digest) == b"mail"
    assert not failures


def test_a_folder_that_cannot_be_written_says_what_to_check(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file stands where the folder should be")

    with pytest.raises(StoreError, match="归档目录"):
        Archive(tmp_path / "archive").put([b"mail"])


def test_what_a_killed_process_left_half_written_is_swept(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    (digest,) = archive.put([b"mail"])
    (tmp_path / digest[:2] / "abc.4711.part").write_bytes(b"half")

    assert archive.sweep() == 1
    assert archive.sweep() == 0
    assert archive.get(digest) == b"mail"


@pytest.mark.parametrize("content", [b"", b"mail", random.Random(1).randbytes(3 << 20), bytes(40 << 20)])
def test_a_mail_that_comes_as_an_open_file_is_kept_and_given_in_pieces(
    tmp_path: Path, content: bytes
) -> None:
    archive = Archive(tmp_path / "archive")
    (tmp_path / "a.eml").write_bytes(content)

    with (tmp_path / "a.eml").open("rb") as file:
        (digest,) = archive.put([file])
    pieces = archive.read_with(digest, list)

    assert b"".join(pieces) == content
    assert max(map(len, pieces)) <= 1 << 20
    assert [digest] == archive.put([content])


@pytest.mark.parametrize(
    "damage", [lambda blob: blob[:-1], lambda blob: blob[:-9] + b"rubbish!!", lambda blob: b""]
)
def test_pieces_of_a_damaged_mail_end_in_an_error(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    archive = Archive(tmp_path)
    (digest,) = archive.put([random.Random(1).randbytes(3 << 20)])
    blob = next(tmp_path.rglob("*.z"))
    blob.write_bytes(damage(blob.read_bytes()))

    with pytest.raises(DamagedMailError):
        archive.read_with(digest, list)


def test_a_mail_archived_before_zstandard_is_read(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    content = random.Random(1).randbytes(3 << 20)
    (digest,) = archive.put([content])
    blob = next(tmp_path.rglob("*.z"))
    blob.write_bytes(zlib.compress(content, 1))

    assert archive.get(digest) == content

    blob.write_bytes(zlib.compress(content, 1)[:-1])
    with pytest.raises(DamagedMailError):
        archive.get(digest)
