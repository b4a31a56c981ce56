"""An SMTP server with bad habits, and the table of those that the program must survive, each with the expected result."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO

STRUCK = b"<struck@example.org>"
"""The Message-ID of the mail affected by the habit, the second of three."""
SECOND_RECIPIENT = "second@example.org"
_TAKEN = b"250 taken\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpHabit:
    """A server's deviation from a correct one."""

    name: str
    says: Mapping[str, bytes] = field(default_factory=dict)
    """By verb, ``greeting``, ``in the mail`` or ``end``, its answer; from MAIL on only for the affected mail."""
    hangs_up_at: str = ""
    """The point at which it ends the connection, after its answer if it has one there."""
    keeps: bool = True
    """Whether the affected mail still reaches its recipients."""
    only_second_recipient: bool = False
    seconds: float = 0.0
    """The pause before each answer."""
    byte_by_byte: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpCase:
    """A habit, with the affected mail's status during the habit and after it."""

    habit: SmtpHabit
    then: str
    others: str = "sent"
    """What the other two mails are meanwhile; ``later`` for waiting or sent."""
    finally_: str = "sent"
    says: str = ""
    """Part of the sentence that a person reads."""


@dataclass
class SmtpPeer:
    """The server; ``habit`` may be removed between two passes."""

    port: int
    habit: SmtpHabit | None
    taken: Counter[tuple[bytes, str]] = field(default_factory=Counter)
    """By Message-ID and recipient, how often the mail was received."""
    verbs: list[str] = field(default_factory=list)


@contextmanager
def smtp_peer(habit: SmtpHabit) -> Iterator[SmtpPeer]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = SmtpPeer(listener.getsockname()[1], habit)

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:  # the test is over
                    return
                connection.settimeout(10)
                with connection, suppress(OSError):
                    _Conversation(peer, connection).hold()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield peer
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


class _Conversation:
    """One connection."""

    def __init__(self, peer: SmtpPeer, connection: socket.socket) -> None:
        self.peer = peer
        self.habit = peer.habit or SmtpHabit(name="sound")
        self.connection = connection
        self.recipients: list[str] = []
        self.struck = False

    def hold(self) -> None:
        if not self._answer("greeting", b"220 ready\r\n"):
            return
        with self.connection.makefile("rb") as lines:
            for line in lines:
                verb = line.split()[0].decode().upper()
                self.peer.verbs.append(verb)
                if not self._converse(verb, line, lines):
                    return

    def _converse(self, verb: str, line: bytes, lines: BinaryIO) -> bool:
        match verb:
            case "EHLO":
                return self._answer(verb, b"250-here\r\n250 AUTH PLAIN LOGIN\r\n")
            case "AUTH":
                return self._answer(verb, b"235 welcome\r\n")
            case "MAIL":
                self.recipients = []
                self.struck = b"struck" in line
                return self._answer(verb, b"250 ok\r\n")
            case "RCPT":
                who = line.decode("utf-8", "replace").partition("<")[2].partition(">")[0]
                if self.habit.only_second_recipient and who != SECOND_RECIPIENT:
                    self.recipients.append(who)
                    return self._say(b"250 ok\r\n")
                if self._words(verb, b"250 ok\r\n")[:1] == b"2":
                    self.recipients.append(who)
                return self._answer(verb, b"250 ok\r\n")
            case "DATA":
                told = self._words(verb, b"354 go on\r\n")
                return self._answer(verb, b"354 go on\r\n") and (told[:3] != b"354" or self._take(lines))
            case "QUIT":
                self._answer(verb, b"221 bye\r\n")
                return False
            case _:
                return self._answer(verb, b"250 ok\r\n")

    def _take(self, lines: BinaryIO) -> bool:
        message_id = b""
        for number, line in enumerate(lines, start=1):
            if line == b".\r\n":
                break
            if line.lower().startswith(b"message-id:"):
                message_id = line.partition(b":")[2].strip()
            if number == 4 and not self._answer("in the mail", b""):
                return False
        else:
            return False
        concerned = self._concerned("end") and ("end" in self.habit.says or self.habit.hangs_up_at == "end")
        if self.habit.keeps or not concerned:
            self.peer.taken.update((message_id, who) for who in self.recipients)
        return self._answer("end", _TAKEN)

    def _concerned(self, moment: str) -> bool:
        return self.struck or moment not in ("MAIL", "RCPT", "DATA", "in the mail", "end", "RSET")

    def _words(self, moment: str, sound: bytes) -> bytes:
        return self.habit.says.get(moment, sound) if self._concerned(moment) else sound

    def _answer(self, moment: str, sound: bytes) -> bool:
        """Sends the answer for this point; returns whether the conversation continues."""
        leaves = self._concerned(moment) and self.habit.hangs_up_at == moment
        if not leaves or moment in self.habit.says:
            self._say(self._words(moment, sound))
        return not leaves

    def _say(self, words: bytes) -> bool:
        time.sleep(self.habit.seconds)
        for piece in [words[n : n + 1] for n in range(len(words))] if self.habit.byte_by_byte else [words]:
            self.connection.sendall(piece)
        return True


