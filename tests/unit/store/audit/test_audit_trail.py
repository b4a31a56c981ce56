"""The audit trail says who saw what of whom, and shows an entry that was changed, taken out or cut off."""

import os
import pwd
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from store import Store
from store.audit.audit_line import AuditLine, Door, SeenChild, coming_through
from store.audit.audit_trail import AuditHead, clear_reasons, reasons
from store.audit.child_marks import make_marks, speaks_of
from store.decisions import ActDraft, DecisionDraft, WhoDecided
from store.keys.key_place import write_wrapped
from store.safekeeping.faults import Slice
from store.sealing.wrapped_key import NewKey, make_key

NOW = datetime(2023, 9, 26, 1, 2, 3, 456789, tzinfo=UTC)
CHILD = SeenChild("500240201001011234", "谭小雨")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(f"sqlite:///{tmp_path}/k.db", tmp_path / "archive")


def fill(store: Store, count: int = 4) -> None:
    for number in range(count):
        store.audit.record(AuditLine(f"look {number}", "officer", NOW, Door.TERMINAL, "检查", (CHILD,)))


def change(store: Store, statement: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text(statement))


def broken(store: Store, kept: AuditHead | None = None) -> list[int]:
    return [fault.number for fault in store.audit.check(kept).faults]


def test_an_entry_says_the_account_whatever_name_was_claimed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "somebody-else")

    store.audit.record(AuditLine("export", "王科长", NOW, Door.MAIL, "上报\x00", (CHILD, CHILD)))

    [entry] = store.audit.entries()
    assert entry.account is not None
    assert (entry.account.uid, entry.account.name) == (os.getuid(), pwd.getpwuid(os.getuid()).pw_name)
    assert (entry.who, entry.why, entry.door, entry.children, entry.at) == (
        "王科长",
        "上报\ufffd",
        Door.MAIL,
        1,
        NOW,
    )
    assert broken(store) == []


def test_a_child_is_found_by_number_or_name_and_no_other(store: Store) -> None:
    fill(store, 1)

    [entry] = store.audit.entries()
    assert entry.marks is not None
    assert speaks_of(entry.marks, ["500240201001011234"])
    assert speaks_of(entry.marks, [" 谭小雨"])
    assert not speaks_of(entry.marks, ["500240201001011235", "谭小"])


def test_equal_children_have_other_marks_in_each_entry() -> None:
    assert make_marks([CHILD])[-11:] != make_marks([CHILD])[-11:]


@pytest.mark.parametrize(
    ("statement", "at"),
    [
        ("UPDATE audit SET what = 'look 9' WHERE id = 2", [2]),
        ("UPDATE audit SET who = 'other' WHERE id = 4", [4]),
        ("UPDATE audit SET children = 0 WHERE id = 1", [1]),
        ("UPDATE audit SET link = NULL WHERE id = 3", [3]),
        ("UPDATE audit SET why = '别的' WHERE id = 2", [2]),
        ("UPDATE audit SET why_digest = '0a' WHERE id = 2", [2]),
        ("UPDATE audit SET why = '', why_salt = NULL WHERE id = 2", [2]),
        ("UPDATE audit SET why = '', why_salt = NULL, why_digest = NULL WHERE id = 2", [2]),
        ("DELETE FROM audit WHERE id = 2", [3]),
        ("DELETE FROM audit WHERE id = 1", [2]),
    ],
)
def test_what_was_changed_or_taken_out_is_told_where_it_is(
    store: Store, statement: str, at: list[int]
) -> None:
    fill(store)
    assert broken(store) == []

    change(store, statement)

    assert broken(store) == at


def test_numbering_anew_does_not_hide_what_was_taken_out(store: Store) -> None:
    fill(store)

    change(store, "DELETE FROM audit WHERE id = 2")
    change(store, "UPDATE audit SET id = 2 WHERE id = 3")
    change(store, "UPDATE audit SET id = 3 WHERE id = 4")

    assert broken(store)[0] == 2


def test_a_cut_tail_shows_against_a_head_that_was_kept(store: Store) -> None:
    fill(store)
    head = store.audit.head()
    assert head is not None
    kept = AuditHead(head.number, head.link[:12])
    assert broken(store, kept) == []

    change(store, "DELETE FROM audit WHERE id > 2")

    assert (broken(store), broken(store, kept)) == ([], [4])
    fill(store, 2)
    assert broken(store, kept) == [4]


def test_entries_from_before_the_chain_are_held_by_the_first_link_after_them(store: Store) -> None:
    old = (
        "INSERT INTO audit (id, at, who, what) VALUES ({0}, '2023-09-01 00:00:00.000000', 'old', 'look {0}')"
    )
    change(store, old.format(1))
    change(store, old.format(2))
    fill(store, 1)
    assert broken(store) == []
    assert [entry.door for entry in store.audit.entries()] == [None, None, Door.TERMINAL]

    change(store, "UPDATE audit SET who = 'new' WHERE id = 1")

    assert broken(store) == [3]


