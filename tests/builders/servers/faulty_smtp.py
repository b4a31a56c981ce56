"""Runs an SMTP server that fails at random, and senders that are killed at work.

The server records what it accepts when it decides so, before it answers; that is what a recipient receives,
whatever the sender learns of it.
"""

import contextlib
import multiprocessing
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import notify.mail.smtp
from config.errors import StoreLockedError
from config.settings import SmtpSettings
from notify.mail.send_outbox import SendingPace
from store import Store
from store.stored_values import OutboxMail
from tests.builders.servers.any_recipients import send_to_anybody

SENDER = "office@example.org"
START = datetime(2023, 9, 25, tzinfo=UTC)
CLOCK_SPEED = 3600  # a second of the trial is an hour of the senders' clock: they wait as long as they would
ANSWER_SECONDS = 0.25
FAULTS = (
    "421 at rcpt", "550 at rcpt", "450 at rcpt", "451 at data", "cut at data", "cut in the mail",
    "421 at the end", "451 at the end", "550 at the end", "throttled at the end",
    "cut before accepting", "cut after accepting", "silent after accepting", "silent before accepting",
)  # fmt: skip


@dataclass
class FaultyServer:
    """The server, with accepted mail by (Message-ID, recipient) and the number of faults by kind."""

    port: int
    seed: int
    fault_rate: float
    accepted: Counter[tuple[str, str]] = field(default_factory=Counter)
    fault_counts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    connections: int = 0

    def find_sent(self, mails: Sequence[OutboxMail]) -> Mapping[str, bool]:
        """Returns which mails were sent, as a folder of sent mail would show."""
        with self.lock:
            accepted_ids = {message_id for message_id, _ in self.accepted}
        return {mail.key: message_id(mail.key) in accepted_ids for mail in mails}


@contextmanager
def faulty_server(seed: int, fault_rate: float) -> Iterator[FaultyServer]:
    """Runs a server on loopback; each transaction has a fault with probability ``fault_rate`` (0 for none)."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = FaultyServer(listener.getsockname()[1], seed, fault_rate)
        threads: list[threading.Thread] = []

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:  # the trial is over
                    return
                server.connections += 1
                chance = random.Random(f"{seed}/{server.connections}")
                threads.append(threading.Thread(target=_serve_connection, args=(connection, server, chance)))
                threads[-1].start()

        main = threading.Thread(target=serve)
        main.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            main.join(10)
            for thread in threads:
                thread.join(10)


def _serve_connection(connection: socket.socket, server: FaultyServer, chance: random.Random) -> None:
    connection.settimeout(10)
    # The sender was killed, or we hung up: both end the conversation.
    with connection, contextlib.suppress(OSError):
        _converse(connection, server, chance)


def _converse(connection: socket.socket, server: FaultyServer, chance: random.Random) -> None:
    say = connection.sendall
    to: list[str] = []
    fault = ""

    def strikes(name: str) -> bool:
        if fault == name:
            with server.lock:
                server.fault_counts[name] += 1
        return fault == name

    say(b"220 ready\r\n")
    with connection.makefile("rb") as lines:
        for line in lines:
            time.sleep(chance.random() * 0.004)
            verb = line[:4].upper()
            if verb == b"EHLO":
                say(b"250-hello\r\n250 SIZE 20000000\r\n")
            elif verb == b"MAIL":
                to = []
                fault = chance.choice(FAULTS) if chance.random() < server.fault_rate else ""
                say(b"250 ok\r\n")
            elif verb == b"RCPT":
                if strikes("421 at rcpt"):
                    say(b"421 closing\r\n")
                    return
                if strikes("550 at rcpt") or strikes("450 at rcpt"):
                    say(fault[:3].encode() + b" not this one\r\n")
                else:
                    to.append(line.decode().partition("<")[2].partition(">")[0])
                    say(b"250 ok\r\n")
            elif verb == b"DATA":
                if strikes("cut at data"):
                    return
                if strikes("451 at data"):
                    say(b"451 local error\r\n")
                    continue
                say(b"354 go on\r\n")
                if not _receive_mail(lines, say, server, chance, to, strikes):
                    return
            elif verb == b"QUIT":
                say(b"221 bye\r\n")
                return
            else:
                say(b"250 ok\r\n")


def _receive_mail(
    lines, say, server: FaultyServer, chance: random.Random, to: Sequence[str], strikes
) -> bool:
    """Receives the mail itself; returns whether the conversation continues."""
    name = ""
    for number, line in enumerate(lines):
        if line.lower().startswith(b"message-id:"):
            name = line.partition(b":")[2].strip().decode()
        if number == 3 and strikes("cut in the mail"):
            return False
        if line == b".\r\n":
            break
    else:
        return False  # the sender died before the end: there is no mail
    time.sleep(chance.random() * 0.03)
    if strikes("cut before accepting"):
        return False
    if strikes("silent before accepting"):
        time.sleep(ANSWER_SECONDS * 2)
        return False
    for code in ("421", "451", "550"):
        if strikes(f"{code} at the end"):
            say(f"{code} not now\r\n".encode())
            return code != "421"
    if strikes("throttled at the end"):
        say(b"550 Sender frequency limited\r\n")
        return True
    with server.lock:
        server.accepted.update((name, who) for who in to)
    time.sleep(chance.random() * 0.03)
    if strikes("cut after accepting"):
        return False
    if strikes("silent after accepting"):
        time.sleep(ANSWER_SECONDS * 2)
        return False
    say(b"250 taken\r\n")
    return True


def message_id(key: str) -> str:
    return f"<{key}@example.org>"


def queue_mails(store: Store, mails: int) -> None:
    """Queues so many mails; every third has three recipients."""
    for number in range(mails):
        key = f"receipt.{number}"
        store.outbox.queue(
            key=key,
            purpose="receipt",
            raw=f"From: {SENDER}\r\nMessage-ID: {message_id(key)}\r\nSubject: x\r\n\r\n.body\r\nend\r\n".encode(),
            sender=SENDER,
            recipients=tuple(f"{number}.{n}@example.org" for n in range(3 if number % 3 == 0 else 1)),
            when=START,
        )


def send_until_done(url: str, port: int, began: float) -> None:
    """Runs sending passes until no mail waits; runs in a process of its own."""
    notify.mail.smtp.LAST_ANSWER_SECONDS = ANSWER_SECONDS
    notify.mail.smtp.TIMEOUT_SECONDS = 2.0
    store = Store.open(url, Path(url.removeprefix("sqlite:///")).parent / "archive")
    smtp = SmtpSettings(
        host="127.0.0.1", port=port, security="none", sender=SENDER, recipients=2, per_day=10_000
    )

    def clock() -> datetime:
        return START + timedelta(seconds=(time.time() - began) * CLOCK_SPEED)

    def renewed() -> bool:
        store.jobs.renew_lease("outbox")
        return True

    while any(mail.state in ("waiting", "sending") for mail in store.outbox.mails()):
        with contextlib.suppress(StoreLockedError), store.jobs.hold_lease("outbox"):
            send_to_anybody(store.outbox, smtp, None, clock, pace=SendingPace(should_continue=renewed))
        time.sleep(0.01)
    store.close()


def start_sender(url: str, port: int, began: float) -> BaseProcess:
    """Starts a sending process from a server process that has already imported the program."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=send_until_done, args=(url, port, began))
    process.start()
    return process
