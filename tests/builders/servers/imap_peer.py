"""Runs an IMAP server with selectable bad habits: those of QQ, 163 and others, and worse ones.

Habits are values (:class:`Habit`), listed in :mod:`tests.builders.servers.imap_habits`. The peer records
every command that it receives.
"""

import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from config.settings import MailboxSettings

QQ_CAPABILITIES = "IMAP4rev1 XLIST MOVE IDLE XAPPLEPUSHSERVICE NAMESPACE CHILDREN ID UIDPLUS"
_GREETING = (
    b"* OK [CAPABILITY IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN NAMESPACE] QQMail XMIMAP4Server ready\r\n"
)
_MOST_UIDS = 50
_LONGEST_COMMAND = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerMail:
    """A mail of the folder; ``when`` is its INTERNALDATE as sent."""

    uid: int
    when: str
    raw: bytes


def list_in_one_line(uids: Sequence[int]) -> bytes:
    return f"* SEARCH {' '.join(map(str, uids))}".rstrip().encode() + b"\r\n"


def describe_soundly(sequence: int, mail: PeerMail) -> bytes:
    about = f'UID {mail.uid} INTERNALDATE "{mail.when}" RFC822.SIZE {len(mail.raw)}'
    return f"* {sequence} FETCH ({about})\r\n".encode()


def give_soundly(sequence: int, mail: PeerMail) -> bytes:
    return b"* %d FETCH (UID %d BODY[] {%d}\r\n%b)\r\n" % (sequence, mail.uid, len(mail.raw), mail.raw)


def give_header(sequence: int, mail: PeerMail) -> bytes:
    header = mail.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    about = f"UID {mail.uid} BODY[HEADER] {{{len(header)}}}"
    return f"* {sequence} FETCH ({about}\r\n".encode() + header + b")\r\n"


def all_above(uids: Sequence[int], first: int, last: int | None) -> list[int]:
    """RFC 3501 6.4.8: ``n:*`` names the last message at least."""
    if last is None:
        return [uid for uid in uids if uid >= first] or list(uids[-1:])
    return [uid for uid in uids if first <= uid <= last]


