"""A position is not a set: mail that came into view below it, a folder made anew, and mail that is not given for long."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.sources.comparison import _samples
from kongchuo.office import Office, open_office
from kongchuo.usecases.health import assess_service
from kongchuo.usecases.polling import mailboxes_to_compare
from store.mailboxes.unfetched import LONGEST_PAUSE
from store.safekeeping.faults import Slice
from tests.builders.offices.office_folder import an_office
from tests.builders.offices.peer_polls import poll_once, quarantined, uids_of
from tests.builders.servers.imap_habits import BAD_UID, HABITS, habit_mails
from tests.builders.servers.imap_peer import Habit, PeerMail, imap_peer, list_in_one_line

MAILS = habit_mails()
OLD, NEW = MAILS[:6], MAILS[6:]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(an_office(tmp_path)) as opened:
        yield opened


def uids(mails: list[PeerMail]) -> set[int]:
    return {mail.uid for mail in mails}


def test_mail_that_comes_into_view_below_the_position_is_fetched_and_told(office: Office) -> None:
    with imap_peer(NEW, Habit()) as peer:
        poll_once(office, peer)
        peer.mails = [*MAILS]
        unseen = poll_once(office, peer)
        came_before = uids_of(office)
        summary = poll_once(office, peer, compare=("main",))

    assert (unseen.new_messages, came_before) == (0, uids(NEW))
    assert uids_of(office) == uids(MAILS)
    assert summary.remarks == ("邮箱“main”:补收6封以前看不到的邮件",)


def test_the_folder_is_compared_at_the_first_poll_and_then_once_a_day(office: Office) -> None:
    with imap_peer(MAILS, Habit()) as peer:
        poll_once(office, peer)
        first = len(peer.commands)
        poll_once(office, peer)
        second = peer.commands[first:]
    now = datetime.now(UTC)

    assert [command for command in second if command.startswith("UID SEARCH")] == ["UID SEARCH UID 41:*"]
    assert mailboxes_to_compare(office.store, {"main"}, now) == frozenset()
    assert mailboxes_to_compare(office.store, {"main"}, now + timedelta(days=1, minutes=1)) == {"main"}


def test_a_comparison_that_a_wrong_clock_dated_ahead_is_done_again(office: Office) -> None:
    now = datetime.now(UTC)
    with imap_peer(MAILS, Habit()) as peer:
        poll_once(office, peer)
    office.store.mailboxes.record_comparison("main", now + timedelta(days=900))

    assert mailboxes_to_compare(office.store, {"main"}, now) == {"main"}


def test_a_folder_made_anew_under_its_old_numbers_is_noticed_and_read_again(office: Office) -> None:
    restored = [replace(old, raw=new.raw, when=new.when) for old, new in zip(OLD, NEW, strict=True)]
    with imap_peer(OLD, Habit()) as peer:
        poll_once(office, peer)
        peer.mails = restored
        summary = poll_once(office, peer, compare=("main",))
        again = poll_once(office, peer, compare=("main",))

    assert uids_of(office) == uids(MAILS)
    assert "重建" in summary.remarks[0]
    assert (again.new_messages, again.remarks) == (0, ())


def test_a_new_mail_in_the_place_of_one_that_moved_up_is_fetched(office: Office) -> None:
    """A folder made anew in another order: the poll before the comparison has already taken what stands above."""
    old = MAILS[:10]
    moved = replace(old[3], uid=MAILS[10].uid)
    put_in_its_place = replace(MAILS[11], uid=old[3].uid)
    with imap_peer(old, Habit()) as peer:
        poll_once(office, peer)
        peer.mails = [*old[:3], put_in_its_place, *old[4:], moved]
        poll_once(office, peer)
        summary = poll_once(office, peer, compare=("main",))

    ids = {message_id for message_id, _ in office.store.messages.find_to_rerun()}
    assert hashlib.sha256(put_in_its_place.raw).hexdigest() in ids
    assert "重建" in summary.remarks[0]


def test_each_day_other_mails_are_compared() -> None:
    places = {uid: f"mail {uid}" for uid in range(1, 101)}

    compared = [set(_samples(places, turn)) for turn in range(20)]

    assert set().union(*compared) == set(places)
    assert max(map(len, compared)) <= 7


def test_numbers_that_went_back_have_the_folder_compared_at_once(office: Office) -> None:
    restored = [replace(mail, uid=mail.uid - 6) for mail in NEW[:2]]
    with imap_peer(OLD, Habit()) as peer:
        poll_once(office, peer)
        peer.mails, peer.habit = restored, Habit(uidnext=25)
        poll_once(office, peer)
        before = uids_of(office)
        peer.habit = Habit(uidnext=19)
        poll_once(office, peer)

    assert before | uids(NEW[:2]) == uids_of(office)


def test_a_server_that_gives_no_mail_twice_the_same_is_not_taken_for_a_folder_made_anew(
    office: Office,
) -> None:
    given: list[int] = []

    def with_a_new_header(number: int, mail: PeerMail) -> bytes:
        given.append(number)
        raw = b"X-Sent: %04d\r\n%b" % (len(given), mail.raw)
        return b"* %d FETCH (UID %d BODY[] {%d}\r\n%b)\r\n" % (number, mail.uid, len(raw), raw)

    with imap_peer(MAILS, Habit(gives=with_a_new_header)) as peer:
        poll_once(office, peer)
        again = poll_once(office, peer, compare=("main",))

    assert (again.new_messages, again.remarks) == (0, ())


def test_a_mail_that_is_not_given_is_tried_at_the_next_poll_and_then_with_growing_pauses(
    office: Office,
) -> None:
    tries, pauses = [], []
    with imap_peer(MAILS, HABITS["body refused"].habit) as peer:
        for _ in range(2):
            poll_once(office, peer)
            (note,) = office.store.mailboxes.unfetched_mails()
            tries.append(note.tries)
            pauses.append(note.next_at - note.last_at)
        before = len(peer.commands)
        poll_once(office, peer)
        third = [command for command in peer.commands[before:] if command.startswith("UID FETCH")]
        poll_once(office, peer, compare=("main",))
        (note,) = office.store.mailboxes.unfetched_mails()

    assert (tries, pauses) == ([1, 2], [timedelta(0), timedelta(minutes=15)])
    assert third == []
    assert (note.tries, note.next_at - note.last_at) == (3, timedelta(minutes=30))
    assert (note.words, note.uid) == ("NO System Error", BAD_UID)
    assert note.is_due(note.next_at)
    assert note.is_due(note.last_at - LONGEST_PAUSE)


def test_a_mail_that_is_not_given_and_then_deleted_is_no_longer_listed(office: Office) -> None:
    with imap_peer(MAILS, HABITS["body refused"].habit) as peer:
        poll_once(office, peer)
        listed = quarantined(office)
        peer.mails = [mail for mail in MAILS if mail.uid != BAD_UID]
        poll_once(office, peer)

    assert [(file.path, file.size) for file in listed] == [((), len(MAILS[5].raw))]
    assert quarantined(office) == []


def test_more_mail_on_the_server_than_is_known_is_an_alarm(office: Office) -> None:
    office = Office(
        office.settings.model_copy(update={"mailbox": (imap_mailbox(office),)}), office.store, office.notices
    )
    hidden = Habit(
        lists=lambda listed: list_in_one_line([uid for uid in listed if uid >= NEW[0].uid]),
    )
    with imap_peer(MAILS, hidden) as peer:
        poll_once(office, peer)
        alarmed = assess_service(office, datetime.now(UTC)).faults
        peer.habit = Habit()
        poll_once(office, peer, compare=("main",))
        healthy = assess_service(office, datetime.now(UTC)).faults

    assert any("有12封" in fault and "只收到6封" in fault for fault in alarmed)
    assert healthy == ()


def imap_mailbox(office: Office):
    return office.settings.mailbox[0].model_copy(update={"name": "main"})


def test_a_damaged_archive_file_is_fetched_again_and_replaced(office: Office) -> None:
    archive = office.store.archive
    with imap_peer(MAILS, Habit()) as peer:
        poll_once(office, peer)
        damaged = min(office.store.mailboxes.places("main", 1234567).values())
        sound = archive.get(damaged)
        blob = next(file for file in archive.root.rglob("*.z") if file.parent.name + file.stem == damaged)
        blob.write_bytes(b"junk")
        told = [fault.place for fault in office.store.safekeeping.verify(Slice())]
        poll_once(office, peer)

    assert told == [f"邮件 {damaged[:12]}"]
    assert archive.get(damaged) == sound
    assert list(office.store.safekeeping.verify(Slice())) == []
