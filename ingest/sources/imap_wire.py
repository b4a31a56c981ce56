"""Guards imapclient's connection: no answer may grow without limit, trickle for ever or lose its framing.

imapclient uses imaplib, which trusts the length of every literal (``{8589934592}`` requests as much memory),
waits for ever on a slow server, and waits for the completion that QQ does not send after ``* BAD``. So
imaplib's ``read``, ``readline`` and ``send``, which its documentation calls overridable, are limited here. A
connection that exceeds a limit is closed.
"""

import re
import socket
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from imapclient import IMAPClient
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import wrap_socket

from config.errors import WorkerError
from config.text.os_reasons import reason_of
from ingest.sources.imap_answers import (
    LONGEST_HELD,
    FetchAnswer,
    Literal,
    LongLiteral,
    close_literals,
    fetch_answers,
    search_numbers,
    words_of,
)

_LONGEST_LINE = 32_000_000  # a SEARCH that lists three million messages
_ROOM = 64_000_000  # bytes beyond the expected ones: some servers give no sizes
_SLOWEST_BYTES_PER_SECOND = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Timeouts for a server, in seconds."""

    connect: float = 20.0
    silence: float = 60.0
    """Between two pieces of an answer."""
    bad: float = 5.0
    """For the tagged answer after an untagged BAD; QQ sends none (docs/mail-providers.md)."""
    reconnect: float = 1.0
    """Before the first new connection of a pass; later ones wait longer."""


class ConnectionLostError(Exception):
    """The connection was cut, timed out, ended by BYE or lost its framing, and is unusable."""

    def __init__(self, what: str, *, goodbye: str | None = None) -> None:
        super().__init__(what)
        self.goodbye = goodbye
        """The server's words, where it said BYE."""


class CommandRefusedError(Exception):
    """The server answered NO or BAD; the connection is still good."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class _Guard(IMAP4WithTimeout):  # type: ignore[misc]
    """imaplib's connection with limits; it raises :class:`ConnectionLostError` or :class:`CommandRefusedError`."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, patience: Patience) -> None:
        self._context = context
        self._patience = patience
        self._received = bytearray()
        self._line = b""
        self._is_greeted = False
        self._set_limits(0)
        super().__init__(host, port, patience.connect)

    def expect(self, size: int) -> None:
        """Allows the next answer to be larger by so many bytes of literals."""
        self._expected_bytes = size

    def _set_limits(self, expected_bytes: int) -> None:
        """Sets the size limit and deadline of the next answer."""
        self._expected_bytes = 0
        self._budget = _ROOM + expected_bytes * 2
        slowest = expected_bytes / _SLOWEST_BYTES_PER_SECOND
        self._deadline = time.monotonic() + self._patience.silence * 2 + slowest

    # What imaplib calls to connect, read and write

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        plain: socket.socket = super()._create_socket(timeout)
        return plain if self._context is None else wrap_socket(plain, self._context, self.host)

    def readline(self) -> bytes:
        """Returns a line with its CRLF, skipping late completions of abandoned commands.

        imaplib recognises names in capitals only, and no completion without words (``A1 ok``), so these are
        normalised.
        """
        while True:
            line = self._line = self._read_line()
            if head := re.match(rb"(?:\* (?:[0-9]+ )?|%b[0-9]+ )[A-Za-z]+" % self.tagpre, line):
                line = head[0].upper() + (line[head.end() :] or b" ")
            late = self.tagre.match(line)
            if late is None or late["tag"] in self.tagged_commands:
                return line + b"\r\n"

    def _read_line(self) -> bytes:
        start = 0
        while (end := self._received.find(b"\n", start)) < 0:
            start = len(self._received)
            if start > _LONGEST_LINE:
                raise ConnectionLostError("一行答复过长")
            self._receive()
        return self._take(end + 1).rstrip(b"\r\n")

    def read(self, size: int) -> Literal:
        """Returns a literal; a long one is written to disk while it arrives.

        Raises:
            WorkerError: the disk is full.
        """
        if size - len(self._received) > self._budget:
            raise ConnectionLostError(f"声称的长度不对({size}字节)")
        if size > LONGEST_HELD:
            return self._read_to_disk(size)
        while len(self._received) < size:
            self._receive()
        return self._take(size)

    def _read_to_disk(self, size: int) -> LongLiteral:
        def receive(most: int) -> bytes:
            if not self._received:
                self._receive()
            return self._take(most)

        try:
            return LongLiteral.receive(size, receive)
        except OSError as error:
            self.shutdown()  # the rest of the literal would be taken for answers
            raise WorkerError(reason_of(error)) from error

    def _take(self, most: int) -> bytes:
        data = bytes(self._received[:most])
        del self._received[:most]
        return data

    def _receive(self) -> None:
        silence = self._patience.bad if "BAD" in self.untagged_responses else self._patience.silence
        if not self._is_greeted:  # a server waiting for TLS stays silent, and most others greet at once
            silence = min(silence, self._patience.connect)
        left = self._deadline - time.monotonic()
        try:
            if left <= 0:
                raise TimeoutError
            self.sock.settimeout(min(left, silence))
            data = self.sock.recv(262_144)
        except OSError as error:
            raise _lost(error) from error
        if not data:
            raise ConnectionLostError("连接中断")
        self._is_greeted = True
        self._budget -= len(data)
        if self._budget < 0:
            raise ConnectionLostError("答复过长")
        self._received += data

    def send(self, data: bytes) -> None:
        try:
            self.sock.settimeout(self._patience.silence)
            super().send(data)
        except OSError as error:
            raise _lost(error) from error

    def shutdown(self) -> None:
        close_literals(self.untagged_responses.pop("FETCH", ()))
        with suppress(OSError):  # the server was first
            super().shutdown()

    # What imaplib makes of it

    def login(self, user: str, password: str) -> tuple[str, list[bytes]]:
        """Logs in with a quoted user name; imaplib quotes only the password."""
        answer: tuple[str, list[bytes]] = super().login(self._quote(user), password)
        return answer

    def capability(self) -> tuple[str, list[bytes]]:
        """Returns the server's capabilities and IMAP4REV1; if the server refuses the command, those of its greeting.

        imaplib and imapclient would end the connection if it refused.
        """
        try:
            listed = super().capability()[1]
        except CommandRefusedError:
            listed = self.untagged_responses.pop("CAPABILITY", [])  # of the greeting
        words = b" ".join([*filter(None, listed), b"IMAP4REV1"])
        return "OK", [re.sub(rb"[^ -~]", b"?", words)]

    def _connect(self) -> None:
        try:
            super()._connect()
        except self.error as error:  # neither OK nor PREAUTH
            self._check_bye()
            raise ConnectionLostError(f"不像IMAP服务器的问候({words_of(self._line)})") from error

    def _new_tag(self) -> bytes:
        """Begins a command after dropping answers left from refused commands, which imaplib would keep."""
        for kind in ("SEARCH", "FETCH", "BAD"):
            close_literals(self.untagged_responses.pop(kind, ()))
        self._set_limits(self._expected_bytes)
        tag: bytes = super()._new_tag()
        return tag

    def _append_untagged(self, typ: str, dat: bytes | tuple[bytes, Literal]) -> None:
        """Keeps an untagged answer; literals are allowed in FETCH and ID only, as imapclient fails on others."""
        if isinstance(dat, tuple) and typ not in ("FETCH", "ID"):
            raise self.error(typ)
        super()._append_untagged(typ, dat)

    def _get_response(self) -> bytes | None:
        try:
            line: bytes | None = super()._get_response()
        except (self.error, ValueError) as error:  # ValueError: a literal of more digits than an int takes
            raise ConnectionLostError(f"答复混乱({words_of(self._line[:60])})") from error
        return line

    def _get_tagged_response(self, tag: bytes, expect_bye: bool = False) -> tuple[str, list[bytes]]:
        try:
            answer: tuple[str, list[bytes]] = super()._get_tagged_response(tag, expect_bye)
        except ConnectionLostError as error:
            if isinstance(error.__cause__, TimeoutError) and (bad := self.untagged_responses.get("BAD")):
                del self.tagged_commands[tag]
                raise CommandRefusedError(words_of(b"BAD " + bad[-1])) from error
            self.shutdown()  # what comes later would be taken for answers to other commands
            raise
        return answer

    def _command_complete(self, name: str, tag: bytes) -> tuple[str, list[bytes]]:
        """Returns a command's completion; imaplib's own loses words that are not ASCII."""
        kind, data = self._get_tagged_response(tag, expect_bye=name == "LOGOUT")
        if kind not in ("OK", "BYE"):
            raise CommandRefusedError(words_of(kind.encode() + b" " + data[0]))
        if name == "STARTTLS":  # unencrypted data sent after it is dropped (CVE-2011-0411)
            self._received.clear()
        return "BYE" if name == "LOGOUT" else kind, data  # imapclient raises where LOGOUT gets OK and no BYE

    def _check_bye(self) -> None:
        if bye := self.untagged_responses.get("BYE"):
            words = words_of(bye[-1])
            raise ConnectionLostError(f"服务器结束了连接({words})", goodbye=words)


