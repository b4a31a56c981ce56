"""Sending over loopback to a real SMTP server (aiosmtpd), the nasty answers included."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from config.errors import MailServerError
from config.settings import Smtp
from notify.outbox import flush
from notify.smtp import MailRefusedError, MailThrottledError, send

RAW = b"From: office@example.org\r\nSubject: x\r\n\r\nbody\r\n.dot\r\n"
SENDER, TO = "office@example.org", ("a@example.org",)
NOW = datetime(2023, 9, 26, tzinfo=UTC)


class Sink:
    """Takes mail, except what a test tells it to refuse."""

    def __init__(self, answers: dict[str, str] | None = None) -> None:
        self.answers = answers or {}
        self.mails: list[tuple[str, list[str], bytes]] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if answer := self.answers.get("DATA"):
            return answer
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 OK"


class FreePort(Controller):
    """A controller on a port the system picks."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def served(sink: Sink, **options: Any) -> Iterator[int]:
    controller = FreePort(sink, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def smtp(port: int, **more: Any) -> Smtp:
    values = {"host": "127.0.0.1", "port": port, "security": "none", "sender": SENDER, **more}
    return Smtp(**values)


def accepts(password: bytes) -> Any:
    def authenticator(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == password, handled=False)

    return authenticator


class Waiting:
    """An outbox in memory, as the store hands it out."""

    def __init__(self, *keys: str, to: tuple[str, ...] = TO) -> None:
        self.due = [
            SimpleNamespace(key=key, raw=RAW, sender=SENDER, recipients=to, attempts=0) for key in keys
        ]
        self.sent: list[str] = []
        self.failed: dict[str, tuple[datetime | None, str]] = {}

    def mails_due(self, now: datetime) -> tuple[Any, ...]:
        return tuple(self.due)

    def mail_sent(self, key: str, when: datetime) -> None:
        self.sent.append(key)

    def mail_failed(self, key: str, retry_at: datetime | None, error: str) -> None:
        self.failed[key] = (retry_at, error)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture(scope="module")
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_a_mail_arrives_byte_for_byte() -> None:
    sink = Sink()

    with served(sink) as port:
        assert send(smtp(port), None, RAW, SENDER, TO) == {}

    assert sink.mails == [(SENDER, list(TO), RAW)]


def test_it_logs_in_where_the_server_asks(ca_file: Path, tls: ssl.SSLContext) -> None:
    sink = Sink()
    login = {"authenticator": accepts(b"code"), "auth_required": True, "require_starttls": True}

    with served(sink, tls_context=tls, **login) as port:
        send(smtp(port, security="starttls", username=SENDER, ca_file=ca_file), "code", RAW, SENDER, TO)

    assert len(sink.mails) == 1


def test_a_refused_login_says_what_to_check_and_not_the_password() -> None:
    login = {"authenticator": accepts(b"code"), "auth_require_tls": False}

    with served(Sink(), **login) as port, pytest.raises(MailServerError) as caught:
        send(smtp(port, username=SENDER), "wrong-secret", RAW, SENDER, TO)

    assert "授权码" in str(caught.value)
    assert "wrong-secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_certificate_is_not_trusted(tls: ssl.SSLContext) -> None:
    with (
        served(Sink(), tls_context=tls, require_starttls=True) as port,
        pytest.raises(MailServerError, match="证书不可信"),
    ):
        send(smtp(port, security="starttls"), None, RAW, SENDER, TO)


def test_tls_from_the_first_byte(ca_file: Path, tls: ssl.SSLContext) -> None:
    with tls_greeter(tls) as port, pytest.raises(MailThrottledError):
        send(smtp(port, security="tls", ca_file=ca_file), None, RAW, SENDER, TO)


@contextmanager
def tls_greeter(tls: ssl.SSLContext) -> Iterator[int]:
    """Speaks TLS at once, and has no time."""

    def serve() -> None:
        connection, _ = listener.accept()
        with tls.wrap_socket(connection, server_side=True) as secured:
            secured.sendall(b"421 Connection frequency limited\r\n")
            secured.recv(100)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


def test_where_the_server_has_no_starttls_nothing_is_sent_in_the_clear() -> None:
    sink = Sink()

    with served(sink) as port, pytest.raises(MailServerError, match="不支持所设的加密方式"):
        send(smtp(port, security="starttls"), None, RAW, SENDER, TO)

    assert sink.mails == []


def test_nobody_there_is_said_in_one_line() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]

    with pytest.raises(MailServerError, match="连不上"):
        send(smtp(port), None, RAW, SENDER, TO)


