"""Where the store is sealed, whoever can write the database and has no key cannot make the audit trail's chain anew."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from store import Store
from store.audit.audit_line import AuditLine
from store.audit.audit_links import LinkKind, link_entry
from store.audit.audit_trail import AUDIT
from store.keys.key_place import write_wrapped
from store.sealing.seal import DataKey, Seal
from store.sealing.wrapped_key import NewKey, make_key

NOW = datetime(2023, 9, 26, tzinfo=UTC)


def open_with(folder: Path, key: NewKey | None) -> Store:
    find = None if key is None else (lambda _: [key.code])
    return Store.open(f"sqlite:///{folder}/k.db", folder / "archive", find_codes=find)


def look(store: Store, count: int) -> None:
    for number in range(count):
        store.audit.record(AuditLine(f"look {number}", "officer", NOW))


@pytest.fixture
def key(tmp_path: Path) -> NewKey:
    """The key of a store that was sealed after two entries, and has two more since."""
    store = open_with(tmp_path, None)
    look(store, 2)
    store.close()
    key = make_key()
    write_wrapped(tmp_path / "archive", key.wrapped.key_id, key.wrapped.text)
    store = open_with(tmp_path, key)
    look(store, 2)
    store.close()
    return key


def relink(store: Store, link_key: bytes | None) -> None:
    """Makes the whole chain anew, as who can write the database may."""
    link = "0" * 64
    with store.engine.begin() as connection:
        for row in connection.execute(select(AUDIT).order_by(AUDIT.c.id)).mappings().all():
            link = link_entry(link, row, link_key)
            connection.execute(update(AUDIT).where(AUDIT.c.id == row["id"]).values(link=link))


def test_entries_from_before_the_key_still_verify_below_those_with_it(tmp_path: Path, key: NewKey) -> None:
    checked = open_with(tmp_path, key).audit.check()

    assert (checked.faults, checked.kind, checked.keyed_from) == ((), LinkKind.KEYED, 3)


def test_a_chain_made_anew_without_the_key_shows(tmp_path: Path, key: NewKey) -> None:
    store = open_with(tmp_path, key)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE audit SET who = 'other' WHERE id = 1"))
        connection.execute(text("DELETE FROM audit WHERE id = 4"))
    relink(store, b"a key of the attacker's own")
    look(store, 1)

    assert next(fault.number for fault in store.audit.check().faults) == 1


def test_a_plain_link_behind_keyed_ones_shows(tmp_path: Path, key: NewKey) -> None:
    store = open_with(tmp_path, key)
    with store.engine.begin() as connection:
        rows = connection.execute(select(AUDIT).order_by(AUDIT.c.id)).mappings().all()
        forged = link_entry(rows[2]["link"], rows[3], None)
        connection.execute(update(AUDIT).where(AUDIT.c.id == 4).values(link=forged))

    assert [fault.number for fault in store.audit.check().faults] == [4]


def test_a_store_without_a_key_says_that_its_links_are_plain(tmp_path: Path) -> None:
    store = open_with(tmp_path, None)
    look(store, 1)

    checked = store.audit.check()

    assert (checked.faults, checked.kind, checked.keyed_from) == ((), LinkKind.PLAIN, None)


def test_the_key_of_the_links_is_none_of_the_others_and_can_be_handed_on() -> None:
    other = DataKey("01020304", b"\x02" * 32)
    seal = Seal([DataKey("0a0b0c0d", b"\x01" * 32)])

    assert seal.link_key != Seal([other]).link_key
    assert Seal([other], seal.link_key).link_key == seal.link_key
