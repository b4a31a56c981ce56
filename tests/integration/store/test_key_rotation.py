"""A key takes another's place while others work with the store, wherever it is killed, on both databases."""

import os
import signal
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, select
from sqlalchemy.engine import Engine
from sqlmodel import SQLModel

from config.errors import StoreKeyError
from config.settings import StoreSettings
from config.store_key import find_store_codes, keep_store_code
from ingest.pipeline import INGEST_LEASE
from kongchuo.usecases.safekeeping.key_rotation import RotationSteps, rotate_key
from kongchuo.usecases.safekeeping.keys import KeptKey
from store import Store
from store.audit.audit_line import AuditLine
from store.drafts import Arrival
from store.keys import rotation
from store.keys.key_place import read_wrapped, write_wrapped
from store.keys.rotation import plain_table
from store.models import BlockRow, Submission
from store.safekeeping.faults import Slice
from store.sealing.seal import Seal, UnsealError
from store.sealing.sealed_columns import SealedColumn
from store.sealing.wrapped_key import NewKey, WrappedKey, make_key, opens
from store.stored_values import QuestionKey

_NOW = datetime(2023, 9, 25, tzinfo=UTC)
_CHILD = "谭小雨去了广东"
_MAILS = 3
_BLOCKS = 105
"""More than one transaction takes."""
_SILENT = RotationSteps(on_key=lambda _: None, on_rows=lambda _: None, on_files=lambda _done, _total: None)
_Answers = dict[str, Any]


@dataclass(frozen=True)
class Office:
    """A sealed store of which several processes are open."""

    url: str
    folder: Path
    first_key: NewKey

    @property
    def settings(self) -> StoreSettings:
        return StoreSettings.model_validate(
            {"url": self.url, "archive": str(self.folder / "archive")}, context=self.folder
        )

    def open(self) -> Store:
        settings = self.settings
        return Store.open(self.url, settings.archive, find_codes=lambda key_id: codes_of(settings, key_id))


def codes_of(settings: StoreSettings, key_id: str) -> list[str]:
    return [found.code for found in find_store_codes(settings, key_id)]


