"""Sending over loopback to a real SMTP server (aiosmtpd), the nasty answers included."""

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.smtp import AuthResult
from sqlalchemy import text

from config.errors import MailServerError
from config.settings import SmtpSettings
from notify.mail import send_outbox
from notify.mail.send_outbox import SendingPace, unsent_mails
from notify.mail.smtp import TIMEOUT_SECONDS, deliver, smtp_connection
from notify.mail.smtp_errors import MailRejectedError, MailThrottledError
from store import Store
from store.stored_values import OutboxMail
from tests.builders.servers.any_recipients import send_to_anybody
from tests.builders.servers.smtp_sink import Sink, served

RAW = b"From: office@example.org\r\nSubject: x\r\n\r\nbody\r\n.dot\r\n"
SENDER, TO = "office@example.org", ("a@example.org",)
NOW = datetime(2023, 9, 26, tzinfo=UTC)


def send(
    smtp: SmtpSettings,
    password: str | None,
    raw: bytes,
    sender: str,
    recipients: Sequence[str],
    timeout: float = TIMEOUT_SECONDS,
) -> dict[str, str]:
    """Sends one mail over a connection of its own."""
    with smtp_connection(smtp, password, timeout) as server:
        return deliver(server, raw, sender, recipients)


def smtp(port: int, **more: Any) -> SmtpSettings:
    values = {"host": "127.0.0.1", "port": port, "security": "none", "sender": SENDER, **more}
    return SmtpSettings(**values)


def accepts(password: bytes) -> Any:
    def authenticator(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == password, handled=False)

    return authenticator


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'k.db'}", tmp_path / "archive")
    yield opened
    opened.close()


def queued(store: Store, *keys: str, to: tuple[str, ...] = TO, purpose: str = "receipt") -> Store:
    """The outbox with these mails, all due."""
    for number, key in enumerate(keys):
        store.outbox.queue(
            key=key,
            purpose=purpose,
            raw=RAW,
            sender=SENDER,
            recipients=to,
            when=NOW - timedelta(hours=1) + timedelta(seconds=number),
        )
    return store


def clock() -> datetime:
    return NOW


def states(store: Store) -> dict[str, str]:
    return {mail.key: str(mail.state) for mail in store.outbox.mails()}


def the(store: Store, key: str) -> OutboxMail:
    found = store.outbox.find(key)
    assert found is not None
    return found


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
    with speaking({b"QUIT": goodbye}) as port:
        yield port


@contextmanager
def hanging_up_at(verb: bytes) -> Iterator[int]:
    """A server that leaves at this verb without a word."""
    with speaking({verb: b""}) as port:
        yield port


@contextmanager
def speaking(last_words: dict[bytes, bytes]) -> Iterator[int]:
    """A server that takes all, and at one of these verbs says its last words and leaves."""

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 hello\r\n")
            for line in lines:
                verb = line[:4].upper()
                if verb in last_words:
                    connection.sendall(last_words[verb])
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


def test_one_refused_recipient_does_not_keep_the_mail_from_the_others(store: Store) -> None:
    sink = Sink({"gone@example.org": "550 no such user"})
    queued(store, "k", to=("a@example.org", "gone@example.org"))

    with served(sink) as port:
        result = send_to_anybody(store.outbox, smtp(port), None, clock)

    assert (result.sent, states(store)) == (1, {"k": "sent"})
    assert "gone@example.org" in result.errors[0]
    assert the(store, "k").not_accepted == ("gone@example.org",)


