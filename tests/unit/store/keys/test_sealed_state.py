"""A store is sealed whole or not at all, also when sealing it is interrupted, and only by whoever has its key."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.errors import StoreError, StoreKeyError
from store import Store
from store.audit.audit_line import AuditLine
from store.drafts import Arrival
from store.keys.key_place import KEY_NAME, write_wrapped
from store.safekeeping.faults import Slice
from store.sealing.file_mark import SEALED_MAGIC
from store.sealing.wrapped_key import NewKey, make_key

_NOW = datetime(2023, 9, 25, tzinfo=UTC)
_SECRET = "谭小雨去了广东"


def finder(key: NewKey) -> Callable[[str], list[str]]:
    return lambda key_id: [key.code] if key_id == key.wrapped.key_id else []


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder}/k.db"


def open_with(folder: Path, key: NewKey | None) -> Store:
    return Store.open(url_of(folder), folder / "archive", find_codes=None if key is None else finder(key))


def fill(store: Store) -> None:
    [digest] = store.archive.put([_SECRET.encode()])
    arrival = Arrival(message_id=digest, received_at=_NOW, mailbox="main", uidvalidity=1, uid=1)
    store.mailboxes.record_arrivals([arrival], 1)
    store.decisions.record("note", "case", _SECRET, "officer", _NOW)
    store.audit.record(AuditLine(_SECRET, "officer", _NOW))


def put_key(folder: Path) -> NewKey:
    key = make_key()
    write_wrapped(folder / "archive", key.wrapped.key_id, key.wrapped.text)
    return key


def raw(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def reasons(store: Store) -> list[str]:
    return [decision.why for decision in store.decisions.made(datetime.max.replace(tzinfo=UTC))]


def test_a_store_without_a_key_is_as_it_was(tmp_path: Path) -> None:
    fill(open_with(tmp_path, None))

    store = open_with(tmp_path, None)

    assert (store.key_id, reasons(store)) == (None, [_SECRET])
    assert _SECRET.encode() in raw(tmp_path)
    assert not (tmp_path / "archive" / KEY_NAME).exists()


def test_a_store_that_gets_a_key_is_sealed_and_reads_the_same(tmp_path: Path) -> None:
    fill(open_with(tmp_path, None))
    key = put_key(tmp_path)

    store = open_with(tmp_path, key)
    assert store.safekeeping.count_unsealed() == 2  # the mail and the journal
    store.safekeeping.seal_archive()
    store.close()

    assert _SECRET.encode() not in raw(tmp_path)
    again = open_with(tmp_path, key)
    assert (again.key_id, again.safekeeping.count_unsealed(), reasons(again)) == (
        key.wrapped.key_id,
        0,
        [_SECRET],
    )
    [digest] = [message for message, _ in again.messages.unprocessed()]
    assert again.archive.get(digest) == _SECRET.encode()
    assert list(again.safekeeping.verify(Slice())) == []


def test_a_mail_of_several_pieces_is_sealed_and_verified(tmp_path: Path) -> None:
    store = open_with(tmp_path, put_key(tmp_path))
    mail = os.urandom(3_500_000)
    [digest] = store.archive.put([mail])

    assert (tmp_path / "archive" / digest[:2] / f"{digest[2:]}.z").read_bytes().startswith(SEALED_MAGIC)
    assert store.archive.get(digest) == mail


def test_without_its_key_nothing_is_made_or_changed(tmp_path: Path) -> None:
    put_key(tmp_path)
    with pytest.raises(StoreKeyError, match="恢复码"):
        open_with(tmp_path, None)

    assert not (tmp_path / "k.db").exists()


def test_another_code_and_a_mistyped_one_are_refused(tmp_path: Path) -> None:
    put_key(tmp_path)
    answers: dict[str, Callable[[str], list[str]]] = {
        "打不开": lambda _: [make_key().code],
        "抄错": lambda _: ["1234-5678"],
    }
    for words, answer in answers.items():
        with pytest.raises(StoreKeyError, match=words):
            Store.open(url_of(tmp_path), tmp_path / "archive", find_codes=answer)


def test_the_wrapped_key_is_put_back_beside_an_archive_that_lost_it(tmp_path: Path) -> None:
    key = put_key(tmp_path)
    fill(open_with(tmp_path, key))
    (tmp_path / "archive" / KEY_NAME).unlink()

    assert reasons(open_with(tmp_path, key)) == [_SECRET]
    assert (tmp_path / "archive" / KEY_NAME).exists()


def test_a_database_that_was_made_anew_takes_the_key_of_its_archive(tmp_path: Path) -> None:
    key = put_key(tmp_path)
    fill(open_with(tmp_path, key))
    (tmp_path / "k.db").unlink()

    store = open_with(tmp_path, key)
    store.safekeeping.replay_journal()

    assert reasons(store) == [_SECRET]


def test_a_database_and_an_archive_of_two_keys_are_told(tmp_path: Path) -> None:
    open_with(tmp_path, put_key(tmp_path))
    other = put_key(tmp_path)

    with pytest.raises(StoreKeyError, match="不是一起封存的"):
        open_with(tmp_path, other)


def test_a_process_that_opened_the_store_before_cannot_write_into_it(tmp_path: Path) -> None:
    early = open_with(tmp_path, None)
    open_with(tmp_path, put_key(tmp_path))

    with pytest.raises(StoreError, match="重新启动"):
        fill(early)


def test_a_damaged_line_of_the_journal_stays_damaged_and_is_sealed(tmp_path: Path) -> None:
    fill(open_with(tmp_path, None))
    journal = tmp_path / "archive" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b"officer", b"0fficer", 1))
    store = open_with(tmp_path, put_key_of := put_key(tmp_path))
    store.safekeeping.seal_archive()

    assert b"0fficer" not in journal.read_bytes()
    assert any("第" in fault.what for fault in store.safekeeping.verify(Slice()))
    assert put_key_of.wrapped.key_id == store.key_id


_KILLED = """
import os, signal, sys
from pathlib import Path
from store import Store
from store.sealing import sealed_columns

folder, code, left = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
written = [0]
kinds = [(os, "fsync"), (os, "replace"), (sealed_columns.SealedText, "close")]
for owner, name in kinds:
    original = getattr(owner, name)
    def counted(*arguments, original=original, **named):
        written[0] += 1
        if written[0] > left:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **named)
    setattr(owner, name, counted)
store = Store.open(f"sqlite:///{folder}/k.db", folder / "archive", find_codes=lambda _: [code])
store.safekeeping.seal_archive()
"""


@pytest.mark.parametrize("left", [0, 1, 2, 3, 5, 8, 11])
def test_sealing_that_is_killed_is_finished_by_the_next_and_loses_nothing(tmp_path: Path, left: int) -> None:
    fill(open_with(tmp_path, None))
    key = put_key(tmp_path)
    killed = subprocess.run(
        [sys.executable, "-P", "-c", _KILLED, str(tmp_path), key.code, str(left)], check=False
    )

    store = open_with(tmp_path, key)
    store.safekeeping.seal_archive()

    assert killed.returncode in (-signal.SIGKILL, 0)
    assert reasons(store) == [_SECRET]
    assert store.safekeeping.count_unsealed() == 0
    assert list(store.safekeeping.verify(Slice())) == []
    store.close()
    assert _SECRET.encode() not in raw(tmp_path)
