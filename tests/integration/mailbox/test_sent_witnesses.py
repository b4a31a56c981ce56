"""An uncertain mail is settled by who saw it: the polled mailbox where it comes back, or the folder of sent mail."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kongchuo.office import Office, open_office
from kongchuo.usecases.sent_witnesses import LOOK_EVERY, SentWitnesses
from store.stored_values import DeliveryStatus, OutboxMail
from tests.builders.offices.office_folder import an_office
from tests.builders.offices.peer_polls import HURRIED, poll_once
from tests.builders.servers.imap_habits import habit_mails
from tests.builders.servers.imap_peer import Habit, Peer, PeerMail, all_above, imap_peer

NOW = datetime(2023, 9, 25, 1, tzinfo=UTC)
ME = "office@example.org"
RAW = (
    f"From: {ME}\r\nTo: {ME}\r\nMessage-ID: <kongchuo.{'a' * 32}@example.org>\r\nSubject: digest\r\n\r\nfigures\r\n"
).encode()
BACK = b"Received: from x by y; Mon, 25 Sep 2023 09:01:00 +0800\r\n" + RAW


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("KONGCHUO_MAILBOX_PASSWORD", "abcdefghijklmnop")
    with open_office(an_office(tmp_path)) as opened:
        yield opened


def on_server(office: Office, peer: Peer) -> Office:
    settings = office.settings.model_copy(update={"mailbox": (peer.mailbox,)})
    return Office(settings, office.store, office.notices)


def uncertain(office: Office) -> list[OutboxMail]:
    store = office.store
    store.outbox.queue(key="digest.x", purpose="digest", raw=RAW, sender=ME, recipients=(ME,), when=NOW)
    store.outbox.mark_sending("digest.x", (ME,), NOW)
    store.outbox.mark_uncertain("digest.x", "?")
    return list(store.outbox.with_status({DeliveryStatus.UNCERTAIN}))


def kept(raw: bytes, uid: int = 9) -> PeerMail:
    return PeerMail(uid=uid, when="25-Sep-2023 09:01:00 +0800", raw=raw)


def test_a_digest_that_came_back_into_the_polled_mailbox_was_sent(office: Office) -> None:
    mails = uncertain(office)
    with imap_peer([kept(BACK)], Habit()) as peer:
        poll_once(office, peer)

    assert SentWitnesses(office, NOW).find_sent(mails) == {"digest.x": True}


def test_a_strangers_mail_under_our_message_id_is_no_witness(office: Office) -> None:
    mails = uncertain(office)
    with imap_peer([kept(BACK.replace(b"figures", b"guess"))], Habit()) as peer:
        poll_once(office, peer)

    assert SentWitnesses(office, NOW).find_sent(mails) == {}


@pytest.mark.parametrize("name", ["Sent Messages", "Sent", "&XfJT0ZAB-"])
@pytest.mark.parametrize(
    "habit",
    [Habit(), Habit(finds=lambda uids, first, last: all_above(uids, first, last) if first == 1 else [])],
    ids=["SEARCH HEADER finds all, as at QQ", "other ranges find nothing"],
)
def test_a_mail_in_the_folder_of_sent_mail_was_sent(name: str, habit: Habit, office: Office) -> None:
    mails = uncertain(office)
    with imap_peer(habit_mails(), habit) as peer:
        peer.other_folders[name] = [*habit_mails(), kept(RAW, uid=99)]
        found = SentWitnesses(on_server(office, peer), NOW, HURRIED).find_sent(mails)

    assert found == {"digest.x": True}


@pytest.mark.parametrize("folders", [{"Sent": habit_mails()}, {}], ids=["not in it", "no such folder"])
def test_what_no_witness_saw_stays_uncertain_and_the_folder_is_left_alone_for_a_while(
    folders: dict[str, list[PeerMail]], office: Office
) -> None:
    mails = uncertain(office)
    with imap_peer(habit_mails(), Habit()) as peer:
        peer.other_folders = folders
        there = on_server(office, peer)
        answers = [
            SentWitnesses(there, NOW + after, HURRIED).find_sent(mails)
            for after in (timedelta(0), LOOK_EVERY / 2)
        ]
        soon = peer.connections
        SentWitnesses(there, NOW + LOOK_EVERY, HURRIED).find_sent(mails)
        later = peer.connections
        SentWitnesses(there, NOW + timedelta(days=4), HURRIED).find_sent(mails)

    assert answers == [{}, {}]
    assert (soon, later, peer.connections) == (1, 2, 2)


def test_another_accounts_folder_is_not_looked_into(office: Office) -> None:
    mails = uncertain(office)
    with imap_peer(habit_mails(), Habit()) as peer:
        other = peer.mailbox.model_copy(update={"username": "other@example.org"})
        settings = office.settings.model_copy(update={"mailbox": (other,)})
        found = SentWitnesses(Office(settings, office.store, office.notices), NOW, HURRIED).find_sent(mails)

    assert (found, peer.connections) == ({}, 0)
