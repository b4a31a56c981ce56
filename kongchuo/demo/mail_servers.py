"""Starts mail servers on loopback for the demo: pymap to read from, aiosmtpd to send to."""

import argparse
import asyncio
import socket
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pymap.backend.dict import Config, DictBackend
from pymap.imap import IMAPService
from pymap.parsing.message import AppendMessage

HOST = "127.0.0.1"


@contextmanager
def imap_server(
    mails: Sequence[tuple[bytes, datetime]], user: str, password: str
) -> Iterator[tuple[str, int]]:
    """Runs an IMAP server whose INBOX has these messages with their times of arrival; yields (host, port)."""
    port = free_port()
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        async with AsyncExitStack() as stack:
            await _start(stack, port, mails, user, password)
            ready.set()
            await stop.wait()

    with closing(loop), ThreadPoolExecutor(1, "imap") as pool:
        served = pool.submit(loop.run_until_complete, serve())
        served.add_done_callback(lambda _: ready.set())
        ready.wait()
        if served.done():
            served.result()  # it did not start; this raises what kept it from starting
        try:
            yield HOST, port
        finally:
            loop.call_soon_threadsafe(stop.set)
            served.result()


async def _start(
    stack: AsyncExitStack, port: int, mails: Sequence[tuple[bytes, datetime]], user: str, password: str
) -> None:
    parser = argparse.ArgumentParser()
    DictBackend.add_subparser("dict", parser.add_subparsers())
    IMAPService.add_arguments(parser)
    options = [
        "--host",
        HOST,
        "--port",
        str(port),
        "--no-tls",
        "dict",
        "--demo-user",
        user,
        "--demo-password",
        password,
    ]
    args = parser.parse_args(options)
    args.debug, args.passlib_cfg, args.insecure_login = False, None, True
    backend, config = await DictBackend.init(args, secure_auth=False, invalid_user_sleep=0.0)
    assert isinstance(config, Config)
    config.apply_context()
    async with backend.login.demo_user_identity.new_session() as session:
        inbox = await session.mailbox_set.get_mailbox("INBOX")
        for raw, received_at in mails:
            await inbox.append(AppendMessage(raw, received_at, frozenset()))
    await backend.start(stack)
    await IMAPService(backend, config).start(stack)


@dataclass
class MailSink:
    """The SMTP server's address, and every received message as (sender, recipients, bytes)."""

    host: str
    port: int
    messages: list[tuple[str, tuple[str, ...], bytes]] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keeps one mail as it came, and accepts it."""
        content = (
            envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        )
        self.messages.append((envelope.mail_from or "", tuple(envelope.rcpt_tos), content))
        return "250 OK"


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """Runs an SMTP server that keeps the messages it receives."""
    sink = MailSink(HOST, free_port())
    controller = Controller(sink, hostname=sink.host, port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


def free_port() -> int:
    """Returns a loopback port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