def test_whatever_one_mail_raises_is_its_own_fate(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = Sink()
    queued(store, "good 1")
    queued(store, "bad", to=("bad@example.org",))
    queued(store, "good 2")

    def failing(server, raw, sender, to, **options):
        if "bad@example.org" in to:
            raise UnicodeEncodeError("ascii", "x", 0, 1, "ordinal not in range")
        return deliver(server, raw, sender, to, **options)

    monkeypatch.setattr(send_outbox, "deliver", failing)
    with served(sink) as port:
        results = [send_to_anybody(store.outbox, smtp(port), None, clock) for _ in range(2)]

    assert states(store) == {"good 1": "sent", "bad": "held", "good 2": "sent"}
    assert "发不出这封邮件" in results[0].errors[0]
    assert "发不出这封邮件" in (the(store, "bad").error or "")


def test_a_mail_whose_content_is_gone_is_held_and_no_empty_one_leaves(store: Store) -> None:
    queued(store, "hollow", "whole")
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM outbox_body WHERE key = 'hollow'"))
    sink = Sink()

    with served(sink) as port:
        send_to_anybody(store.outbox, smtp(port), None, clock)

    assert states(store) == {"hollow": "held", "whole": "sent"}
    assert [raw for _, _, raw in sink.mails] == [RAW]


def test_a_recipient_refused_for_now_is_asked_again_and_the_others_are_not(store: Store) -> None:
    sink = Sink({"full@example.org": "452 mailbox full"})
    queued(store, "k", to=("a@example.org", "full@example.org"))

    with served(sink) as port:
        first = send_to_anybody(store.outbox, smtp(port), None, clock)
        waiting = the(store, "k")
        sink.answers.clear()
        send_to_anybody(store.outbox, smtp(port), None, lambda: NOW + timedelta(minutes=2))

    assert (first.sent, first.failed) == (0, 1)
    assert (waiting.state, waiting.next_at) == ("waiting", NOW + timedelta(minutes=1))
    assert [to for _, to, _ in sink.mails] == [["a@example.org"], ["full@example.org"]]
    assert states(store) == {"k": "sent"}


def test_a_mail_that_is_refused_for_good_is_held_by_itself_until_a_person_says_so(store: Store) -> None:
    sink = Sink({"bad@example.org": "550 no such user"})
    queued(store, "bad", to=("bad@example.org",))
    queued(store, "good")

    with served(sink) as port:
        result = send_to_anybody(store.outbox, smtp(port), None, clock)
        send_to_anybody(store.outbox, smtp(port), None, lambda: NOW + timedelta(days=9))
        held = unsent_mails(store.outbox)
        sink.answers.clear()
        store.outbox.make_due_again("bad", NOW)
        send_to_anybody(store.outbox, smtp(port), None, clock)

    assert (result.sent, result.failed) == (1, 1)
    assert [(mail.key, mail.attempts) for mail in held] == [("bad", 1)]
    assert states(store) == {"bad": "sent", "good": "sent"}


def test_a_mail_that_is_refused_for_now_waits_by_itself(store: Store) -> None:
    sink = Sink({"busy@example.org": "451 local error"})
    queued(store, "busy", to=("busy@example.org",))
    queued(store, "good")

    with served(sink) as port:
        send_to_anybody(store.outbox, smtp(port), None, clock)

    assert states(store) == {"busy": "waiting", "good": "sent"}
    assert the(store, "busy").next_at == NOW + timedelta(minutes=1)


def test_a_throttle_stops_the_pass_for_a_quarter_of_an_hour(store: Store) -> None:
    queued(store, "one", "two")

    with served(Sink({"DATA": "550 Sender frequency limited"})) as port:
        result = send_to_anybody(store.outbox, smtp(port), None, clock)

    assert (result.sent, result.failed, len(result.errors)) == (0, 2, 1)
    assert {mail.next_at for mail in store.outbox.mails()} == {NOW + timedelta(minutes=15)}


def test_a_server_out_of_reach_puts_all_off_with_one_error(store: Store) -> None:
    queued(store, "one", "two")
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]

    result = send_to_anybody(store.outbox, smtp(port), None, clock)

    assert (result.sent, result.failed, len(result.errors)) == (0, 2, 1)


def test_an_empty_outbox_does_not_knock(store: Store) -> None:
    assert send_to_anybody(store.outbox, smtp(1), None, clock).failed == 0


def test_mails_beyond_the_days_limit_wait_and_the_offices_goes_first(store: Store) -> None:
    sink = Sink()
    queued(store, *(f"receipt:{number}" for number in range(9)))
    queued(store, "digest:1", purpose="digest")

    with served(sink) as port:
        limited = smtp(port, per_day=4)
        today = send_to_anybody(store.outbox, limited, None, clock)
        again = send_to_anybody(store.outbox, limited, None, clock)
        tomorrow = send_to_anybody(store.outbox, limited, None, lambda: NOW + timedelta(days=1, seconds=1))

    assert (today.sent, today.failed, today.waiting) == (3, 0, 7)  # one is kept for the office
    assert (again.sent, again.waiting) == (0, 7)
    assert tomorrow.sent == 3
    assert the(store, "digest:1").sent_at == NOW


