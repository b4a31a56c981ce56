"""Runs an IMAP server that answers by a script, for faults that a real server shows rarely."""

import re
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from config.settings import MailboxSettings

GREETING = b"* OK ready\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The command expected next, and the answer; ``cut`` ends the connection instead of completing it."""

    expects: str
    answers: bytes = b""
    completion: str = "OK done"
    cut: bool = False


@dataclass
class ScriptedServer:
    """A running server; ``unexpected_commands`` holds every command that did not fit its script."""

    port: int
    connections: int = 0
    unexpected_commands: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)

    @property
    def mailbox(self) -> MailboxSettings:
        return MailboxSettings(
            name="main", host="127.0.0.1", port=self.port, security="none", username="office"
        )


@contextmanager
def scripted_server(*sessions: Sequence[Step], capabilities: str = "IMAP4rev1") -> Iterator[ScriptedServer]:
    """Runs a server on loopback; each connection follows the next script, without CAPABILITY and LOGOUT."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = ScriptedServer(listener.getsockname()[1])

        def serve() -> None:
            for steps in sessions:
                try:
                    connection, _ = listener.accept()
                except OSError:  # the test is over
                    return
                server.connections += 1
                with connection:
                    _converse(connection, steps, server, capabilities)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)  # wakes a waiting accept
            thread.join(10)


def _converse(
    connection: socket.socket, steps: Sequence[Step], server: ScriptedServer, capabilities: str
) -> None:
    todo = list(steps)
    connection.sendall(GREETING)
    with connection.makefile("rb") as lines:
        for line in lines:
            tag, _, command = line.decode().strip().partition(" ")
            server.commands.append(command)
            if command == "CAPABILITY":
                connection.sendall(f"* CAPABILITY {capabilities}\r\n{tag} OK done\r\n".encode())
            elif command == "LOGOUT":
                connection.sendall(f"* BYE bye\r\n{tag} OK done\r\n".encode())
                return
            elif not todo or not re.fullmatch(todo[0].expects, command):
                server.unexpected_commands.append(command)
                return
            else:
                step = todo.pop(0)
                connection.sendall(step.answers)
                if step.cut:
                    return
                connection.sendall(f"{tag} {step.completion}\r\n".encode())


LOGIN = Step(expects='LOGIN "?office"? .*')
EXAMINE = Step(expects='EXAMINE "?INBOX"?', answers=b"* OK [UIDVALIDITY 7] valid\r\n")


def search_step(above: int, *uids: int) -> Step:
    """Returns the step of the search for mail above a watermark."""
    listed = " ".join(map(str, uids))
    return Step(expects=rf"UID SEARCH UID {above + 1}:\*", answers=f"* SEARCH {listed}\r\n".encode())


def list_step(*uids: int) -> Step:
    """Returns the step that lists arrivals and sizes of these messages."""
    lines = [
        f'* {uid} FETCH (UID {uid} INTERNALDATE "25-Sep-2023 23:59:30 +0800" RFC822.SIZE {len(raw_message(uid))})\r\n'
        for uid in uids
    ]
    return Step(
        expects=rf"UID FETCH {_set(uids)} \(INTERNALDATE RFC822.SIZE\)", answers="".join(lines).encode()
    )


def bodies_step(*uids: int, answers: bytes | None = None, cut: bool = False) -> Step:
    """Returns the step that delivers the messages, or ``answers`` instead."""
    whole = b"".join(map(fetched_message, uids)) if answers is None else answers
    return Step(expects=rf"UID FETCH {_set(uids)} \(.*BODY\.PEEK\[\]\)", answers=whole, cut=cut)


def fetched_message(uid: int) -> bytes:
    """Returns one message of a FETCH answer."""
    return b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (uid, uid, len(raw_message(uid)), raw_message(uid))


def raw_message(uid: int) -> bytes:
    return f"Subject: {uid}\r\n\r\n{'x' * 100}\r\n".encode()


def _set(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids))
