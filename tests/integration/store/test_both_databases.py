"""What a store keeps of mail to be sent and of decisions, on SQLite and on PostgreSQL alike."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from store import Store
from store.audit.audit_line import AuditLine, SeenChild
from store.audit.audit_trail import AuditHead
from store.drafts import Arrival
from store.safekeeping.faults import Fault, Slice
from store.safekeeping.journal import Entry, EntryKind, Journal

NOW = datetime(2023, 9, 26, tzinfo=UTC)
RAW = b"Subject: x\r\n\r\nbody\r\n"


@pytest.fixture
def opened_store(fresh_url: Callable[[], str], tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(fresh_url(), tmp_path / "archive")
    yield opened
    opened.close()


def queue(store: Store, key: str) -> bool:
    return store.outbox.queue(
        key=key, purpose="p", raw=RAW, sender="a@example.org", recipients=("b@example.org",), when=NOW
    )


def decide(store: Store, why: str) -> None:
    store.decisions.record("note", "case", why, "officer", NOW)


def reasons(store: Store) -> list[str]:
    return [decision.why for decision in store.decisions.made(NOW)]


def faults(store: Store) -> list[Fault]:
    return list(store.safekeeping.verify(Slice()))


def a_lost_decision(number: int) -> Entry:
    """What stands in the journal when the program is killed before the database commits."""
    values = {"kind": "note", "subject": "case", "detail": None, "why": "lost", "who": "officer"}
    return Entry(EntryKind.DECISION, {"id": number, **values, "at": NOW.isoformat()})


def test_a_mail_is_queued_once_with_its_bytes(opened_store: Store) -> None:
    assert queue(opened_store, "one")
    assert not queue(opened_store, "one")

    assert opened_store.outbox.mail_bytes("one") == RAW
    assert not faults(opened_store)


def test_failures_in_a_row_are_counted_one_by_one(opened_store: Store) -> None:
    opened_store.jobs.record_failure("poll", "main", NOW, "x", None)
    assert [status.failures for status in opened_store.jobs.statuses()] == [1]

    opened_store.jobs.record_failure("poll", "main", NOW, "x", None)
    assert [status.failures for status in opened_store.jobs.statuses()] == [2]


def test_a_decision_that_was_lost_after_its_line_is_no_damage_and_is_not_made_anew(
    opened_store: Store, fresh_url: Callable[[], str], tmp_path: Path
) -> None:
    decide(opened_store, "first")
    journal = Journal(tmp_path / "archive")
    journal.append([a_lost_decision(2)])

    assert not faults(opened_store)

    anew = Store.open(fresh_url(), tmp_path / "archive")
    anew.safekeeping.replay_journal()
    assert reasons(anew) == ["first"]
    assert not faults(anew)
    anew.close()


def test_a_store_of_which_nothing_was_sent_or_decided_has_lost_nothing(
    opened_store: Store, fresh_url: Callable[[], str], tmp_path: Path
) -> None:
    """A digest that had not left yet is made again; to ask for a rebuild for ever would help nobody."""
    queue(opened_store, "waiting")
    taken_back = Entry(EntryKind.DROPPED, {"kind": EntryKind.DECISION, "key": 2})
    Journal(tmp_path / "archive").append([a_lost_decision(2), taken_back])

    anew = Store.open(fresh_url(), tmp_path / "archive")
    lost = anew.safekeeping.has_lost_its_rows()
    anew.safekeeping.replay_journal()

    assert (lost, anew.safekeeping.has_lost_its_rows()) == (False, False)
    anew.close()


@pytest.mark.parametrize("what", ["arrived", "decided", "sent", "looked"])
def test_a_store_that_lost_what_arrived_was_sent_or_decided_says_so(
    opened_store: Store, fresh_url: Callable[[], str], tmp_path: Path, what: str
) -> None:
    if what == "arrived":
        [digest] = opened_store.archive.put([RAW])
        arrival = Arrival(message_id=digest, received_at=NOW, mailbox="main", uidvalidity=7, uid=1)
        opened_store.mailboxes.record_arrivals([arrival], 1)
    elif what == "decided":
        decide(opened_store, "first")
    elif what == "sent":
        queue(opened_store, "sent")
        opened_store.outbox.mark_sending("sent", ["b@example.org"], NOW)
    else:
        opened_store.audit.record(AuditLine("look", "officer", NOW))

    anew = Store.open(fresh_url(), tmp_path / "archive")
    lost = anew.safekeeping.has_lost_its_rows()
    anew.safekeeping.replay_journal()

    assert (lost, anew.safekeeping.has_lost_its_rows()) == (True, False)
    anew.close()


def test_a_lost_decision_is_taken_back_by_whatever_is_written_next(
    opened_store: Store, fresh_url: Callable[[], str], tmp_path: Path
) -> None:
    decide(opened_store, "first")
    Journal(tmp_path / "archive").append([a_lost_decision(2)])

    opened_store.audit.record(AuditLine("look", "officer", NOW))
    assert not faults(opened_store)
    decide(opened_store, "second")

    assert not faults(opened_store)
    anew = Store.open(fresh_url(), tmp_path / "archive")
    anew.safekeeping.replay_journal()
    assert reasons(anew) == ["first", "second"]
    anew.close()


def test_an_older_database_in_the_place_of_its_successor_is_told_and_takes_nothing_back(
    opened_store: Store, tmp_path: Path
) -> None:
    decide(opened_store, "first")
    journal = Journal(tmp_path / "archive")
    journal.append([a_lost_decision(2), a_lost_decision(3)])

    assert [fault.place for fault in faults(opened_store)] == ["决定 2", "决定 3"]
    kinds = {line.kind for line in journal.entries() if isinstance(line, Entry)}
    assert kinds == {EntryKind.DECISION, EntryKind.AUDIT}


def test_a_mail_that_left_is_sound_in_a_store_made_anew(
    opened_store: Store, fresh_url: Callable[[], str], tmp_path: Path
) -> None:
    for key in ("sent", "refused", "sending"):
        queue(opened_store, key)
        opened_store.outbox.mark_sending(key, ["b@example.org"], NOW)
    opened_store.outbox.mark_accepted("sent", NOW, refused={}, retry_at=None, error=None)
    opened_store.outbox.mark_failed("refused", NOW, "later", NOW)

    anew = Store.open(fresh_url(), tmp_path / "archive")
    anew.safekeeping.replay_journal()

    assert {mail.key: mail.state.value for mail in anew.outbox.mails()} == {
        "sent": "sent",
        "sending": "uncertain",
    }
    assert not faults(anew)
    anew.close()


@pytest.mark.parametrize(
    ("statement", "at"),
    [
        ("UPDATE audit SET who = 'other' WHERE id = 2", [2]),
        ("DELETE FROM audit WHERE id = 2", [3]),
        ("DELETE FROM audit WHERE id > 2", [3]),
        ("UPDATE audit SET uid = uid", []),
    ],
)
def test_an_audit_trail_that_was_altered_or_cut_shows_it(
    opened_store: Store, statement: str, at: list[int]
) -> None:
    for number in range(3):
        child = SeenChild(None, f"child {number}")
        opened_store.audit.record(AuditLine("look\x00", "officer", NOW.astimezone(), children=(child,)))
    head = opened_store.audit.head()
    assert head is not None

    with opened_store.engine.begin() as connection:
        connection.execute(text(statement))

    kept = AuditHead(head.number, head.link[:12])
    assert [fault.number for fault in opened_store.audit.check(kept).faults] == at