@pytest.fixture
def office(fresh_url: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(rotation, "_ROWS_AT_ONCE", 100)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # no power fails here
    key = make_key()
    office = Office(fresh_url(), tmp_path, key)
    keep_store_code(office.settings, key.wrapped.key_id, key.code)
    write_wrapped(tmp_path / "archive", key.wrapped.key_id, key.wrapped.text)
    store = office.open()
    work(store, 0)
    with store.engine.begin() as connection:
        for number in range(_BLOCKS):
            submission = {"id": f"s{number}", "notice": "n", "unit": "u", "form": "f", "content": str(number)}
            counts = {"nil": False, "records": 1, "errors": 0, "warnings": 0, "blocking": []}
            connection.execute(insert(table_of(Submission)).values(submission | counts))
            body = f"{_CHILD}{number}".encode()
            connection.execute(insert(table_of(BlockRow)).values(submission_id=f"s{number}", body=body))
    store.close()
    return office


def table_of(model: type[SQLModel]) -> Any:
    return SQLModel.metadata.tables[str(model.__tablename__)]


def work(store: Store, number: int) -> None:
    """What a service does meanwhile: a pass over the mailbox, a person's decision, a question, a mail."""
    with store.jobs.hold_lease(INGEST_LEASE):
        [digest] = store.archive.put([f"{_CHILD}{number % _MAILS}".encode()])
        arrival = Arrival(
            message_id=digest, received_at=_NOW, mailbox="main", uidvalidity=1, uid=number % _MAILS + 1
        )
        store.mailboxes.record_arrivals([arrival], None)
    store.decisions.record("note", "case", f"{_CHILD}{number}", "officer", _NOW)
    # The same one each time: found again by its blind index, or numbered twice.
    store.questions.number([(QuestionKey("case", _CHILD), None)], _NOW)
    store.outbox.queue(
        key=str(number), purpose="p", raw=_CHILD.encode(), sender="a@x", recipients=("b@x",), when=_NOW
    )
    store.audit.record(AuditLine(_CHILD, "officer", _NOW))


def answers(store: Store) -> _Answers:
    with store.engine.connect() as connection:
        blocks = sorted(
            bytes(body) for body in connection.execute(select(table_of(BlockRow).c.body)).scalars()
        )
    return {
        "blocks": blocks,
        "reasons": [decision.why for decision in store.decisions.made(datetime.max.replace(tzinfo=UTC))],
        "questions": [question.key.subject for question in store.questions.numbered()],
        "mails": sorted(store.outbox.mail_bytes(mail.key) for mail in store.outbox.mails()),
        "archive": sorted(store.archive.get(digest) for digest, _ in store.messages.unprocessed()),
        "audit": [entry.what for entry in store.audit.entries() if entry.what == _CHILD],
    }


def expected(passes: int) -> _Answers:
    return {
        "blocks": sorted(f"{_CHILD}{number}".encode() for number in range(_BLOCKS)),
        "reasons": [f"{_CHILD}{number}" for number in range(passes)],
        "questions": [_CHILD],
        "mails": [_CHILD.encode()] * passes,
        "archive": sorted(f"{_CHILD}{number}".encode() for number in range(min(passes, _MAILS))),
        "audit": [_CHILD] * passes,
    }


def rotate_in_a_process(office: Office, left: int) -> int:
    """Runs a rotation that is killed before its next step once ``left`` are done; returns its exit code."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads that a fork loses: none is needed
        child = os.fork()
    if child == 0:
        try:
            rotate_and_die(office, left)
        finally:  # reached without an error or with one, which pytest prints
            os._exit(0 if sys.exc_info()[0] is None else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def rotate_and_die(office: Office, left: int) -> None:
    """Counts what goes to the disk: files and folders that are synced, names that are exchanged, transactions."""
    done = 0

    def count(*_: Any) -> None:
        nonlocal done
        done += 1
        if done > left:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            count()
            return original(*arguments)

        return call

    for name in ("fsync", "replace"):
        setattr(os, name, counted(getattr(os, name)))
    store = office.open()
    event.listen(Engine, "commit", count)
    rotate_key(store, office.settings, _SILENT)
    store.close()


def test_killed_at_each_step_it_loses_nothing_keeps_nobody_from_working_and_is_finished(
    office: Office,
) -> None:
    service = office.open()
    passes, left, killed = 1, 0, 0
    while rotate_in_a_process(office, left) == -signal.SIGKILL:
        killed += 1
        assert answers(service) == expected(passes), left
        work(service, passes)
        passes += 1
        other = office.open()
        assert answers(other) == expected(passes), left
        assert other.audit.check().faults == ()
        assert not [fault for fault in other.safekeeping.verify(Slice()) if "s" not in fault.place], left

        rotate_key(other, office.settings, _SILENT)

        assert answers(service) == expected(passes), left
        assert other.keys.is_rotating() is False
        other.close()
        left += 1

    assert killed > 20
    assert answers(service) == expected(passes)
    service.close()


def test_afterwards_the_old_key_opens_nothing(office: Office) -> None:
    store = office.open()
    assert store._seal is not None
    before = Seal(store._seal.keys)
    work(store, 1)

    rotate_key(store, office.settings, _SILENT)

    for table in SQLModel.metadata.sorted_tables:
        columns = {column.name: column.type for column in table.c if isinstance(column.type, SealedColumn)}
        plain = plain_table(table)
        with store.engine.connect() as connection:
            for row in connection.execute(select(plain)).mappings() if columns else []:
                for name, kind in columns.items():
                    if row[name] is not None:
                        with pytest.raises(UnsealError):
                            kind.open(before, row[name], kind.key_in(row))
    kept = read_wrapped(store.archive.root)
    assert kept is not None
    assert not opens(WrappedKey.of_text(*kept), office.first_key.code)
    assert office.first_key.wrapped.key_id not in kept[1]
    assert store.archive.files_of_older_keys() == []
    assert not store._transactions.journal.has_lines_of_older_keys()
    with pytest.raises(StoreKeyError, match="打不开"):
        Store.open(office.url, store.archive.root, find_codes=lambda _: [office.first_key.code])
    store.close()


def test_whoever_has_the_new_code_alone_opens_what_is_half_changed(office: Office) -> None:
    """A backup is restored on another machine, of a time when two keys lay side by side."""
    assert rotate_in_a_process(office, 14) == -signal.SIGKILL
    kept = read_wrapped(office.settings.archive)
    assert kept is not None
    assert WrappedKey.of_text(*kept).older_ids
    [new] = codes_of(office.settings, kept[0])
    (office.folder / "home" / "kongchuo" / f"{office.first_key.wrapped.key_id}.key").unlink()

    store = Store.open(office.url, office.settings.archive, find_codes=lambda _: [new])

    assert answers(store) == expected(1)
    store.close()


def test_the_new_code_is_kept_before_it_is_told_and_told_before_it_is_used(office: Office) -> None:
    store, told = office.open(), list[tuple[str | None, bool]]()

    def on_key(key: KeptKey) -> None:
        told.append((store.key_id, key.file.read_text().strip() == key.code))

    rotate_key(store, office.settings, RotationSteps(on_key, lambda _: None, lambda _done, _total: None))

    assert told == [(office.first_key.wrapped.key_id, True)]
    assert store.key_id != office.first_key.wrapped.key_id
    store.close()
