"""Mail comes in from every kind of server: each habit of the table, through a whole poll."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.errors import MailboxError
from kongchuo.office import Office, open_office
from store.drafts import ArrivalBasis
from tests.builders.offices.office_folder import an_office
from tests.builders.offices.peer_polls import END, poll_once, quarantined, uids_of
from tests.builders.servers.imap_habits import BAD_UID, HABITS, HabitCase, habit_mails
from tests.builders.servers.imap_peer import Habit, imap_peer

SAFE = re.compile(
    r"CAPABILITY|NOOP|LOGOUT|ID \(.*\)|LOGIN \S+ \S+|EXAMINE \"INBOX\"|UID SEARCH UID \d+:(\d+|\*)"
    r"|UID FETCH [\d,]+(:\*)? \((INTERNALDATE RFC822\.SIZE|BODY\.PEEK\[\])\)"
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(an_office(tmp_path)) as opened:
        yield opened


@pytest.mark.parametrize("case", HABITS.values(), ids=HABITS)
def test_a_habit_is_survived_and_costs_no_mail(case: HabitCase, office: Office) -> None:
    every = {mail.uid for mail in habit_mails()}
    expected = {"all": every, "others": every - {BAD_UID}, "none": set[int]()}[case.came]
    told = ""
    with imap_peer(habit_mails(), case.habit) as peer:
        try:
            summary = poll_once(office, peer)
            told = "\n".join(
                [*summary.remarks, *summary.errors, *(file.reason or "" for file in quarantined(office))]
            )
        except MailboxError as error:
            told = str(error)
        came = uids_of(office)
        peer.habit = Habit()
        poll_once(office, peer, compare=("main",))
        commands = peer.commands

    assert came == expected
    assert case.says in told
    assert uids_of(office) == every
    assert quarantined(office) == []
    assert [command for command in commands if not SAFE.fullmatch(command)] == []


@pytest.mark.parametrize(
    "name",
    [
        "no INTERNALDATE",
        "INTERNALDATE NIL",
        "INTERNALDATE impossible",
        "INTERNALDATE of 1970",
        "INTERNALDATE to come",
        "malformed description",
    ],
)
def test_without_a_sound_time_of_the_server_the_newest_hop_tells_it_and_is_marked(
    name: str, office: Office
) -> None:
    with imap_peer(habit_mails(), HABITS[name].habit) as peer:
        poll_once(office, peer)
    (file,) = [file for file in office.store.files.arrived(END) if file.subject == f"mail {BAD_UID}"]

    assert (file.received_at, file.arrival_basis) == (
        datetime(2023, 9, 25, 0, 22, tzinfo=UTC),
        ArrivalBasis.RECEIVED,
    )
