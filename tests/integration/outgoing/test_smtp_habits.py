"""Whatever an SMTP server does, no mail is lost, none reaches anybody twice, and a person reads a true sentence."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.settings import SmtpSettings
from notify.mail import smtp as smtp_module
from store import Store
from tests.builders.servers.any_recipients import send_to_anybody
from tests.builders.servers.smtp_habits import SECOND_RECIPIENT, SMTP_CASES, SmtpCase, smtp_peer

NOW = datetime(2023, 9, 26, tzinfo=UTC)
KEYS = ("before", "struck", "after")
RECIPIENTS = ("first@example.org", SECOND_RECIPIENT)
MEANWHILE = {"sent": {"sent"}, "waiting": {"waiting"}, "later": {"sent", "waiting"}}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'k.db'}", tmp_path / "archive")
    for number, key in enumerate(KEYS):
        opened.outbox.queue(
            key=key,
            purpose="receipt",
            raw=f"From: office\r\nMessage-ID: <{key}@example.org>\r\nSubject: x\r\n\r\n.body\r\n".encode(),
            sender=f"{key}@example.org",
            recipients=RECIPIENTS,
            when=NOW - timedelta(hours=1) + timedelta(seconds=number),
        )
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_module, "LAST_ANSWER_SECONDS", 1.0)


@pytest.mark.parametrize("case", SMTP_CASES, ids=lambda case: case.habit.name)
def test_no_mail_is_lost_and_none_arrives_twice(store: Store, case: SmtpCase) -> None:
    with smtp_peer(case.habit) as peer:
        smtp = SmtpSettings(
            host="127.0.0.1", port=peer.port, security="none", sender="a@example.org", username="a"
        )

        send_to_anybody(store.outbox, smtp, "secret", lambda: NOW)

        states = {mail.key: mail.state.value for mail in store.outbox.mails()}
        words = [mail.error or "" for mail in store.outbox.mails() if mail.key == "struck"]
        assert states["struck"] == case.then, words
        assert {states["before"], states["after"]} <= MEANWHILE[case.others], states
        assert case.says in words[0]

        peer.habit = None
        for days in range(1, 4):
            later = NOW + timedelta(days=days)
            send_to_anybody(store.outbox, smtp, "secret", lambda later=later: later)  # type: ignore[misc]

    states = {mail.key: mail.state.value for mail in store.outbox.mails()}
    assert states == {"before": "sent", "struck": case.finally_, "after": "sent"}
    for key in KEYS:
        mail = store.outbox.find(key)
        assert mail is not None
        for who in RECIPIENTS:
            times = peer.taken[(f"<{key}@example.org>".encode(), who)]
            assert times <= 1, f"{key} reached {who} {times} times"
            if states[key] == "sent" and mail.fates[who] == "accepted":
                assert times == 1, f"{key} never reached {who}"