def test_the_head_of_an_instant_is_that_of_then(store: Store) -> None:
    assert store.audit.head() is None
    fill(store, 1)
    first = store.audit.head()
    store.audit.record(AuditLine("later", "officer", NOW.replace(year=2024)))

    assert store.audit.head(NOW) == first
    assert store.audit.head(NOW) != store.audit.head()


def test_a_store_made_anew_of_the_journal_has_the_same_chain(store: Store, tmp_path: Path) -> None:
    fill(store)

    anew = Store.open(f"sqlite:///{tmp_path}/anew.db", tmp_path / "archive")
    anew.safekeeping.replay_journal()

    assert (anew.audit.head(), broken(anew)) == (store.audit.head(), [])


def test_a_decision_has_its_entry_with_door_and_case_and_keeps_its_reason(store: Store) -> None:
    draft = DecisionDraft(kind="close", subject="c1a2", why="家访见到", children=(CHILD,))

    with coming_through(Door.SERVICE):
        store.decisions.take_steps([(draft, WhoDecided(who="service", when=NOW))])
    store.decisions.take_steps([(draft, WhoDecided(who="王科长", when=NOW, came_by="m1"))])

    entries = store.audit.entries()
    assert [(one.what, one.why, one.children, one.door) for one in entries] == [
        ("decide close c1a2 #1", "", 1, Door.SERVICE),
        ("decide close c1a2 #2", "", 1, Door.MAIL),
    ]
    assert all(speaks_of(one.marks or "", [word]) for one in entries for word in ("c1a2", "谭小雨"))
    assert len(store.decisions.made(NOW)) == 2


def test_what_a_person_is_given_changes_nothing_and_has_an_entry(store: Store) -> None:
    store.decisions.take_steps(
        [(ActDraft(what="mail asked", children=(CHILD,)), WhoDecided(who="w", when=NOW))]
    )

    [entry] = store.audit.entries()
    assert (entry.what, entry.children, store.decisions.made(NOW)) == ("mail asked", 1, ())


@pytest.mark.parametrize("codes", [(), (make_key(),)], ids=["plain", "sealed"])
def test_a_cleared_reason_leaves_the_chain_whole(tmp_path: Path, codes: tuple[NewKey, ...]) -> None:
    for key in codes:
        write_wrapped(tmp_path / "archive", key.wrapped.key_id, key.wrapped.text)
    store = Store.open(
        f"sqlite:///{tmp_path}/k.db", tmp_path / "archive", find_codes=lambda _: [key.code for key in codes]
    )
    fill(store)
    kept = store.audit.head()

    with store.engine.begin() as connection:
        assert [number for number, _ in reasons(connection)] == [1, 2, 3, 4]
        assert clear_reasons(connection, [2, 3], AuditLine("purge", "office", NOW, why="到期")) == (2, 3, 5)

    assert broken(store, kept) == []
    assert [entry.why for entry in store.audit.entries()] == ["检查", "〔已清理〕", "〔已清理〕", "检查", ""]
    change(store, "UPDATE audit SET why_salt = NULL WHERE id = 4")
    assert broken(store) == [4]
    store.close()


def test_an_office_put_back_to_an_older_day_shows_against_the_head_in_a_digest(tmp_path: Path) -> None:
    """Sealed, whole and sound in itself, database and archive alike: only what was kept elsewhere shows it, however it goes on."""
    office, copy = tmp_path / "office", tmp_path / "copy"
    key = make_key()
    write_wrapped(office / "archive", key.wrapped.key_id, key.wrapped.text)

    def opened() -> Store:
        return Store.open(f"sqlite:///{office}/k.db", office / "archive", find_codes=lambda _: [key.code])

    store = opened()
    fill(store)
    store.close()
    shutil.copytree(office, copy)
    store = opened()
    fill(store)
    kept = store.audit.head()
    store.close()
    assert kept is not None
    shutil.rmtree(office)
    shutil.move(copy, office)

    store = opened()
    assert broken(store) == []
    assert broken(store, kept) == [kept.number]
    for _ in range(2):
        fill(store)
    assert broken(store) == []
    assert broken(store, kept) == [kept.number]
    store.close()


def test_an_older_database_beside_its_newer_archive_is_told_by_verify(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/k.db", tmp_path / "archive")
    fill(store)
    store.close()
    shutil.copy(tmp_path / "k.db", tmp_path / "older.db")
    store = Store.open(f"sqlite:///{tmp_path}/k.db", tmp_path / "archive")
    fill(store)
    store.close()
    shutil.move(tmp_path / "older.db", tmp_path / "k.db")

    store = Store.open(f"sqlite:///{tmp_path}/k.db", tmp_path / "archive")

    assert [fault.place for fault in store.safekeeping.verify(Slice())] == [
        f"操作记录 {number}" for number in (5, 6, 7, 8)
    ]
    store.close()
