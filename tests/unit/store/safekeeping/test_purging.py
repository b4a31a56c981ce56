"""Purged mails leave figures and a tombstone; wherever a purge ends, it may be run again."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

import store.aggregates.purge_store as facade
from config.errors import StoreError, StoreLockedError
from config.records.record import Record
from config.records.row_block import RowBlock
from store import Store
from store.aggregates.transactions import Transactions
from store.answers.overruled_values import CORRECT, overrule, read_one
from store.audit.audit_line import AuditLine, Door
from store.drafts import Arrival, FileDraft, MessageDraft, SubmissionDraft
from store.retention.purged_mails import PurgeReason
from store.safekeeping import purging
from store.safekeeping.faults import Slice
from store.safekeeping.journal import EntryKind
from tests.builders.files.raw_search import find_texts

OLD, LATER = datetime(2023, 9, 20, 1, tzinfo=UTC), datetime(2025, 9, 1, tzinfo=UTC)
GOES, STAYS = "谭小雨在这里", "向大山在这里"
KEYS = ("name",)
LINE = AuditLine("purge", "office", LATER, Door.TERMINAL, "到期")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'k.db'}", tmp_path / "archive")
    yield opened
    opened.close()


def receive(opened: Store, name: str, uid: int, at: datetime = OLD, content: str = "") -> str:
    """A mail with one row, as a pass archives and records it; returns its id."""
    raw = f"Subject: {name}\n\n{uid}".encode()
    [digest] = opened.archive.put([raw])
    arrival = Arrival(message_id=digest, received_at=at, mailbox="main", uidvalidity=7, uid=uid)
    opened.mailboxes.record_arrivals([arrival], uid)
    rows = RowBlock.of([Record(sheet="Sheet1", row=5, values={"name": name})])
    file = FileDraft(
        position=0,
        path=(f"{name}.xlsx",),
        size=3,
        sha256=content or hashlib.sha256(raw).hexdigest(),
        kind="xlsx",
        outcome="forms",
        submissions=(SubmissionDraft.of_rows(rows, unit="甲镇", form="附件3", nil=False),),
    )
    draft = MessageDraft(
        message_id=digest, sender="a@example.org", sender_name=name, subject=name, files=(file,), author="a@example.org"
    )  # fmt: skip
    opened.messages.record("n", [draft])
    return digest


def purge(opened: Store, *message_ids: str) -> None:
    opened.purging.begin()
    opened.purging.hide_children_of(message_ids, KEYS, LINE)
    opened.purging.purge(dict.fromkeys(message_ids, 99), PurgeReason.RETENTION, LATER)
    opened.purging.finish()


def faults(opened: Store) -> list[str]:
    return [f"{fault.place}: {fault.what}" for fault in opened.safekeeping.verify(Slice())]


def found_on_disk(folder: Path) -> set[str]:
    raw = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {text for each in raw.values() for text in find_texts([GOES, STAYS], each)}


def test_nothing_of_a_purged_mail_is_left_in_any_file_and_its_figures_stay(
    opened: Store, tmp_path: Path
) -> None:
    gone, _ = receive(opened, GOES, 1), receive(opened, STAYS, 2)
    opened.decisions.record("note", "case", f"{GOES}的奶奶来电", "office", OLD, detail=f"{GOES}、{STAYS}")
    before = opened.submissions.arrived("n", LATER)
    assert found_on_disk(tmp_path) == {GOES, STAYS}

    purge(opened, gone)

    assert found_on_disk(tmp_path) == {STAYS}
    assert opened.submissions.arrived("n", LATER) == before
    assert [row.values["name"] for row in opened.submissions.records(before)] == [STAYS]
    assert [(one.why, one.detail) for one in opened.decisions.made(LATER)] == [
        ("〔已清理〕的奶奶来电", f"〔已清理〕、{STAYS}")
    ]
    [file] = opened.files.of_messages(LATER, [gone])
    assert (file.path, file.subject, file.disposition) == (("(已清理).xlsx",), "(已清理)", "recorded")
    assert faults(opened) == []


def test_a_value_that_counted_instead_goes_with_its_row_and_a_list_stays(
    opened: Store, tmp_path: Path
) -> None:
    gone = receive(opened, GOES, 1)
    [row] = opened.submissions.records(opened.submissions.arrived("n", LATER))
    word = overrule(row, "name", STAYS, "姓名")
    opened.decisions.record(CORRECT, word.subject, "户口簿", "office", OLD, detail=word.detail)
    opened.decisions.record("handed-list", "l", "下发", "office", OLD, detail="别人和谭小雨")

    opened.purging.begin()
    opened.purging.hide_children_of([gone], KEYS, LINE, untouched=["handed-list"])
    purge(opened, gone)

    assert found_on_disk(tmp_path) == set()
    corrected, handed = opened.decisions.made(LATER)
    assert (read_one(corrected).value, read_one(corrected).heading) == (None, "姓名")
    assert handed.detail == "别人和谭小雨"
    assert faults(opened) == []


def look(opened: Store, why: str) -> None:
    opened.audit.record(AuditLine("look", "office", OLD, Door.TERMINAL, why))


def test_reasons_in_the_audit_trail_that_name_the_child_are_cleared_and_the_chain_holds(
    opened: Store, tmp_path: Path
) -> None:
    gone, _ = receive(opened, GOES, 1), receive(opened, STAYS, 2)
    for why in (f"{GOES}的家长来问", f"{STAYS}的家长来问", "", "检查"):
        look(opened, why)
    head = opened.audit.head()

    purge(opened, gone)

    assert found_on_disk(tmp_path) == {STAYS}
    entries = opened.audit.entries()
    assert [entry.why for entry in entries] == ["〔已清理〕", f"{STAYS}的家长来问", "", "检查", ""]
    assert (entries[-1].what, entries[-1].who) == ("clear reasons: 1", "office")
    assert opened.audit.check(head).faults == ()
    assert faults(opened) == []


def test_a_reason_cleared_in_a_lost_transaction_is_cleared_by_the_next_purge(
    opened: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = receive(opened, GOES, 1)
    look(opened, f"{GOES}的家长来问")
    look(opened, "检查")
    write = Transactions.journal_together

    def lose(
        transactions: Transactions, connection: Connection, rows: Sequence[tuple[EntryKind, int]]
    ) -> None:
        write(transactions, connection, rows)
        if rows:
            raise StoreLockedError("the power failed between journal and commit")

    with monkeypatch.context() as broken:
        broken.setattr(Transactions, "journal_together", lose)
        with pytest.raises(StoreLockedError):
            opened.purging.hide_children_of([gone], KEYS, LINE)
    assert faults(opened) == []
    assert [entry.why for entry in opened.audit.entries()] == [f"{GOES}的家长来问", "检查"]

    purge(opened, gone)

    assert found_on_disk(tmp_path) == set()
    assert opened.audit.check().faults == ()
    assert faults(opened) == []


def test_a_tombstone_keeps_the_mail_from_being_archived_and_read_again(opened: Store) -> None:
    gone = receive(opened, GOES, 1)
    purge(opened, gone)

    assert opened.archive.put([f"Subject: {GOES}\n\n1".encode()]) == [gone]
    again = Arrival(message_id=gone, received_at=LATER, mailbox="main", uidvalidity=8, uid=1)
    assert opened.mailboxes.record_arrivals([again], 1) == 0

    assert not opened.archive.holds(gone)
    assert opened.messages.unprocessed() == []
    assert opened.messages.find_to_rerun() == []
    tombstone = json.loads((opened.archive.root / gone[:2] / f"{gone[2:]}.gone").read_text())
    assert (tombstone["sha256"], tombstone["size"], tombstone["reason"]) == (gone, 99, "retention")
    assert faults(opened) == []


def test_rows_stay_while_another_mail_holds_them(opened: Store) -> None:
    first = receive(opened, GOES, 1, content="c1")
    second = receive(opened, GOES, 2, OLD + timedelta(days=1), content="c1")

    purge(opened, first)
    assert len(opened.submissions.records(opened.submissions.arrived("n", LATER))) == 1
    purge(opened, second)

    assert len(opened.submissions.records(opened.submissions.arrived("n", LATER))) == 0
    assert faults(opened) == []


def test_a_store_that_is_made_anew_has_the_figures(opened: Store, tmp_path: Path) -> None:
    gone = receive(opened, GOES, 1)
    purge(opened, gone)
    before = opened.submissions.arrived("n", LATER)
    anew = Store.open(f"sqlite:///{tmp_path / 'anew.db'}", tmp_path / "archive")

    assert anew.safekeeping.replay_journal() == 0

    assert anew.submissions.arrived("n", LATER) == before
    assert anew.purging.old_mails(LATER) == ()
    assert faults(anew) == []
    anew.close()


@pytest.mark.parametrize("step", ["hide_children_of", "purge", "bury_mails", "forget_history", "vacuum"])
def test_a_purge_that_ended_anywhere_is_finished_by_the_next(
    opened: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    gone, _ = receive(opened, GOES, 1), receive(opened, STAYS, 2)
    opened.decisions.record("note", "case", f"{GOES}的奶奶来电", "office", OLD)

    def fail(*_: object, **__: object) -> None:
        raise StoreLockedError("ended here")

    with monkeypatch.context() as broken:
        if step == "vacuum":
            broken.setattr(facade, "forget_what_was_deleted", fail)
        elif hasattr(opened.purging, step):
            broken.setattr(opened.purging, step, fail)
        else:
            broken.setattr(purging, step, fail)
        with pytest.raises(StoreLockedError):
            purge(opened, gone)
    assert opened.purging.has_begun()

    purge(opened, gone)

    assert not opened.purging.has_begun()
    assert found_on_disk(tmp_path) == {STAYS}
    assert faults(opened) == []


def test_a_purge_cut_off_before_its_transaction_was_committed_leaves_the_mail(
    opened: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = receive(opened, GOES, 1)
    opened.decisions.record("note", "case", f"{GOES}的奶奶来电", "office", OLD)

    def lose(*_: object) -> None:
        write(*_)  # type: ignore[arg-type]
        raise StoreLockedError("the power failed between journal and commit")

    write = Transactions.journal_together
    for cut_off in (
        partial(opened.purging.hide_children_of, [gone], KEYS, LINE),
        partial(opened.purging.purge, {gone: 99}, PurgeReason.RETENTION, LATER),
    ):
        with monkeypatch.context() as broken:
            broken.setattr(Transactions, "journal_together", lose)
            with pytest.raises(StoreLockedError):
                cut_off()
        assert faults(opened) == []
        assert [mail.message_id for mail in opened.purging.old_mails(LATER)] == [gone]


def test_a_half_purged_mail_is_told(opened: Store) -> None:
    gone = receive(opened, GOES, 1)
    opened.purging.purge({gone: 99}, PurgeReason.RETENTION, LATER)

    assert faults(opened) == [f"邮件 {gone[:12]}: 清理到一半:请再运行一次 kongchuo purge"]


def test_a_store_that_lacks_what_its_journal_knows_is_not_purged(opened: Store) -> None:
    receive(opened, GOES, 1)
    for number in range(3):
        opened.decisions.record("note", str(number), "一句话", "office", OLD)
    with opened.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM decision WHERE id = 1")

    with pytest.raises(StoreError, match="kongchuo verify"):
        opened.purging.begin()
    assert not opened.purging.has_begun()
