import errno
from pathlib import Path

import pytest

from config.errors import StoreError
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
    failures, read = [OSError(errno.EIO, "")], Path.read_bytes

    def read_or_fail(path: Path) -> bytes:
        if failures:
            raise failures.pop()
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_or_fail)

    assert archive.get(digest) == b"mail"


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