def _lost(error: OSError) -> ConnectionLostError:
    if isinstance(error, TimeoutError):
        return ConnectionLostError("等不到答复")
    return ConnectionLostError(f"连接中断({reason_of(error)})")


class GuardedClient(IMAPClient):  # type: ignore[misc]
    """imapclient over a guarded connection, with tolerant versions of the methods that are too strict."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, patience: Patience) -> None:
        self._patience = patience
        super().__init__(host, port, ssl=context is not None, ssl_context=context)
        self._imap.debug = 0  # imapclient has every answer written out for its log, mails too

    def _create_IMAP4(self) -> _Guard:
        return _Guard(self.host, self.port, self.ssl_context, self._patience)

    def search_all(self, criteria: str) -> list[int] | None:
        """Returns the UIDs that SEARCH finds, ascending, or None if the server answered OK and nothing else.

        imapclient's ``search`` raises if the answer is broken into several lines.
        """
        return search_numbers(self._command_and_check("SEARCH", criteria, uid=True))

    def fetch_all(self, uids: Sequence[int] | str, items: str, expected_bytes: int) -> list[FetchAnswer]:
        """Returns the well-formed FETCH responses; UIDs are sent ascending, since QQ refuses others.

        imapclient's ``fetch`` drops all for one malformed response, and takes a message's number for its UID
        if the server leaves that out.
        """
        uid_set = uids if isinstance(uids, str) else ",".join(map(str, sorted(uids)))
        self._imap.expect(expected_bytes)
        return list(fetch_answers(self._command_and_check("FETCH", uid_set, f"({items})", uid=True)))

    def _process_select_response(self, resp: dict[str, list[bytes]]) -> dict[bytes, int]:
        """Returns the numbers in an EXAMINE answer; imapclient raises on a malformed one and takes the first of several."""
        newest = {key.encode(): re.match(rb"[0-9]{1,40}", values[-1]) for key, values in resp.items()}
        return {key: int(number[0]) for key, number in newest.items() if number is not None}
