"""The lines of SECURITY.md's "Not defended" about who may write into a sealed database, or guesses: each as it is said there."""

import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from config.records.record import Record
from config.records.row_block import RowBlock
from store import Store
from store.audit.audit_line import AuditLine
from store.checksums import message_checksum, submission_checksum
from store.drafts import Arrival, FileDraft, MessageDraft, SubmissionDraft
from store.keys.key_place import write_wrapped
from store.recording import BLOCK, FILE, FILE_SUBMISSION, MESSAGE, SUBMISSION
from store.safekeeping.faults import Slice
from store.sealing.wrapped_key import make_key
from store.stored_values import QuestionKey

NOW = datetime(2023, 9, 20, 1, tzinfo=UTC)
SUBJECT = "谌霁家的事"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A sealed store with a mail, its submission and two questions."""
    key = make_key()
    write_wrapped(tmp_path / "archive", key.wrapped.key_id, key.wrapped.text)
    store = Store.open(
        f"sqlite:///{tmp_path / 'k.db'}", tmp_path / "archive", find_codes=lambda _: [key.code]
    )
    raw = b"Subject: x\r\n\r\nbody\r\n"
    [digest] = store.archive.put([raw])
    store.mailboxes.record_arrivals(
        [Arrival(message_id=digest, received_at=NOW, mailbox="main", uidvalidity=7, uid=1)], 1
    )
    rows = RowBlock.of([Record(sheet="Sheet1", row=5, values={"name": "谌霁"})])
    file = FileDraft(
        position=0, path=("a.xlsx",), size=3, sha256=hashlib.sha256(raw).hexdigest(), kind="xlsx", outcome="forms",
        submissions=(SubmissionDraft.of_rows(rows, unit="甲镇", form="附件3", nil=False),),
    )  # fmt: skip
    store.messages.record(
        "n",
        [MessageDraft(message_id=digest, sender="a@example.org", sender_name="", subject=SUBJECT, files=(file,), author="a@example.org")],
    )  # fmt: skip
    store.questions.number([(QuestionKey("case", "甲"), None), (QuestionKey("case", "乙"), None)], NOW)
    assert faults(store) == []
    yield store
    store.close()


def faults(store: Store) -> list[str]:
    return [fault.place for fault in store.safekeeping.verify(Slice())]


def exchange_subjects(database: Path) -> None:
    with sqlite3.connect(database) as thief:
        (first,), (second,) = thief.execute("SELECT subject FROM question ORDER BY number").fetchall()
        for number, subject in ((1, "x"), (2, first), (1, second)):
            thief.execute("UPDATE question SET subject = ? WHERE number = ?", (subject, number))
    thief.close()


@pytest.mark.parametrize("is_newest", [True, False])
def test_subjects_of_two_questions_that_are_exchanged_are_read_and_told_by_verify(
    store: Store, tmp_path: Path, is_newest: bool
) -> None:
    if not is_newest:
        store.audit.record(AuditLine("look", "officer", NOW))
    exchange_subjects(tmp_path / "k.db")

    assert [question.key.subject for question in store.questions.numbered()] == ["乙", "甲"]
    assert faults(store) == ["问题编号 1", "问题编号 2"]
    store.audit.record(AuditLine("look", "officer", NOW))
    assert faults(store) == ["问题编号 1", "问题编号 2"]


def test_what_the_newest_transaction_wrote_is_taken_for_lost_where_it_is_deleted(
    store: Store, tmp_path: Path
) -> None:
    store.decisions.record("note", "case", "因病", "officer", NOW)
    with sqlite3.connect(tmp_path / "k.db") as thief:
        thief.execute("DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)")
        thief.execute("DELETE FROM decision")
    thief.close()

    assert faults(store) == []


def test_an_unsealed_value_that_is_changed_is_told_unless_its_checksum_is_made_anew(store: Store) -> None:
    with store.engine.begin() as thief:
        thief.execute(update(SUBMISSION).values(unit="乙镇"))
    assert len(faults(store)) == 1

    with store.engine.begin() as thief:  # which needs the rows, and so the key, for a submission
        row = thief.execute(select(SUBMISSION)).mappings().one()
        body = thief.execute(select(BLOCK.c.body)).scalar_one()
        thief.execute(update(SUBMISSION).values(checksum=submission_checksum(row, body)))
    assert faults(store) == []


def test_who_guesses_all_that_a_mail_tells_of_itself_sees_by_its_checksum_that_it_is_so(store: Store) -> None:
    with store.engine.connect() as thief:
        message = dict(thief.execute(select(MESSAGE)).mappings().one())
        files = [dict(row) for row in thief.execute(select(FILE)).mappings()]
        claims = [dict(row) for row in thief.execute(select(FILE_SUBMISSION)).mappings()]

    def guessed(subject: str) -> str:
        return message_checksum({**message, "subject": subject}, files, [], claims)

    assert guessed(SUBJECT) == message["checksum"]
    assert guessed("谌霁家的事情") != message["checksum"]
