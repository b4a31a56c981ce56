import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.errors import StoreError
from store.safekeeping.journal import Entry, EntryKind, Journal


def an_entry(number: int) -> Entry:
    return Entry(EntryKind.DECISION, {"id": number, "kind": "note", "why": "家访\n核实"})


def test_what_is_appended_is_read_back_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "archive")
    assert not journal.exists()

    journal.append([an_entry(1), an_entry(2)])
    journal.append([an_entry(3)])

    assert list(journal.entries()) == [an_entry(1), an_entry(2), an_entry(3)]


@pytest.mark.parametrize("bytes_lost", [1, 5, 60])
def test_a_line_cut_short_by_a_crash_is_gone_as_its_transaction_is(tmp_path: Path, bytes_lost: int) -> None:
    journal = Journal(tmp_path)
    journal.append([an_entry(1), an_entry(2)])
    content = journal.path.read_bytes()
    journal.path.write_bytes(content[:-bytes_lost])
    assert list(journal.entries()) == [an_entry(1)]

    journal.append([an_entry(3)])

    assert list(journal.entries()) == [an_entry(1), an_entry(3)]


def test_a_first_and_only_line_cut_short_leaves_an_empty_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([an_entry(1)])
    journal.path.write_bytes(journal.path.read_bytes()[:-5])

    journal.append([an_entry(2)])

    assert list(journal.entries()) == [an_entry(2)]


def test_a_journal_that_could_not_be_written_whole_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    journal = Journal(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="磁盘已满"):
        journal.create([an_entry(1), an_entry(2)])

    assert not journal.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("bit", range(8))
def test_no_flipped_bit_goes_unnoticed(tmp_path: Path, bit: int) -> None:
    journal = Journal(tmp_path)
    journal.append([an_entry(1)])
    sound = journal.path.read_bytes()

    for place in range(len(sound) - 1):
        flipped = bytearray(sound)
        flipped[place] ^= 1 << bit
        journal.path.write_bytes(flipped)

        assert list(journal.entries()) != [an_entry(1)], place


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file where the folder belongs")

    with pytest.raises(StoreError, match="归档目录"):
        Journal(tmp_path / "archive").append([an_entry(1)])


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([an_entry(1)])

    assert journal.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("read", [Journal.entries, Journal.newest_entries])
def test_a_journal_that_the_disk_does_not_give_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[[Journal], Iterator[object]]
) -> None:
    journal = Journal(tmp_path)
    journal.append([an_entry(1)])

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Path, "open", fail)

    with pytest.raises(StoreError, match="日志"):
        list(read(journal))
