import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

import store.migrations
from config.errors import StoreError, StoreLockedError, StoreNewerError
from config.records.record import Record
from config.records.row_block import RowBlock
from store import Store
from store.audit.audit_line import AuditLine, SeenChild
from store.drafts import Arrival, BounceDraft, FileDraft, MessageDraft, ReplyDraft, SubmissionDraft
from store.engine import NEWEST_MIGRATION, open_engine, translate_errors
from store.jobs import lease
from store.safekeeping.faults import Slice
from store.safekeeping.journal import Entry, EntryKind, Journal
from store.stored_values import DeliveryStatus, Disposition, StoredAssignment

ID_OF_M1 = "b7bfb2f4936ea4b3"
"""The id of the only file of :func:`a_message` ``m1``, written out: it must never change."""
MORNING = datetime(2023, 9, 20, 1, tzinfo=UTC)
LATER = MORNING + timedelta(days=30)


@pytest.fixture
def opened_store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'k.db'}", tmp_path / "archive")
    yield opened
    opened.close()


def arrive(opened_store: Store, message_id: str, at: datetime = MORNING, uid: int = 1) -> int:
    arrival = Arrival(message_id=message_id, received_at=at, mailbox="main", uidvalidity=7, uid=uid)
    return opened_store.mailboxes.record_arrivals([arrival], uid)


def a_message(message_id: str, *names: str, content: str = "c1") -> MessageDraft:
    rows = RowBlock.of(
        Record(sheet="Sheet1", row=5 + n, values={"name": name}) for n, name in enumerate(names)
    )
    submission = SubmissionDraft.of_rows(rows, unit="甲镇", form="附件3", nil=not names)
    file = FileDraft(
        position=0,
        path=("附件3.xlsx",),
        size=3,
        sha256=content,
        kind="xlsx",
        outcome="forms",
        submissions=(submission,),
    )
    return MessageDraft(
        message_id=message_id,
        sender="a@example.org",
        sender_name="",
        subject="",
        files=(file,),
        author="a@example.org",
    )


def test_a_message_is_new_only_once(opened_store: Store) -> None:
    assert arrive(opened_store, "m1", uid=1) == 1
    assert arrive(opened_store, "m1", uid=2) == 0
    assert opened_store.mailboxes.watermarks("main") == {7: 2}


def test_a_watermark_never_goes_back(opened_store: Store) -> None:
    arrive(opened_store, "m1", uid=9)
    arrive(opened_store, "m2", uid=3)

    assert opened_store.mailboxes.watermarks("main") == {7: 9}


def test_an_archived_message_waits_until_it_is_recorded(opened_store: Store) -> None:
    arrive(opened_store, "m1")
    assert [message for message, _ in opened_store.messages.unprocessed()] == ["m1"]

    opened_store.messages.record("n", [a_message("m1", "张一")])

    assert opened_store.messages.unprocessed() == []


def test_recording_twice_leaves_what_once_left(opened_store: Store) -> None:
    arrive(opened_store, "m1")
    opened_store.messages.record("n", [a_message("m1", "张一", "张二")])
    before = (
        tuple(opened_store.submissions.records(opened_store.submissions.arrived("n", LATER))),
        opened_store.files.arrived(LATER),
    )

    opened_store.messages.record("n", [a_message("m1", "张一", "张二")])

    assert (
        tuple(opened_store.submissions.records(opened_store.submissions.arrived("n", LATER))),
        opened_store.files.arrived(LATER),
    ) == before


def test_the_earliest_arrival_is_recorded_whatever_was_processed_first(opened_store: Store) -> None:
    arrive(opened_store, "late", MORNING + timedelta(hours=2), uid=1)
    opened_store.messages.record("n", [a_message("late", "张一")])
    arrive(opened_store, "early", MORNING, uid=2)
    opened_store.messages.record("n", [a_message("early", "张一")])

    found = {file.message_id: file.disposition for file in opened_store.files.arrived(LATER)}

    assert found == {"early": Disposition.RECORDED, "late": Disposition.DUPLICATE}
    assert [s.received_at for s in opened_store.submissions.arrived("n", LATER)] == [MORNING]


