"""The IMAP source against faults: cut connections, missing bodies, servers with habits of their own."""

from zoneinfo import ZoneInfo

import pytest

from config.errors import MailboxError
from ingest.sources.imap import ImapSource
from ingest.sources.imap_wire import Patience
from ingest.sources.source import KnownMail
from tests.builders.servers.scripted_imap import (
    EXAMINE,
    LOGIN,
    Step,
    bodies_step,
    fetched_message,
    list_step,
    raw_message,
    scripted_server,
    search_step,
)

ZONE = ZoneInfo("Asia/Shanghai")
OPENING = (LOGIN, EXAMINE)


def batches_of(server, watermark=0):
    with ImapSource(server.mailbox, "secret", zone=ZONE, patience=Patience(silence=5, reconnect=0)) as source:
        yield from source.batches(KnownMail(watermarks={7: watermark}))


def uids(batches):
    return [message.uid for batch in batches for message in batch.messages]


def test_a_line_cut_in_mid_batch_is_taken_up_after_the_last_whole_batch():
    every, first, rest = range(1, 26), range(1, 21), range(21, 26)
    half = fetched_message(21)[:-60]
    with scripted_server(
        [
            *OPENING,
            search_step(0, *every),
            list_step(*every),
            bodies_step(*first),
            bodies_step(*rest, answers=half, cut=True),
        ],
        [*OPENING, *(bodies_step(uid) for uid in rest)],
    ) as server:
        taken = list(batches_of(server))

    assert server.unexpected_commands == []
    assert [(m.uid, m.raw) for b in taken for m in b.messages] == [(uid, raw_message(uid)) for uid in every]
    assert [(b.watermark, b.remaining) for b in taken][:2] == [(20, 5), (21, 4)]
    assert (taken[-1].watermark, taken[-1].remaining) == (25, 0)


def test_a_numbering_that_changes_with_the_connection_is_read_from_its_own_mark():
    renumbered = Step(expects="EXAMINE .*", answers=b"* OK [UIDVALIDITY 8] valid\r\n")
    with scripted_server(
        [*OPENING, search_step(5, 6), list_step(6), bodies_step(6, answers=b"", cut=True)],
        [LOGIN, renumbered, search_step(0, 1), list_step(1), bodies_step(1)],
    ) as server:
        before, after = batches_of(server, watermark=5)

    assert (before.uidvalidity, before.watermark, before.refused[0].uid) == (7, None, 6)
    assert (after.uidvalidity, after.watermark) == (8, 1)


def test_a_body_left_out_is_fetched_again_alone():
    with scripted_server(
        [
            *OPENING,
            search_step(0, 1, 2, 3),
            list_step(1, 2, 3),
            bodies_step(1, 2, 3, answers=fetched_message(1) + fetched_message(3)),
            bodies_step(2),
        ]
    ) as server:
        taken = list(batches_of(server))

    assert server.unexpected_commands == []
    assert uids(taken) == [1, 2, 3]


@pytest.mark.parametrize(
    ("second_search", "gone", "refused"),
    [(b"* SEARCH\r\n", [2], []), (b"* SEARCH 2\r\n", [], [2]), (b"", [], [2])],
    ids=["no longer named", "still named", "not answered"],
)
def test_a_message_is_gone_only_when_a_second_search_no_longer_names_it(second_search, gone, refused):
    with scripted_server(
        [
            *OPENING,
            search_step(0, 1, 2),
            list_step(1, 2),
            bodies_step(1, 2, answers=fetched_message(1)),
            bodies_step(2, answers=b""),
            Step(expects="UID SEARCH UID 2:2", answers=second_search),
        ]
    ) as server:
        taken = list(batches_of(server))

    assert server.unexpected_commands == []
    assert uids(taken) == [1]
    assert [uid for batch in taken for uid in batch.gone] == gone
    assert [mail.uid for batch in taken for mail in batch.refused] == refused
    assert max(batch.watermark or 0 for batch in taken) == 1


def test_the_last_message_that_the_server_always_answers_with_is_not_new():
    with scripted_server([*OPENING, search_step(9, 9)]) as server:
        assert list(batches_of(server, watermark=9)) == []

    assert server.unexpected_commands == []


def test_the_program_names_itself_between_login_and_folder_where_that_is_offered():
    identify = Step(expects="ID .*", answers=b"* ID NIL\r\n")
    with scripted_server(
        [identify, LOGIN, identify, EXAMINE, search_step(0)], capabilities="IMAP4rev1 ID"
    ) as server:
        assert list(batches_of(server)) == []

    assert server.unexpected_commands == []


def test_the_program_does_not_name_itself_where_that_is_unknown():
    with scripted_server([*OPENING, search_step(0)]) as server:
        assert list(batches_of(server)) == []

    assert not any(command.startswith("ID") for command in server.commands)


@pytest.mark.parametrize(
    ("login", "says"),
    [
        (Step(expects="LOGIN .*", completion="NO Login fail. Account is abnormal"), "授权码"),
        (Step(expects="LOGIN .*", answers=b"* BYE Login fail.\r\n", cut=True), "授权码"),
        (Step(expects="LOGIN .*", cut=True), "登录时连接中断"),
    ],
    ids=["refused", "refused-with-goodbye", "cut"],
)
def test_a_login_is_tried_once_and_a_cut_line_is_not_called_a_wrong_password(login, says):
    with scripted_server([login], [login]) as server, pytest.raises(MailboxError, match=says):
        list(batches_of(server))

    assert server.connections == 1


def test_a_line_cut_while_the_folder_is_opened_is_not_called_a_missing_folder():
    cut = Step(expects="EXAMINE .*", cut=True)
    with scripted_server([LOGIN, cut]) as server, pytest.raises(MailboxError, match="登录时连接中断"):
        list(batches_of(server))


def test_without_a_password_nothing_is_tried():
    with scripted_server([LOGIN]) as server:
        with pytest.raises(MailboxError, match="KONGCHUO_MAILBOX_PASSWORD"):
            ImapSource(server.mailbox, None, zone=ZONE).__enter__()
        assert server.connections == 0
