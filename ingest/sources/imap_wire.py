"""Speaks IMAP over one connection: sends a command, frames the answer into lines and literals, within limits.

The answer is framed here and not by imaplib, which trusts the length of every literal (``{8589934592}`` asks for as
much memory), waits for ever on a trickle, and goes on reading where a literal was shorter than it claimed, so that
the text of a mail is taken for answers of the server. Here a line that is neither an answer nor ours ends the
connection.
"""

import re
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.sources.imap_answers import Pieces, words_of

_LITERAL = re.compile(rb"\{([0-9]{1,20})\+?\}$")
_LONGEST_LINE = 32_000_000  # a SEARCH that lists three million messages
_ROOM = 64_000_000  # bytes beside what is expected: some servers give no sizes
_SLOWEST_BYTES_PER_SECOND = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is waited for a server, in seconds."""

    connect: float = 20.0
    silence: float = 60.0
    """Between two pieces of an answer."""
    bad: float = 5.0
    """For the tagged answer behind an untagged BAD: QQ sends none (``docs``, mail servers)."""
    reconnect: float = 1.0
    """Before the first new connection of a pass; before the next ones longer."""


class ConnectionLostError(Exception):
    """The connection was cut, fell silent, said BYE or lost its framing: it is of no use any more."""

    def __init__(self, what: str, *, goodbye: str | None = None) -> None:
        super().__init__(what)
        self.goodbye = goodbye
        """The server's words, where it said BYE."""


class CommandRefusedError(Exception):
    """The server answered NO or BAD; the connection is still good."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class ImapWire:
    """One connection; use it for one command at a time."""

    def __init__(self, connection: socket.socket, patience: Patience) -> None:
        self._socket = connection
        self._patience = patience
        self._buffer = bytearray()
        self._number = 0
        self._lost = False
        self._deadline = 0.0
        self._budget = 0

    def greeting(self) -> Pieces:
        """The first line, without its ``* ``.

        Raises:
            ConnectionLostError: it is a goodbye, or no greeting of IMAP.
        """
        self._allow(100_000)
        pieces = self._read_response()
        if not re.match(rb"\* (?:OK|PREAUTH)\b", pieces[0], re.IGNORECASE):
            self._check_goodbye(pieces)
            raise ConnectionLostError(f"不像IMAP服务器的问候({words_of(pieces[0])})")
        return [pieces[0][2:], *pieces[1:]]

    def command(self, text: str, expected_bytes: int = 0) -> list[Pieces]:
        """Send a command and return all untagged responses and the completion, each without its tag.

        Args:
            text: without tag; ASCII.
            expected_bytes: how much the literals of the answer may hold; some room is added.

        Raises:
            CommandRefusedError: NO or BAD.
            ConnectionLostError: there was no whole answer.
        """
        if self._lost:
            raise ConnectionLostError("连接中断")
        self._lost = True  # until the whole answer is here
        try:
            responses = self._converse(text, expected_bytes)
        except CommandRefusedError:
            self._lost = False
            raise
        self._lost = False
        return responses

    def _converse(self, text: str, expected_bytes: int) -> list[Pieces]:
        self._number += 1
        tag = f"K{self._number:04d}".encode()
        self._allow(expected_bytes)
        try:
            self._socket.settimeout(self._patience.silence)
            self._socket.sendall(tag + b" " + text.encode("ascii") + b"\r\n")
        except OSError as error:
            raise _lost(error) from error
        responses: list[Pieces] = []
        refusal: str | None = None
        while True:
            try:
                pieces = self._read_response()
            except ConnectionLostError as error:
                if refusal is not None and isinstance(error.__cause__, TimeoutError):
                    raise CommandRefusedError(refusal) from error
                raise
            head = pieces[0]
            if head.startswith(b"* "):
                untagged = [head[2:], *pieces[1:]]
                responses.append(untagged)
                if not text.startswith("LOGOUT"):
                    self._check_goodbye(pieces)
                if re.match(rb"BAD\b", untagged[0], re.IGNORECASE):
                    refusal = words_of(untagged[0])
                    self._deadline = min(self._deadline, time.monotonic() + self._patience.bad)
            elif head.startswith(tag + b" "):
                completion = head[len(tag) + 1 :]
                if not re.match(rb"OK\b", completion, re.IGNORECASE):
                    raise CommandRefusedError(words_of(completion))
                return [*responses, [completion]]
            elif not re.match(rb"K[0-9]{4,} ", head):  # the late answer of an earlier command is passed over
                raise ConnectionLostError(f"答复混乱({words_of(head[:60])})")

    def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Encrypt the connection; what was sent in the clear behind STARTTLS is not believed (CVE-2011-0411)."""
        self.command("STARTTLS")
        self._buffer.clear()
        self._socket = context.wrap_socket(self._socket, server_hostname=host)

    def close(self) -> None:
        try:
            self._socket.close()
        except OSError:
            return

    def _allow(self, expected_bytes: int) -> None:
        """Set the limits of one answer."""
        self._budget = _ROOM + expected_bytes * 2
        slowest = expected_bytes / _SLOWEST_BYTES_PER_SECOND
        self._deadline = time.monotonic() + self._patience.silence * 2 + slowest

    def _check_goodbye(self, pieces: Pieces) -> None:
        if re.match(rb"\* BYE\b", pieces[0], re.IGNORECASE):
            words = words_of(pieces[0][5:])
            raise ConnectionLostError(f"服务器结束了连接({words})", goodbye=words)

    def _read_response(self) -> Pieces:
        """One line, with its literals and what follows them."""
        pieces = [self._read_line()]
        while match := _LITERAL.search(pieces[-1]):
            if not pieces[0].startswith(b"* "):
                break
            pieces.append(self._read_exactly(int(match[1])))
            pieces.append(self._read_line())
        return pieces

    def _read_line(self) -> bytes:
        start = 0
        while (end := self._buffer.find(b"\n", start)) < 0:
            start = len(self._buffer)
            if start > _LONGEST_LINE:
                raise ConnectionLostError("一行答复过长")
            self._receive()
        line = bytes(self._buffer[:end]).rstrip(b"\r")
        del self._buffer[: end + 1]
        return line

    def _read_exactly(self, size: int) -> bytes:
        if size > self._budget:
            raise ConnectionLostError(f"声称的长度不对({size}字节)")
        while len(self._buffer) < size:
            self._receive()
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def _receive(self) -> None:
        left = self._deadline - time.monotonic()
        try:
            if left <= 0:
                raise TimeoutError
            self._socket.settimeout(min(left, self._patience.silence))
            data = self._socket.recv(262_144)
        except OSError as error:
            raise _lost(error) from error
        if not data:
            raise ConnectionLostError("连接中断")
        self._budget -= len(data)
        if self._budget < 0:
            raise ConnectionLostError("答复过长")
        self._buffer += data


def _lost(error: OSError) -> ConnectionLostError:
    if isinstance(error, TimeoutError):
        return ConnectionLostError("等不到答复")
    return ConnectionLostError(f"连接中断({error.strerror or type(error).__name__})")


def quoted(text: str) -> str:
    """A quoted string of RFC 3501 9; the caller has checked that it is printable ASCII."""
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


def uid_set(uids: Sequence[int]) -> str:
    """UIDs as a set, ascending: QQ refuses others."""
    return ",".join(map(str, sorted(uids)))