def test_a_pass_sends_no_more_than_a_minute_allows(store: Store) -> None:
    queued(store, *(f"k{number}" for number in range(5)))

    with served(Sink()) as port:
        result = send_to_anybody(
            store.outbox, smtp(port, per_minute=2), None, clock, pace=SendingPace(pause=0.01)
        )

    assert (result.sent, result.waiting) == (2, 3)


def test_a_mail_to_many_goes_in_several_envelopes(store: Store) -> None:
    sink = Sink()
    queued(store, "k", to=tuple(f"{number}@example.org" for number in range(5)))

    with served(sink) as port:
        send_to_anybody(store.outbox, smtp(port, recipients=2), None, clock)

    assert [len(to) for _, to, _ in sink.mails] == [2, 2, 1]
    assert states(store) == {"k": "sent"}


def test_a_mail_that_is_too_big_is_held_and_not_tried(store: Store) -> None:
    result = send_to_anybody(queued(store, "k").outbox, smtp(1, megabytes=0.00001), None, clock)

    assert (result.failed, states(store)) == (1, {"k": "held"})
    assert "megabytes" in result.errors[0]


def test_a_dry_run_writes_files_and_nothing_leaves(store: Store, tmp_path: Path) -> None:
    queued(store, "digest:2023/9", "digest:2023_9")

    result = send_to_anybody(store.outbox, smtp(1, dry_run=tmp_path / "out"), None, clock)

    assert result.sent == 2
    assert [file.read_bytes() for file in (tmp_path / "out").glob("digest*.eml")] == [RAW, RAW]
    assert set(states(store).values()) == {"written"}


@pytest.mark.parametrize("last", ["250 late but in time", "451 try later", "554 no", None])
def test_from_the_last_line_to_the_answer_nobody_can_tell(store: Store, last: str | None) -> None:
    queued(store, "k")

    with served(Sink(hang_up=last is None, answers={"DATA": last} if last else {})) as port:
        send_to_anybody(store.outbox, smtp(port), None, clock)
        send_to_anybody(store.outbox, smtp(port), None, lambda: NOW + timedelta(days=1))

    expected = {"250": "sent", "451": "waiting", "554": "held"}.get((last or "")[:3], "uncertain")
    assert states(store) == {"k": expected}


def test_a_server_that_hangs_up_before_the_last_line_has_nothing(store: Store) -> None:
    queued(store, "k")

    with hanging_up_at(b"DATA") as port:
        send_to_anybody(store.outbox, smtp(port), None, clock)

    assert states(store) == {"k": "waiting"}


def test_a_mail_cancelled_while_it_was_going_out_does_not_go(store: Store) -> None:
    sink = Sink()
    queued(store, "k")

    with served(sink) as port:
        send_to_anybody(
            store.outbox,
            smtp(port),
            None,
            clock,
            pace=SendingPace(should_continue=lambda: store.outbox.cancel("k")),
        )

    assert (sink.mails, states(store)) == ([], {"k": "cancelled"})


def test_a_mail_found_half_way_after_a_crash_is_never_sent_unasked(store: Store) -> None:
    sink = Sink()
    queued(store, "k")
    store.outbox.mark_sending("k", TO, NOW)

    with served(sink) as port:
        send_to_anybody(store.outbox, smtp(port), None, clock)

    assert (sink.mails, states(store)) == ([], {"k": "uncertain"})
    assert [mail.key for mail in unsent_mails(store.outbox)] == ["k"]


@pytest.mark.parametrize(("seen", "state", "sent"), [(True, "sent", 0), (False, "sent", 1)])
def test_a_witness_settles_what_is_uncertain(store: Store, seen: bool, state: str, sent: int) -> None:
    class Folder:
        def find_sent(self, mails: Sequence[OutboxMail]) -> dict[str, bool]:
            return {mail.key: seen for mail in mails}

    sink = Sink()
    queued(store, "k")
    store.outbox.mark_sending("k", TO, NOW)

    with served(sink) as port:
        send_to_anybody(store.outbox, smtp(port), None, clock, sent_mail_finder=Folder())

    assert (states(store), len(sink.mails)) == ({"k": state}, sent)


def test_answers_are_told_apart() -> None:
    with (
        served(Sink({"DATA": '550 The "From" header is missing or invalid'})) as port,
        pytest.raises(MailRejectedError, match="From"),
    ):
        send(smtp(port), None, RAW, SENDER, TO)
    with (
        served(Sink({"DATA": "421 Connection frequency limited"})) as port,
        pytest.raises(MailThrottledError, match="频率"),
    ):
        send(smtp(port), None, RAW, SENDER, TO)