def test_messages_recorded_together_are_as_those_recorded_one_by_one(opened_store: Store) -> None:
    for uid, message in enumerate(("m1", "m2", "m3"), 1):
        arrive(opened_store, message, uid=uid)
    drafts = [a_message("m1", "张一"), a_message("m2", "张一"), a_message("m3", "李二", content="c3")]

    opened_store.messages.record("n", drafts)
    opened_store.messages.record("n", drafts)

    submissions = opened_store.submissions.arrived("n", LATER)
    assert [(each.message_id, each.records) for each in submissions] == [("m1", 1), ("m3", 1)]
    assert [each.values["name"] for each in opened_store.submissions.records(submissions)] == ["张一", "李二"]
    assert len(opened_store.submissions.copies("n", LATER)) == 3
    assert opened_store.messages.unprocessed() == []


def test_the_last_reading_of_the_same_bytes_counts(opened_store: Store) -> None:
    arrive(opened_store, "m1", uid=1)
    arrive(opened_store, "m2", uid=2)

    opened_store.messages.record("n", [a_message("m1", "张一"), a_message("m2", "张一", "李二")])

    (submission,) = opened_store.submissions.arrived("n", LATER)
    assert (submission.records, len(opened_store.submissions.records([submission]))) == (2, 2)


def test_a_duplicate_takes_over_when_the_first_is_read_otherwise(opened_store: Store) -> None:
    for number, message in enumerate(("m1", "m2")):
        arrive(opened_store, message, MORNING + timedelta(hours=number), uid=number + 1)
        opened_store.messages.record("n", [a_message(message, "张一")])

    opened_store.messages.record(
        "n", [MessageDraft(message_id="m1", sender="", sender_name="", subject="", files=())]
    )

    assert [file.disposition for file in opened_store.files.arrived(LATER)] == [Disposition.RECORDED]
    assert len(opened_store.submissions.records(opened_store.submissions.arrived("n", LATER))) == 1


def test_files_of_some_messages_or_of_one_disposition_are_those_of_all(opened_store: Store) -> None:
    for number, (message_id, content) in enumerate({"m1": "c1", "m2": "c1", "m3": "c2", "m4": "c3"}.items()):
        arrive(opened_store, message_id, MORNING + timedelta(hours=number), uid=number + 1)
        draft = a_message(message_id, "甲", content=content)
        if message_id == "m4":
            held = replace(draft.files[0], outcome="quarantined", reason_code="no-table", submissions=())
            draft = replace(draft, files=(held,))
        opened_store.messages.record("n", [draft])
    every = opened_store.files.arrived(LATER)

    for messages in (["m2"], ["m1", "m4"], ["m3"], [], ["nobody"]):
        expected = tuple(file for file in every if file.message_id in messages)
        assert opened_store.files.of_messages(LATER, messages) == expected
    for disposition in Disposition:
        expected = tuple(file for file in every if file.disposition is disposition)
        assert opened_store.files.arrived(LATER, disposition) == expected
        assert opened_store.files.count(LATER, disposition) == len(expected)
        for newest in (1, 2, 9):
            assert opened_store.files.arrived(LATER, disposition, newest) == expected[-newest:]
    for newest in (1, 3, 9):
        assert opened_store.files.arrived(LATER, newest=newest) == every[-newest:]
    assert opened_store.files.count(MORNING + timedelta(hours=1)) == 2
    assert opened_store.files.of_units(LATER) == tuple(file for file in every if file.links)
    assert {file.message_id: file.disposition for file in every} == {
        "m1": Disposition.RECORDED,
        "m2": Disposition.DUPLICATE,
        "m3": Disposition.RECORDED,
        "m4": Disposition.QUARANTINED,
    }


def test_nothing_is_seen_before_it_arrived(opened_store: Store) -> None:
    arrive(opened_store, "m1")
    opened_store.messages.record("n", [a_message("m1", "张一")])

    assert opened_store.submissions.arrived("n", MORNING - timedelta(seconds=1)) == ()
    assert opened_store.files.arrived(MORNING - timedelta(seconds=1)) == ()


