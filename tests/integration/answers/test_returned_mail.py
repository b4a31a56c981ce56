"""A mail to a unit that came back is asked about, by mail as at the terminal, and answered like any other question."""

from datetime import UTC, datetime
from email.message import EmailMessage
from hashlib import sha256

import pytest

from store import Store
from tests.builders.answers.answering_office import (
    OFFICER,
    TOWN_CLERK,
    AnsweringOffice,
    a_reply,
    body_of,
)


@pytest.fixture
def office(answering_office: AnsweringOffice) -> AnsweringOffice:
    return answering_office


def send_a_receipt(office: AnsweringOffice) -> str:
    """A mail to the town that the server took; returns its Message-ID."""
    key, now = "receipt:1", datetime.now(UTC)
    message_id = f"<kongchuo.{sha256(key.encode()).hexdigest()[:32]}@example.org>"
    raw = f"Message-ID: {message_id}\r\nTo: {TOWN_CLERK}\r\n\r\n.".encode()
    folder = office.config.parent
    store = Store.open(f"sqlite:///{folder / 'kongchuo.db'}", folder / "archive")
    store.outbox.queue(
        key=key, purpose="receipt", raw=raw, sender=OFFICER, recipients=(TOWN_CLERK,), when=now
    )
    assert store.outbox.mark_sending(key, (TOWN_CLERK,), now)
    assert store.outbox.mark_accepted(key, now, refused={}, retry_at=None, error=None)
    store.close()
    return message_id


def returned(message_id: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "postmaster@qq.com", OFFICER, "系统退信"
    mail["In-Reply-To"] = message_id
    mail.set_content(f"抱歉,您的邮件被退回来了。收件人 {TOWN_CLERK} 不存在。")
    return mail.as_bytes()


def addresses_asked_about(office: AnsweringOffice) -> list[str]:
    return [one["subject"] for one in office.questions().values() if one["kind"] == "address"]


def test_mail_that_came_back_is_a_question_in_the_digest_and_is_answered_by_mail(
    office: AnsweringOffice,
) -> None:
    message_id = send_a_receipt(office)
    assert addresses_asked_about(office) == []

    office.put(returned(message_id))
    office.poll()

    assert addresses_asked_about(office) == [TOWN_CLERK]
    number, digest = office.number("address"), office.digests()[OFFICER]
    assert f"问{number} 西沱镇的邮箱 {TOWN_CLERK}" in body_of(digest)

    office.put(a_reply(digest, f"{number} 不用更正 单位已撤并", quoted=body_of(digest)))
    office.poll()

    assert addresses_asked_about(office) == []
    assert [(kind, question) for kind, question, _ in office.decisions()] == [("settle", number)]


def test_a_corrected_roster_ends_the_question_unasked(office: AnsweringOffice) -> None:
    office.put(returned(send_a_receipt(office)))
    office.poll()
    assert addresses_asked_about(office) == [TOWN_CLERK]

    for roster in office.config.parent.rglob("*.csv"):
        roster.write_bytes(roster.read_bytes().replace(TOWN_CLERK.encode(), b"new@example.org"))

    assert addresses_asked_about(office) == []