Give = Callable[[int, PeerMail], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """A server's deviation from RFC 3501, or a rare but allowed behaviour; commands are in capitals, as ``UID FETCH``."""

    greeting: bytes = _GREETING
    hangs_up: bool = False
    """After the greeting."""
    capabilities: str = QQ_CAPABILITIES
    refuses: Mapping[str, str] = field(default_factory=dict)
    """By command the completion, such as ``NO System busy!``."""
    untagged_bad: frozenset[str] = frozenset()
    """Commands answered by ``* BAD`` and nothing else, as QQ does."""
    says_before: Mapping[str, bytes] = field(default_factory=dict)
    """By command, what is sent before its answer."""
    cuts: Mapping[str, float] = field(default_factory=dict)
    """By command, the share (0..1) of its answer sent before the connection is cut."""
    hangs: frozenset[str] = frozenset()
    """Commands that are never answered."""
    goodbyes: Mapping[str, str] = field(default_factory=dict)
    """By command, the words of BYE."""
    once: bool = False
    """Whether refusals, cuts, hangs and goodbyes happen on the first connection only."""
    wants_id: bool = False
    """EXAMINE is refused before ID after login, as at 163."""
    uidvalidity: str | None = "1234567"
    uidnext: int | None = None
    finds: Callable[[Sequence[int], int, int | None], Sequence[int]] = all_above
    lists: Callable[[Sequence[int]], bytes] = list_in_one_line
    describes: Give = describe_soundly
    gives: Give = give_soundly
    whole: Callable[[list[bytes]], list[bytes]] = list
    """The responses of one FETCH, rearranged."""
    bad_uid: int | None = None
    bad_way: str = ""
    """How a FETCH of a body with ``bad_uid`` in it ends: ``NO …``, ``cut``, ``hang``."""
    pieces: int | None = None
    """Bytes sent at once."""


class _HangUpError(Exception):
    pass


@dataclass
class Peer:
    """A running server; ``commands`` holds the received commands without tags. Mails and habit may be changed."""

    port: int
    mails: list[PeerMail]
    habit: Habit
    commands: list[str] = field(default_factory=list)
    other_folders: dict[str, list[PeerMail]] = field(default_factory=dict)
    """By name in modified UTF-7."""
    connections: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def mailbox(self) -> MailboxSettings:
        return MailboxSettings(
            name="main", host="127.0.0.1", port=self.port, security="none", username="office@example.org"
        )


@contextmanager
def imap_peer(mails: Sequence[PeerMail], habit: Habit) -> Iterator[Peer]:
    """Runs a server on loopback, on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = Peer(listener.getsockname()[1], list(mails), habit)
        threads: list[threading.Thread] = []

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:  # the test is over
                    return
                peer.connections += 1
                threads.append(
                    threading.Thread(target=_serve, args=(connection, peer, peer.connections), daemon=True)
                )
                threads[-1].start()

        main = threading.Thread(target=serve, daemon=True)
        main.start()
        try:
            yield peer
        finally:
            peer.stopped.set()
            listener.shutdown(socket.SHUT_RDWR)  # wakes a waiting accept
            main.join(10)
            for thread in threads:
                thread.join(10)


def _serve(connection: socket.socket, peer: Peer, number: int) -> None:
    connection.settimeout(10)
    with connection, suppress(_HangUpError, OSError):
        _Conversation(connection, peer, number).run()


class _Conversation:
    def __init__(self, connection: socket.socket, peer: Peer, number: int) -> None:
        self._connection = connection
        self._peer = peer
        self._habit = peer.habit
        self._strikes = number == 1 or not peer.habit.once
        self._named = self._logged_in = False
        self._folder = peer.mails

    def run(self) -> None:
        self._send(self._habit.greeting if self._strikes else _GREETING)
        if self._habit.hangs_up and self._strikes:
            return
        if not self._habit.greeting:
            self._hang()
        with self._connection.makefile("rb") as lines:
            for line in lines:
                tag, _, text = line.decode().strip().partition(" ")
                self._peer.commands.append(text)
                if len(line) <= _LONGEST_COMMAND:  # QQ passes over longer ones without a word
                    self._answer(tag, text)

    def _answer(self, tag: str, text: str) -> None:
        habit = self._habit
        words = text.split(" ")
        command = " ".join(words[:2] if words[0] == "UID" else words[:1]).upper()
        rest = text[len(command) + 1 :]
        self._send(habit.says_before.get(command, b"") if self._strikes else b"")
        if self._strikes:
            if command in habit.goodbyes:
                self._send(f"* BYE {habit.goodbyes[command]}\r\n".encode())
                raise _HangUpError
            if command in habit.hangs:
                self._hang()
            if command in habit.untagged_bad:
                self._send(b"* BAD Command Error!\r\n")
                return
            if command in habit.refuses:
                self._send(f"{tag} {habit.refuses[command]}\r\n".encode())
                return
        answer, completion = self._content(command, rest)
        whole = answer + (b"" if completion is None else f"{tag} {completion}\r\n".encode())
        if self._strikes and command in habit.cuts:
            self._send(whole[: int(len(whole) * habit.cuts[command])])
            raise _HangUpError
        self._send(whole)
        if command == "LOGOUT":
            raise _HangUpError

    def _content(self, command: str, rest: str) -> tuple[bytes, str | None]:
        """Returns the untagged answer and the completion."""
        habit = self._habit
        if command == "CAPABILITY":
            return f"* CAPABILITY {habit.capabilities}\r\n".encode(), "OK done"
        if command == "ID" and "ID" in habit.capabilities.split():
            self._named = self._logged_in
            return b"* ID NIL\r\n", "OK done"
        if command == "LOGIN":
            self._logged_in = True
            return b"", "OK LOGIN completed"
        if command == "EXAMINE":
            if habit.wants_id and not self._named:
                return b"", "NO EXAMINE Unsafe Login. Please contact kefu@188.com for help"
            name = rest.strip('"')
            if name != "INBOX" and name not in self._peer.other_folders:
                return b"", "NO Folder not exist"
            self._folder = self._peer.mails if name == "INBOX" else self._peer.other_folders[name]
            codes = {"UIDVALIDITY": habit.uidvalidity, "UIDNEXT": habit.uidnext}
            ok_lines = "".join(f"* OK [{k} {v}] ok\r\n" for k, v in codes.items() if v is not None)
            return (
                f"* {len(self._folder)} EXISTS\r\n* 0 RECENT\r\n{ok_lines}".encode(),
                "OK [READ-ONLY] done",
            )
        if command == "UID SEARCH":
            match = re.fullmatch(r"UID (\d+):(\d+|\*)", rest)
            if match is None:  # as QQ: what is not understood is passed over
                return habit.lists(sorted(mail.uid for mail in self._folder)), "OK done"
            last = None if match[2] == "*" else int(match[2])
            uids = sorted(mail.uid for mail in self._folder)
            return habit.lists(habit.finds(uids, int(match[1]), last)), "OK done"
        if command == "UID FETCH":
            return self._fetched(*rest.split(" ", 1))
        if command in ("LOGOUT", "NOOP"):
            return b"* BYE bye\r\n" if command == "LOGOUT" else b"", "OK done"
        return b"* BAD Command Error!\r\n", None

    def _fetched(self, uid_set: str, items: str) -> tuple[bytes, str]:
        habit = self._habit
        uids: list[int] = []
        for part in uid_set.split(","):
            first, _, last = part.partition(":")
            if last == "*":
                uids += [mail.uid for mail in self._folder if mail.uid >= int(first)]
            else:
                uids += range(int(first), int(last or first) + 1)
        if len(uids) > _MOST_UIDS or uids != sorted(uids):
            return b"", "BAD UID parameters!"
        wants_body = "BODY.PEEK[]" in items
        if wants_body and habit.bad_uid in uids and self._strikes:
            if habit.bad_way == "cut":
                raise _HangUpError
            if habit.bad_way == "hang":
                self._hang()
            if habit.bad_way:
                return b"", habit.bad_way
        if "BODY.PEEK[HEADER]" in items:
            give: Give = give_header
        else:
            give = habit.gives if wants_body else habit.describes
        chosen = [
            (number, mail)
            for number, mail in enumerate(sorted(self._folder, key=lambda mail: mail.uid), 1)
            if mail.uid in uids
        ]
        return b"".join(habit.whole([give(number, mail) for number, mail in chosen])), "OK done"

    def _hang(self) -> None:
        self._peer.stopped.wait(10)
        raise _HangUpError

    def _send(self, data: bytes) -> None:
        size = self._habit.pieces or max(len(data), 1)
        for start in range(0, len(data), size):
            self._connection.sendall(data[start : start + size])