def test_an_assignment_is_kept_and_its_sender_learned(opened_store: Store) -> None:
    arrive(opened_store, "m1")
    opened_store.messages.record("n", [a_message("m1")])

    assert opened_store.decisions.assign_file(ID_OF_M1, "乙镇", "附件3", "office", MORNING) == "m1"
    assert opened_store.decisions.assignments() == {ID_OF_M1: StoredAssignment("乙镇", "附件3")}
    (assigned,) = opened_store.decisions.assigned_senders()
    assert (assigned.sent_by.author, assigned.unit) == ("a@example.org", "乙镇")
    assert opened_store.decisions.assign_file("nothing", "乙镇", None, "office", MORNING) is None


class ZoneThatCannotBeCopied(tzinfo):
    """As imapclient's zones are: their class wants an argument that copying does not give."""

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes

    def utcoffset(self, moment: datetime | None) -> timedelta:
        return timedelta(minutes=self.minutes)

    def tzname(self, moment: datetime | None) -> str:
        return ""

    def dst(self, moment: datetime | None) -> timedelta:
        return timedelta(0)


def test_an_arrival_in_a_zone_of_the_mail_library_is_written_into_the_journal(opened_store: Store) -> None:
    arrive(opened_store, "m1", MORNING.astimezone(ZoneThatCannotBeCopied(480)))

    assert opened_store.messages.unprocessed() == [("m1", MORNING)]