def _says(moment: str, words: str | bytes, **more: object) -> SmtpHabit:
    raw = words if isinstance(words, bytes) else words.encode()
    name = f"{moment}: {raw.decode('utf-8', 'replace')[:60]}"
    return SmtpHabit(name=name, says={moment: raw + b"\r\n"}, **more)  # type: ignore[arg-type]


def _leaves(moment: str, **more: object) -> SmtpHabit:
    return SmtpHabit(name=f"leaves at {moment}", hangs_up_at=moment, **more)  # type: ignore[arg-type]


_FULL = "552 \u6536\u4ef6\u4eba\u90ae\u7bb1\u5df2\u6ee1".encode("gb18030")
_TOO_OFTEN = "550 \u53d1\u4fe1\u8fc7\u4e8e\u9891\u7e41".encode("gb18030")
_WAITING, _HELD, _UNCERTAIN = "waiting", "held", "uncertain"
_LATER = "later"

SMTP_CASES = (
    # Greeting and EHLO: whatever is said here is said of no mail.
    SmtpCase(habit=_says("greeting", "220-welcome\r\n220-to\r\n220 us"), then="sent"),
    SmtpCase(habit=_says("greeting", "220 \u6b22\u8fce".encode("gb18030")), then="sent"),
    SmtpCase(habit=_says("greeting", "421 too busy"), then=_WAITING, others=_WAITING, says="限制"),
    SmtpCase(habit=_says("greeting", "554 no service for you"), then=_WAITING, others=_WAITING, says="不接待"),
    SmtpCase(habit=_says("greeting", "not SMTP at all"), then=_WAITING, others=_WAITING, says="不接待"),
    SmtpCase(habit=_leaves("greeting"), then=_WAITING, others=_WAITING, says="断开"),
    SmtpCase(habit=_says("EHLO", "502 what?"), then="sent"),
    SmtpCase(
        habit=SmtpHabit(name="neither EHLO nor HELO", says=dict.fromkeys(("EHLO", "HELO"), b"550 go away\r\n")),
        then=_WAITING, others=_WAITING, says="不接待",
    ),
    SmtpCase(habit=_says("EHLO", "250 here"), then="sent"),  # no AUTH, SIZE, 8BITMIME, SMTPUTF8
    SmtpCase(habit=_says("EHLO", "250-here\r\n250-size 1000000\r\n250-auth=login\r\n250 auth login"), then="sent"),
    SmtpCase(habit=_says("EHLO", "250-\u4f60\u597d\r\n250-PIPELINING\r\n250-SIZE\r\n250 CHUNKING"), then="sent"),
    SmtpCase(habit=_leaves("EHLO"), then=_WAITING, others=_WAITING, says="断开"),
    # Logging in
    SmtpCase(habit=_says("EHLO", "250-here\r\n250 AUTH XOAUTH2 GSSAPI"), then=_WAITING, others=_WAITING, says="登录方式"),
    SmtpCase(habit=_says("AUTH", "535 wrong"), then=_WAITING, others=_WAITING, says="授权码"),
    SmtpCase(habit=_says("AUTH", "454 temporary failure"), then=_WAITING, others=_WAITING, says="暂时"),
    SmtpCase(habit=_says("AUTH", "421 too many connections"), then=_WAITING, others=_WAITING, says="限制"),
    SmtpCase(habit=_leaves("AUTH"), then=_WAITING, others=_WAITING, says="断开"),
    SmtpCase(habit=_says("MAIL", "530 authentication required"), then=_WAITING, others=_LATER, says="登录"),
    # MAIL
    SmtpCase(habit=_says("MAIL", "250-fine\r\n250 really"), then="sent"),
    SmtpCase(habit=_says("MAIL", "451 not now"), then=_WAITING, says="暂时"),
    SmtpCase(habit=_says("MAIL", "421 closing", hangs_up_at="MAIL"), then=_WAITING, others=_LATER, says="限制"),
    SmtpCase(habit=_says("MAIL", "552 message size exceeds limit"), then=_HELD, finally_=_HELD, says="太大"),
    SmtpCase(habit=_says("MAIL", "553 mail from must equal authorized user"), then=_HELD, finally_=_HELD, says="发件地址"),
    SmtpCase(habit=_leaves("MAIL"), then=_WAITING, others=_LATER, says="断开"),
    # RCPT
    SmtpCase(habit=_says("RCPT", "251 will forward"), then="sent"),
    SmtpCase(habit=_says("RCPT", "252 cannot say, will try"), then="sent"),
    SmtpCase(habit=_says("RCPT", "550 no such user", only_second_recipient=True), then="sent", says="核对地址"),
    SmtpCase(habit=_says("RCPT", _FULL, only_second_recipient=True), then="sent", says="已满"),
    SmtpCase(habit=_says("RCPT", "450 busy", only_second_recipient=True), then=_WAITING, says="暂时"),
    SmtpCase(habit=_says("RCPT", "452 too many recipients", only_second_recipient=True), then=_WAITING, says="暂时"),
    SmtpCase(habit=_says("RCPT", "550 no such user"), then=_HELD, finally_=_HELD, says="收件"),
    SmtpCase(habit=_says("RCPT", "450 greylisted"), then=_WAITING, says="暂时"),
    SmtpCase(habit=_says("RCPT", "421 closing", hangs_up_at="RCPT"), then=_WAITING, others=_LATER, says="限制"),
    SmtpCase(habit=_leaves("RCPT"), then=_WAITING, others=_LATER, says="断开"),
    SmtpCase(
        habit=SmtpHabit(name="leaves at RSET", says={"RCPT": b"550 no\r\n"}, hangs_up_at="RSET"),
        then=_HELD, others=_LATER, finally_=_HELD, says="收件",
    ),
    # DATA and the mail itself
    SmtpCase(habit=_says("DATA", "451 not now"), then=_WAITING, says="暂时"),
    SmtpCase(habit=_says("DATA", "452 no room"), then=_WAITING, says="暂时"),
    SmtpCase(habit=_says("DATA", "554 no valid recipients"), then=_HELD, finally_=_HELD, says="没有收下"),
    SmtpCase(habit=_says("DATA", "250 ok"), then=_WAITING, others=_LATER, says="答非所问"),
    SmtpCase(habit=_says("DATA", "421 closing", hangs_up_at="DATA"), then=_WAITING, others=_LATER, says="限制"),
    SmtpCase(habit=_leaves("DATA"), then=_WAITING, others=_LATER, says="断开"),
    SmtpCase(habit=_says("in the mail", "421 closing", hangs_up_at="in the mail"), then=_WAITING, others=_LATER, says="断开"),
    SmtpCase(habit=_says("in the mail", "552 too big", keeps=False), then=_WAITING, others=_LATER, says="断开"),
    SmtpCase(habit=_leaves("in the mail"), then=_WAITING, others=_LATER, says="断开"),
    # From the last line to the answer
    SmtpCase(habit=_says("end", "250-queued\r\n250 as 4711"), then="sent"),
    SmtpCase(habit=_says("end", "200 queued"), then="sent"),
    SmtpCase(habit=_says("end", "250 queued", hangs_up_at="end"), then="sent", others=_LATER),
    SmtpCase(habit=_says("end", "451 not now", keeps=False), then=_WAITING, says="暂时"),
    SmtpCase(habit=_says("end", "421 closing", keeps=False, hangs_up_at="end"), then=_WAITING, others=_LATER, says="限制"),
    SmtpCase(habit=_says("end", "554 DT:SPM spam", keeps=False), then=_HELD, finally_=_HELD, says="SPM"),
    SmtpCase(habit=_says("end", "552 message too large", keeps=False), then=_HELD, finally_=_HELD, says="太大"),
    SmtpCase(habit=_says("end", _TOO_OFTEN, keeps=False), then=_WAITING, others=_LATER, says="限制"),
    SmtpCase(habit=_says("end", b"\x00\x00\x00"), then=_UNCERTAIN, others=_LATER, finally_=_UNCERTAIN, says="不知是否发出"),
    SmtpCase(habit=_says("end", "354 go on"), then=_UNCERTAIN, others=_LATER, finally_=_UNCERTAIN, says="不知是否发出"),
    SmtpCase(habit=_says("end", b"250 " + b"x" * 20_000), then=_UNCERTAIN, others=_LATER, finally_=_UNCERTAIN, says="不知是否发出"),
    SmtpCase(habit=_leaves("end", keeps=True), then=_UNCERTAIN, others=_LATER, finally_=_UNCERTAIN, says="不知是否发出"),
    SmtpCase(habit=_leaves("end", keeps=False), then=_UNCERTAIN, others=_LATER, finally_=_UNCERTAIN, says="不知是否发出"),
    SmtpCase(habit=_says("end", "250 taken\r\n250 and once more"), then="sent", others=_LATER),
    # Manners
    SmtpCase(habit=SmtpHabit(name="slow", seconds=0.05), then="sent"),
    SmtpCase(habit=SmtpHabit(name="byte by byte", byte_by_byte=True), then="sent"),
    SmtpCase(habit=_says("QUIT", b"\x00\x00"), then="sent"),
    SmtpCase(habit=_leaves("QUIT"), then="sent"),
)  # fmt: skip