def test_a_server_that_never_speaks_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        with pytest.raises(MailServerError, match="超时"):
            send(smtp(port), None, RAW, SENDER, TO, timeout=0.3)


@pytest.mark.parametrize("goodbye", [b"\x00\x00\x00\r\n", b""])
def test_qqs_goodbye_does_not_undo_what_was_accepted(goodbye: bytes) -> None:
    with scripted(goodbye) as port:
        assert send(smtp(port), None, RAW, SENDER, TO) == {}


@contextmanager
def scripted(goodbye: bytes) -> Iterator[int]:
    """A server that accepts one mail and answers QUIT as QQ does: nonsense, or not at all."""

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 hello\r\n")
            for line in lines:
                verb = line[:4].upper()
                if verb == b"QUIT":
                    connection.sendall(goodbye)
                    return
                if verb == b"DATA":
                    connection.sendall(b"354 go on\r\n")
                    while next(lines) != b".\r\n":
                        pass
                connection.sendall(b"250 ok\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


def test_one_refused_recipient_does_not_keep_the_mail_from_the_others() -> None:
    sink = Sink({"gone@example.org": "550 no such user"})
    outbox = Waiting("k", to=("a@example.org", "gone@example.org"))

    with served(sink) as port:
        result = flush(outbox, smtp(port), None, NOW)

    assert (result.sent, outbox.sent) == (1, ["k"])
    assert "gone@example.org" in result.errors[0]


def test_a_mail_that_is_refused_waits_by_itself() -> None:
    sink = Sink({"bad@example.org": "550 no such user"})
    outbox = Waiting("bad", "good")
    outbox.due[0].recipients = ("bad@example.org",)

    with served(sink) as port:
        result = flush(outbox, smtp(port), None, NOW)

    assert (result.sent, result.failed) == (1, 1)
    assert outbox.sent == ["good"]
    assert outbox.failed["bad"][0] == NOW + timedelta(minutes=1)


def test_a_throttle_stops_the_pass_for_a_quarter_of_an_hour() -> None:
    outbox = Waiting("one", "two")

    with served(Sink({"DATA": "550 Sender frequency limited"})) as port:
        result = flush(outbox, smtp(port), None, NOW)

    assert (result.sent, result.failed, len(result.errors)) == (0, 2, 1)
    assert {when for when, _ in outbox.failed.values()} == {NOW + timedelta(minutes=15)}


def test_a_server_out_of_reach_puts_all_off_with_one_error() -> None:
    outbox = Waiting("one", "two")
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]

    result = flush(outbox, smtp(port), None, NOW)

    assert (result.sent, result.failed, len(result.errors)) == (0, 2, 1)


def test_an_empty_outbox_does_not_knock() -> None:
    assert flush(Waiting(), smtp(1), None, NOW).failed == 0


def test_answers_are_told_apart() -> None:
    with (
        served(Sink({"DATA": '550 The "From" header is missing or invalid'})) as port,
        pytest.raises(MailRefusedError, match="From"),
    ):
        send(smtp(port), None, RAW, SENDER, TO)
    with (
        served(Sink({"DATA": "421 Connection frequency limited"})) as port,
        pytest.raises(MailThrottledError, match="频率"),
    ):
        send(smtp(port), None, RAW, SENDER, TO)
