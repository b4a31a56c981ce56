"""The IMAP source against faults: cut connections, missing bodies, servers with habits of their own."""

from zoneinfo import ZoneInfo

import pytest

from config.errors import MailboxError
from ingest.sources.imap import ImapSource
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
NO_LITERAL = b"* 2 FETCH (UID 2 BODY[] NIL)\r\n"


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr("ingest.sources.imap.RECONNECT_PAUSE", 0.0)


def batches_of(server, watermark=0):
    with ImapSource(server.mailbox, "secret", zone=ZONE) as source:
        yield from source.batches({7: watermark})


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
        [*OPENING, search_step(20, *rest), list_step(*rest), bodies_step(*rest)],
    ) as server:
        taken = list(batches_of(server))

    assert server.unexpected_commands == []
    assert [(m.uid, m.raw) for b in taken for m in b.messages] == [(uid, raw_message(uid)) for uid in every]
    assert [(b.watermark, b.remaining) for b in taken] == [(20, 5), (25, 0)]


def test_a_line_that_is_cut_again_and_again_ends_the_pass_with_what_came():
    cut = bodies_step(21, 22, cut=True, answers=b"")
    every, first = range(1, 23), range(1, 21)
    again = [*OPENING, search_step(20, 21, 22), list_step(21, 22), cut]
    taken = []
    with (
        scripted_server(
            [*OPENING, search_step(0, *every), list_step(*every), bodies_step(*first), cut],
            again,
            again,
            again,
        ) as server,
        pytest.raises(MailboxError, match="反复中断"),
    ):
        taken.extend(batches_of(server))

    assert server.unexpected_commands == []
    assert server.connections == 3
    assert uids(taken) == list(first)


def test_a_numbering_that_changes_with_the_connection_is_read_from_its_own_mark():
    renumbered = Step(expects="EXAMINE .*", answers=b"* OK [UIDVALIDITY 8] valid\r\n")
    with scripted_server(
        [*OPENING, search_step(5, 6), list_step(6), bodies_step(6, answers=b"", cut=True)],
        [LOGIN, renumbered, search_step(0, 1), list_step(1), bodies_step(1)],
    ) as server:
        (batch,) = batches_of(server, watermark=5)

    assert (batch.uidvalidity, batch.watermark) == (8, 1)


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
    "answer", [NO_LITERAL, b'* 2 FETCH (UID 2 RFC822.SIZE 9 BODY[] "")\r\n'], ids=["nothing", "empty"]
)
def test_a_body_that_cannot_be_had_stops_there_and_is_never_passed_over(answer):
    taken = []
    with scripted_server(
        [
            *OPENING,
            search_step(0, 1, 2, 3),
            list_step(1, 2, 3),
            bodies_step(1, 2, 3, answers=fetched_message(1) + NO_LITERAL + fetched_message(3)),
            bodies_step(2, answers=answer),
        ]
    ) as server:
        batches = batches_of(server)
        taken.append(next(batches))
        with pytest.raises(MailboxError, match="第2号邮件取不下来"):
            taken.append(next(batches))

    assert uids(taken) == [1]
    assert taken[-1].watermark == 1


def test_a_message_deleted_meanwhile_is_told_and_the_others_come(caplog):
    with scripted_server(
        [
            *OPENING,
            search_step(0, 1, 2),
            list_step(1, 2),
            bodies_step(1, 2, answers=fetched_message(1)),
            bodies_step(2, answers=b""),
        ]
    ) as server:
        taken = list(batches_of(server))

    assert uids(taken) == [1]
    assert taken[-1].watermark == 2
    assert "UID 2 is gone" in caplog.text


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
