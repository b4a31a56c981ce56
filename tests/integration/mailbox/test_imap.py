"""The IMAP source against a real Dovecot over TLS."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from ssl import create_default_context
from zoneinfo import ZoneInfo

import pytest
from imapclient import IMAPClient, imap_utf7

from config.errors import MailboxError
from ingest.sources.imap import ImapSource
from ingest.sources.source import KnownMail
from store.archive import Blob
from tests.builders.servers.dovecot import PASSWORD, dovecot

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2023, 9, 20, 8, tzinfo=ZONE)


def mail(number: int, size: int = 100) -> bytes:
    return f"From: a@example.org\r\nSubject: {number}\r\n\r\n{'x' * size}\r\n".encode()


@pytest.fixture(scope="module")
def server():
    with dovecot() as server:
        for number in range(120):
            server.deliver(
                mail(number, 2_000_000 if number == 60 else 100), START + timedelta(minutes=number)
            )
        yield server


def fetched(server, watermarks=None, password=PASSWORD, **changes):
    with ImapSource(server.mailbox.model_copy(update=changes), password, zone=ZONE) as source:
        return list(source.batches(KnownMail(watermarks=watermarks or {})))


def test_every_message_comes_with_its_bytes_and_its_instant(server):
    with ImapSource(server.mailbox, PASSWORD, zone=ZONE) as source:
        messages = [
            (bytes_of(message.raw), message.received_at)
            for batch in source.batches(KnownMail())
            for message in batch.messages
        ]

    assert messages == [
        (mail(n, 2_000_000 if n == 60 else 100), (START + timedelta(minutes=n)).astimezone(UTC))
        for n in range(120)
    ]


def bytes_of(raw: Blob) -> bytes:
    """What a message holds; a long one is a file until its batch was taken in."""
    if isinstance(raw, bytes):
        return raw
    raw.seek(0)
    return raw.read()


def test_what_lies_below_the_watermark_is_not_fetched_again(server):
    batches = fetched(server)
    mark = {batches[0].uidvalidity: batches[0].watermark}

    assert sum(len(batch.messages) for batch in fetched(server, mark)) == 120 - len(batches[0].messages)
    assert fetched(server, {batches[0].uidvalidity: batches[-1].watermark}) == []


def test_batches_count_down(server):
    remaining = [batch.remaining for batch in fetched(server)]

    assert remaining == sorted(remaining, reverse=True)
    assert remaining[-1] == 0


def test_nothing_in_the_mailbox_is_changed(server):
    fetched(server)

    box = server.mailbox
    with IMAPClient(
        box.host, box.port, ssl_context=create_default_context(cafile=str(box.ca_file))
    ) as client:
        client.login(box.username, PASSWORD)
        client.select_folder("INBOX", readonly=True)
        flags = client.get_flags(client.search("ALL"))
    assert all(b"\\Seen" not in found for found in flags.values())


def test_a_new_numbering_is_read_from_its_start():
    with dovecot() as server:
        server.deliver(mail(1), START)
        (before,) = fetched(server)
        server.renumber()
        (after,) = fetched(server, {before.uidvalidity: before.watermark})

    assert after.uidvalidity != before.uidvalidity
    assert [m.raw for m in after.messages] == [mail(1)]


def test_a_folder_with_a_chinese_name_is_read():
    with dovecot() as server:
        server.deliver(mail(1), START, folder="." + imap_utf7.encode("附件收集").decode())
        (batch,) = fetched(server, folder="附件收集")

    assert [m.raw for m in batch.messages] == [mail(1)]


def test_a_line_that_becomes_encrypted_gives_the_same_mail(server):
    batches = fetched(server, port=server.plain_port, security="starttls")

    assert sum(len(batch.messages) for batch in batches) == 120


def test_a_line_that_becomes_encrypted_is_not_trusted_blindly(server):
    with pytest.raises(MailboxError, match="证书不可信"):
        fetched(server, port=server.plain_port, security="starttls", ca_file=None)


@pytest.mark.parametrize(
    ("changes", "password", "says"),
    [
        ({}, "wrong", "授权码"),
        ({"port": 1}, PASSWORD, "连不上"),
        ({"host": "nowhere.invalid"}, PASSWORD, "(?:没有|查不到) nowhere.invalid"),
        ({"ca_file": None}, PASSWORD, "证书不可信"),
        ({"host": "127.0.0.1"}, PASSWORD, "证书不可信"),
        ({"host": "imap..example"}, PASSWORD, "没有 imap..example 这个服务器"),
        ({"ca_file": Path("/nowhere.pem")}, PASSWORD, "ca_file"),
        ({"folder": "没有的"}, PASSWORD, "没有的"),
    ],
)
def test_each_fault_has_its_own_sentence(server, changes, password, says):
    with pytest.raises(MailboxError, match=says):
        fetched(server, None, password, **changes)
