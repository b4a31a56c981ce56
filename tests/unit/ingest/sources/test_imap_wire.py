"""The guarded connection against servers that no limit of imaplib stops."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ingest.sources import imap_wire
from ingest.sources.imap_wire import CommandRefusedError, ConnectionLostError, GuardedClient, Patience

HURRIED = Patience(connect=5, silence=0.3, bad=0.1)
Answer = Callable[[bytes, bytes], bytes]


@contextmanager
def client_of(answer: Answer, greeting: bytes = b"* OK ready\r\n") -> Iterator[GuardedClient]:
    """A client that has chosen a folder of a server that answers a tag and a command so."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as lines:
                connection.sendall(greeting)
                for line in lines:
                    tag, _, command = line.strip().partition(b" ")
                    sound = not command.startswith(b"UID")
                    connection.sendall(tag + b" OK done\r\n" if sound else answer(tag, command))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        client = GuardedClient("127.0.0.1", listener.getsockname()[1], None, HURRIED)
        try:
            client.login("office", "secret")
            client.select_folder("INBOX", readonly=True)
            yield client
        finally:
            client.shutdown()
            thread.join(10)


def test_names_in_small_letters_and_a_completion_without_words_are_read() -> None:
    with client_of(lambda tag, _: b"* search 4 5\n" + tag + b" ok\n", b"* ok ready\r\n") as client:
        assert client.search_all("UID 1:*") == [4, 5]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"* 1 FETCH (BODY[] {%d}\r\n" % 2**33, "声称的长度不对"),
        (b"* 1 FETCH (BODY[] {%b}\r\n" % (b"9" * 5_000), "答复混乱"),
        (b"* SEARCH {3}\r\n1 2\r\n", "答复混乱"),
        (b"* SEARCH " + b"1 " * 6_000, "一行答复过长"),
        (b"* OK still here\r\n" * 600, "答复过长"),
        (b"Subject: text of a mail\r\n", "答复混乱"),
        (b"* SEARCH 4", "等不到答复"),
    ],
)
def test_an_answer_beyond_the_limits_ends_the_connection(
    answer: bytes, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_wire, "_LONGEST_LINE", 8_000)
    room = 8_000 if says == "答复过长" else 100_000
    monkeypatch.setattr(imap_wire, "_ROOM", room)
    with client_of(lambda tag, command: answer) as client:
        with pytest.raises(ConnectionLostError, match=says):
            client.search_all("UID 1:*")
        with pytest.raises(ConnectionLostError):
            client.search_all("UID 1:*")


@contextmanager
def other_socket(client: GuardedClient) -> Iterator[socket.socket]:
    """The far end of a socket that the client reads and writes meanwhile."""
    near, far = socket.socketpair()
    with near, far:
        client._imap.sock, usual = near, client._imap.sock
        try:
            yield far
        finally:
            client._imap.sock = usual


def test_a_trickle_is_waited_for_no_longer_than_an_answer_may_take() -> None:
    stopped = threading.Event()
    with client_of(lambda tag, command: b"") as client, other_socket(client) as far:

        def trickle() -> None:
            while not stopped.wait(0.02):
                far.sendall(b"x")

        thread = threading.Thread(target=trickle, daemon=True)
        thread.start()
        try:
            with pytest.raises(ConnectionLostError, match="等不到答复"):
                client._imap._get_response()
        finally:
            stopped.set()
            thread.join(10)


def test_answers_of_a_refused_command_and_its_late_completion_are_no_answers_to_the_next() -> None:
    tags: list[bytes] = []

    def answer(tag: bytes, _: bytes) -> bytes:
        tags.append(tag)
        if len(tags) == 1:
            return b"* SEARCH 9\r\n* BAD Command Error!\r\n"
        return tags[0] + b" OK late\r\n* SEARCH 4\r\n" + tag + b" OK done\r\n"

    with client_of(answer) as client:
        with pytest.raises(CommandRefusedError, match="BAD Command Error!"):
            client.search_all("UID 1:*")
        assert client.search_all("UID 1:*") == [4]


def test_the_words_of_a_refusal_come_in_the_servers_charset() -> None:
    refusal = " NO 系统繁忙\r\n".encode("gb18030")
    with (
        client_of(lambda tag, _: tag + refusal) as client,
        pytest.raises(CommandRefusedError, match="NO 系统繁忙"),
    ):
        client.fetch_all([1], "BODY.PEEK[]", 10)


def test_what_is_sent_in_the_clear_behind_starttls_is_not_believed() -> None:
    with client_of(lambda tag, _: b"") as client, other_socket(client) as far:
        tag = client._imap._new_tag()
        far.sendall(tag + b" OK begin\r\n* CAPABILITY INJECTED\r\n")
        client._imap._command_complete("STARTTLS", tag)
        far.sendall(b"* OK encrypted\r\n")

        assert client._imap.readline() == b"* OK encrypted\r\n"
