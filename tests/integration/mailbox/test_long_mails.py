"""A mail that is too long to be held goes from the connection to the disk, from every kind of server."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.errors import MailboxError, WorkerError
from ingest.sources import imap_answers
from ingest.sources.imap import ImapSource
from ingest.sources.source import KnownMail
from kongchuo.office import Office, open_office
from tests.builders.offices.office_folder import an_office
from tests.builders.offices.peer_polls import HURRIED, ZONE, poll_once, uids_of
from tests.builders.servers.imap_habits import BAD_UID, HABITS, habit_mails
from tests.builders.servers.imap_peer import Habit, PeerMail, imap_peer

LONG = 3 * imap_answers.LONGEST_HELD


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(an_office(tmp_path)) as opened:
        yield opened


def mails() -> list[PeerMail]:
    """Those of the table, the one with the bad habit being long, and the one before it too."""
    lines = b"x" * 76 + b"\r\n"
    return [
        replace(mail, raw=mail.raw + lines * (LONG // len(lines)))
        if mail.uid in (BAD_UID - 3, BAD_UID)
        else mail
        for mail in habit_mails()
    ]


@pytest.mark.parametrize(
    "name",
    [
        "sound",
        "no sizes",
        "size of zero",
        "size beyond all reason",
        "no INTERNALDATE",
        "body left out",
        "body under another UID",
        "body without UID",
        "UID behind the body",
        "body refused",
        "bodies in reverse",
        "bodies twice",
        "bodies cut once",
        "bodies cut at the last byte once",
        "literal too long",
        "literal too short",
        "literal of 8 GB",
    ],
)
def test_a_long_mail_comes_whole_or_not_at_all(name: str, office: Office) -> None:
    case = HABITS[name]
    every = {mail.uid for mail in mails()}
    with imap_peer(mails(), case.habit) as peer:
        poll_once(office, peer)
        came = uids_of(office)
        peer.habit = Habit()
        poll_once(office, peer, compare=("main",))

    assert came == (every if case.came == "all" else every - {BAD_UID})
    for mail in mails():
        digest = hashlib.sha256(mail.raw).hexdigest()
        assert office.store.archive.get(digest) == mail.raw


def test_a_long_mail_is_a_file_and_a_short_one_is_not() -> None:
    with imap_peer(mails(), Habit()) as peer:
        source = ImapSource(peer.mailbox, "abcdefghijklmnop", zone=ZONE, patience=HURRIED)
        with source:
            held = {
                message.uid: isinstance(message.raw, bytes)
                for batch in source.batches(KnownMail())
                for message in batch.messages
            }

    assert {uid for uid, is_held in held.items() if not is_held} == {BAD_UID - 3, BAD_UID}


def test_a_mail_for_which_the_disk_has_no_room_is_nobodys_fault(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    with imap_peer(mails(), Habit()) as peer:
        with monkeypatch.context() as patched:
            patched.setattr("tempfile.TemporaryFile", full)
            with pytest.raises((WorkerError, MailboxError), match="磁盘满了"):
                poll_once(office, peer)
        poll_once(office, peer)

    assert uids_of(office) == {mail.uid for mail in mails()}