def test_an_assignment_and_its_audit_line_stand_or_fall_together(
    opened_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(opened_store, "m1")
    opened_store.messages.record("n", [a_message("m1")])
    appended = Journal.append

    def fail_at_audit(journal: Journal, entries: Iterable[Entry]) -> None:
        listed = list(entries)
        if any(entry.kind is EntryKind.AUDIT for entry in listed):
            raise StoreError("磁盘已满")
        appended(journal, listed)

    monkeypatch.setattr(Journal, "append", fail_at_audit)
    with pytest.raises(StoreError):
        opened_store.decisions.assign_file(ID_OF_M1, "乙镇", "附件3", "office", MORNING)

    assert opened_store.decisions.assignments() == {}


def test_a_mail_is_queued_once_a_key(opened_store: Store) -> None:
    def put() -> bool:
        return opened_store.outbox.queue(
            key="digest/1", purpose="digest", raw=b"x", sender="s", recipients=("r",), when=MORNING
        )

    assert put()
    assert not put()
    assert [mail.key for mail in opened_store.outbox.due(MORNING)] == ["digest/1"]
    assert opened_store.outbox.mark_sending("digest/1", ("r",), MORNING)
    assert opened_store.outbox.mark_accepted("digest/1", MORNING, refused={}, retry_at=None, error=None)
    assert opened_store.outbox.due(LATER) == ()


def test_of_two_that_would_send_a_mail_one_may(opened_store: Store) -> None:
    opened_store.outbox.queue(
        key="k", purpose="digest", raw=b"x", sender="s", recipients=("r",), when=MORNING
    )

    assert opened_store.outbox.mark_sending("k", ("r",), MORNING)
    assert not opened_store.outbox.mark_sending("k", ("r",), MORNING)
    assert not opened_store.outbox.cancel("k")


def test_an_outbox_of_the_version_before_keeps_what_was_sent_what_waits_and_what_was_given_up(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'k.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        config = Config()
        (folder,) = store.migrations.__path__
        config.set_main_option("script_location", folder)
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for key, next_at, sent_at in (
            ("sent", None, "2023-09-25"),
            ("held", None, None),
            ("waiting", "2023-09-25", None),
        ):
            connection.execute(
                text(
                    "INSERT INTO outbox (key, purpose, sender, recipients, raw, queued_at, attempts, next_at, sent_at)"
                    " VALUES (:key, 'digest', 's', '[\"r\"]', x'00', '2023-09-25 00:00:00.000000', 1, :next_at, :sent_at)"
                ),
                {
                    "key": key,
                    "next_at": next_at and f"{next_at} 00:00:00.000000",
                    "sent_at": sent_at and f"{sent_at} 00:00:00.000000",
                },
            )
    engine.dispose()

    upgraded = Store.open(url, tmp_path)
    found = {mail.key: str(mail.state) for mail in upgraded.outbox.mails()}
    upgraded.close()

    assert found == {key: key for key in ("sent", "held", "waiting")}


def test_files_of_the_version_before_are_named_by_content_and_people_s_words_move_along(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'k.db'}"
    opened = Store.open(url, tmp_path)
    arrive(opened, "m1")
    opened.messages.record("n", [a_message("m1", "张一")])
    opened.close()
    engine = create_engine(url)
    with engine.begin() as connection:  # as version 0009 left it
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for column in ("file.id", "claim.file_id"):
            table, _, name = column.partition(".")
            connection.execute(text(f"UPDATE {table} SET {name} = 'old'"))
        connection.execute(
            text(
                "INSERT INTO assignment (file_id, unit, who, at)"
                " VALUES ('old', '乙镇', 'office', '2023-09-20 00:00:00.000000')"
            )
        )
        for kind in ("accept", "waive"):
            connection.execute(
                text(
                    "INSERT INTO decision (kind, subject, why, who, at)"
                    f" VALUES ('{kind}', 'old', '', '', '2023-09-20 00:00:00.000000')"
                )
            )
        for table in ("reply", "answered_mail", "question"):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("DROP INDEX ix_decision_question"))
        for table in ("decision", "assignment"):
            for column in ("question", "came_by"):
                connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        for column in (
            "why",
            "door",
            "account",
            "marks",
            "link",
            "uid",
            "children",
            "why_salt",
            "why_digest",
        ):
            connection.execute(text(f"ALTER TABLE audit DROP COLUMN {column}"))
        connection.execute(text("DROP TABLE block"))
        connection.execute(text("DROP TABLE seal"))
        connection.execute(text("DROP TABLE purged"))
        connection.execute(text("DROP TABLE reported"))
        connection.execute(text("ALTER TABLE file DROP COLUMN signals"))
        connection.execute(text("ALTER TABLE file ADD COLUMN weighed JSON NOT NULL DEFAULT '[]'"))
        connection.execute(text("UPDATE submission SET records = 0, checksum = NULL"))
        for table, columns in (
            ("record", "submission_id, ordinal, sheet, row, student_key, body, problems"),
            (
                "problem",
                "id, submission_id, ordinal, sheet, row, cell, field, code, severity, value, message",
            ),
        ):
            connection.execute(text(f"CREATE TABLE {table} ({columns})"))
        connection.execute(text("DROP INDEX ix_message_passwords_due"))
        connection.execute(text("ALTER TABLE message DROP COLUMN passwords_due"))
        connection.execute(text("ALTER TABLE submission DROP COLUMN period"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0009'"))
    engine.dispose()

    upgraded = Store.open(url, tmp_path)
    files, assignments = upgraded.files.arrived(LATER), upgraded.decisions.assignments()
    subjects = {decision.kind: decision.subject for decision in upgraded.decisions.made(LATER)}
    faults = [
        fault
        for fault in upgraded.safekeeping.verify(Slice())
        if "归档" not in fault.what and "日志" not in fault.what
    ]
    upgraded.close()

    assert [(file.file_id, len(file.links)) for file in files] == [(ID_OF_M1, 1)]
    assert set(assignments) == {ID_OF_M1}
    assert subjects == {"accept": ID_OF_M1, "waive": "old"}
    assert faults == []


def test_a_living_process_keeps_its_lease(opened_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened_store.jobs.hold_lease("ingest"):
        monkeypatch.setattr("store.jobs.lease.this_holder", lambda: f"{os.uname().nodename}:1:another")
        monkeypatch.setattr("store.jobs.lease._may_be_alive", lambda signed: True)

        with pytest.raises(StoreLockedError, match="正在收信"):
            opened_store.jobs.renew_lease("ingest")


def test_a_lease_is_renewed_by_the_clock_while_one_step_takes_long(
    opened_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.jobs.lease.RENEWAL_PERIOD", timedelta(milliseconds=1))
    renewed = threading.Event()
    take_or_renew = lease.take_or_renew
    holders: list[str] = []

    def counted(connection: Connection, name: str, now: datetime, holder: str) -> None:
        take_or_renew(connection, name, now, holder)
        holders.append(holder)
        if len(holders) > 3:
            renewed.set()

    monkeypatch.setattr("store.jobs.lease.take_or_renew", counted)

    with opened_store.jobs.hold_lease("ingest"):
        assert renewed.wait(60)
    count = len(holders)

    assert set(holders) == {lease.this_holder()}
    assert not opened_store.jobs.is_leased("ingest", datetime.now(UTC))
    assert len(holders) == count


def test_a_dead_process_does_not_block_the_next(opened_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.jobs.lease.this_holder", lambda: f"{os.uname().nodename}:999999999")
    opened_store.jobs.renew_lease("ingest")
    monkeypatch.undo()

    with opened_store.jobs.hold_lease("ingest"):
        pass


def test_migrations_build_what_the_models_say(opened_store: Store) -> None:
    with opened_store.engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)

    assert difference == []


def test_head_is_the_newest_migration() -> None:
    (folder,) = store.migrations.__path__

    assert ScriptDirectory(folder).get_current_head() == NEWEST_MIGRATION


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'k.db'}"
    opened = Store.open(url, tmp_path)
    with opened.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    opened.close()

    with pytest.raises(StoreNewerError, match="升级"):
        Store.open(url, tmp_path)


def test_a_bounce_marks_the_recipient_whose_mail_came_back(opened_store: Store) -> None:
    recipients = ("Gone@example.org", "there@example.org")
    opened_store.outbox.queue(
        key="receipt:1",
        purpose="receipt",
        raw=b"x",
        sender="office@example.org",
        recipients=recipients,
        when=MORNING,
    )
    opened_store.outbox.mark_sending("receipt:1", recipients, MORNING)
    opened_store.outbox.mark_accepted("receipt:1", MORNING, refused={}, retry_at=None, error=None)
    digest = hashlib.sha256(b"receipt:1").hexdigest()[:32]
    bounce = BounceDraft(
        outgoing_ids=(f"<kongchuo.{digest}@example.org>", f"<kongchuo.{'0' * 32}@example.org>"),
        reasons={"gone@example.org": "550 no such user", "stranger@example.org": "x"},
    )
    arrive(opened_store, "m1")

    for _ in range(2):  # a rerun says the same
        opened_store.messages.record("n", [replace(a_message("m1"), bounce=bounce)])

    (mail,) = opened_store.outbox.mails()
    assert mail.fates == {"Gone@example.org": "退信:550 no such user", "there@example.org": "accepted"}
    assert (mail.state, mail.not_accepted) == (DeliveryStatus.SENT, ("Gone@example.org",))
    assert "Gone@example.org" in (mail.error or "")


def test_the_word_that_a_submission_replaces_the_others_counts_from_the_mail_that_says_it(
    opened_store: Store,
) -> None:
    for uid, (message_id, at) in enumerate((("m1", MORNING), ("m2", LATER)), 1):
        arrive(opened_store, message_id, at, uid)
    for message_id, replaces in (("m2", True), ("m1", False)):  # processed in any order
        draft = a_message(message_id, "张一")
        (file,) = draft.files
        (submission,) = file.submissions
        file = replace(file, submissions=(replace(submission, replaces=replaces),))
        opened_store.messages.record("n", [replace(draft, files=(file,))])

    assert [s.replaces_at for s in opened_store.submissions.arrived("n", MORNING)] == [None]
    assert [(s.message_id, s.replaces_at) for s in opened_store.submissions.arrived("n", LATER)] == [
        ("m1", LATER)
    ]


def test_answers_of_one_second_stand_in_the_order_of_the_mailbox(opened_store: Store) -> None:
    for uid, message_id in ((3, "m1"), (1, "m3"), (2, "m2")):
        arrive(opened_store, message_id, MORNING, uid)
        reply = ReplyDraft(mail_id=f"<{message_id}@example.org>", lines=("12 同意",))
        opened_store.messages.record("n", [replace(a_message(message_id), reply=reply)])

    assert [one.message_id for one in opened_store.questions.open_replies()] == ["m3", "m2", "m1"]
    assert [one.message_id for one in opened_store.questions.replies_of(["m1", "m2"])] == ["m2", "m1"]


def test_what_was_archived_before_a_crash_is_taken_up_though_its_mailbox_lost_it(
    opened_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (message_id,) = opened_store.archive.put([b"mail"])
    arrive(opened_store, "m0")
    with monkeypatch.context() as crash:
        crash.setattr(Journal, "append", _append_and_die(Journal.append))
        with pytest.raises(StoreError):
            arrive(opened_store, message_id, uid=2)
    assert [each for each, _ in opened_store.messages.unprocessed()] == ["m0"]

    assert opened_store.mailboxes.recover_arrivals() == 1
    assert opened_store.mailboxes.recover_arrivals() == 0

    assert set(opened_store.messages.unprocessed()) == {("m0", MORNING), (message_id, MORNING)}


def test_the_number_of_a_decision_that_a_crash_lost_is_used_again(
    opened_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(opened_store, "m0")
    with monkeypatch.context() as crash:
        crash.setattr(Journal, "append", _append_and_die(Journal.append))
        with pytest.raises(StoreError):
            opened_store.decisions.record("note", "case", "lost", "office", MORNING)
    opened_store.decisions.record("note", "case", "kept", "office", MORNING)

    assert [decision.why for decision in opened_store.decisions.made(LATER)] == ["kept"]
    assert [fault for fault in opened_store.safekeeping.verify(Slice()) if "决定" in fault.place] == []


def test_a_lost_entry_longer_than_the_usual_tail_is_taken_back(
    opened_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = tuple(SeenChild(f"50024020100101{number:04}", f"child {number}") for number in range(9_000))
    arrive(opened_store, "m0")
    with monkeypatch.context() as crash:
        crash.setattr(Journal, "append", _append_and_die(Journal.append))
        with pytest.raises(StoreError):
            opened_store.audit.record(AuditLine("export", "officer", MORNING, children=county))
    opened_store.decisions.record("note", "case", "kept", "office", MORNING)

    assert [entry.what for entry in opened_store.audit.entries()] == ["decide note case #1"]
    assert [fault for fault in opened_store.safekeeping.verify(Slice()) if "m0" not in fault.place] == []


def test_a_folder_with_other_mail_is_forgotten_by_the_journal_too(opened_store: Store) -> None:
    (old, new) = opened_store.archive.put([b"old", b"new"])
    arrive(opened_store, old, uid=5)
    opened_store.mailboxes.forget_places("main", 7)
    arrive(opened_store, new, uid=1)

    assert list(opened_store.safekeeping.verify(Slice())) == []


def _append_and_die(
    append: Callable[[Journal, Iterable[Entry]], None],
) -> Callable[[Journal, Iterable[Entry]], None]:
    """As if the process died between the journal and the commit."""

    def die(journal: Journal, entries: Iterable[Entry]) -> None:
        append(journal, entries)
        raise StoreError("killed")

    return die


def test_an_error_of_the_database_quotes_no_row(tmp_path: Path) -> None:
    """PostgreSQL writes the row that it refuses below its first line; SQLAlchemy would write the parameters."""
    refused = Exception("null value violates not-null constraint\nDETAIL:  Failing row contains (谭小雨).")
    with pytest.raises(StoreError) as told, translate_errors():
        raise DBAPIError("INSERT", {"why": "谭小雨"}, refused)
    assert "谭小雨" not in str(told.value)
    assert "not-null" in str(told.value)

    engine = open_engine(f"sqlite:///{tmp_path}/k.db")
    with pytest.raises(DBAPIError) as raised, engine.connect() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": "谭小雨"})
    engine.dispose()
    assert "谭小雨" not in str(raised.value)
