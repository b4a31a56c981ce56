import os
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from config.errors import MailboxError
from ingest.sources import mail_folder
from ingest.sources.mail_folder import FolderSource
from ingest.sources.received_header import arrival_time
from ingest.sources.source import FolderView, KnownMail

PLAIN = b"From: a@example.org\nSubject: x\n\nhello\n"
HOPS = (
    b"Received: from b by c; Mon, 25 Sep 2023 23:59:30 +0800 (CST)\n"
    b"Received: from a\n by b;\n Mon, 25 Sep 2023 20:00:00 +0800\n"
    b"Date: Thu, 1 Jan 1970 00:00:00 +0000\n\nx\n"
)


def taken(path):
    with FolderSource("main", path) as source:
        return [message for batch in source.batches(KnownMail()) for message in batch.messages]


def test_the_newest_hop_is_the_arrival_and_the_date_header_is_not_asked():
    assert arrival_time(HOPS) == datetime(2023, 9, 25, 15, 59, 30, tzinfo=UTC)


def test_a_head_of_millions_of_lines_is_not_held(tmp_path):
    folded = b"Subject: a" + b"\r\n a" * 1_000_000
    (tmp_path / "a.eml").write_bytes(HOPS.partition(b"Date:")[0] + folded + b"\r\n\r\nx\r\n")
    source = FolderSource("main", tmp_path)

    tracemalloc.start()
    ((received_at, _, _),) = source._files_to_read(KnownMail())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert received_at == datetime(2023, 9, 25, 15, 59, 30, tzinfo=UTC)
    assert peak < 20_000_000


def test_without_hops_the_file_s_time_is_the_arrival(tmp_path):
    (tmp_path / "a.eml").write_bytes(PLAIN)
    os.utime(tmp_path / "a.eml", (1_695_600_000, 1_695_600_000))

    assert [m.received_at for m in taken(tmp_path)] == [datetime.fromtimestamp(1_695_600_000, UTC)]


def test_a_maildir_gives_what_is_in_cur_and_new_only(tmp_path):
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1.M1.host:2,S").write_bytes(PLAIN + folder.encode())

    assert sorted(m.raw[-3:] for m in taken(tmp_path)) == [b"cur", b"new"]


def test_a_folder_gives_its_eml_files_at_any_depth(tmp_path):
    (tmp_path / "九月").mkdir()
    (tmp_path / "九月" / "a.EML").write_bytes(PLAIN)
    (tmp_path / "note.txt").write_bytes(PLAIN)

    assert [m.raw for m in taken(tmp_path)] == [PLAIN]


def test_messages_come_by_arrival_whatever_the_times_of_their_files(tmp_path):
    for number, hour in enumerate((15, 9, 12)):
        file = tmp_path / f"{number}.eml"
        file.write_bytes(b"Received: from a by b; Mon, 25 Sep 2023 %02d:00:00 +0800\n\nx\n" % hour)
        os.utime(file, (1_700_000_000 + number, 1_700_000_000 + number))

    assert [m.received_at.hour for m in taken(tmp_path)] == [9, 12, 15]


def test_a_hop_with_an_impossible_time_is_passed_over():
    assert arrival_time(b"Received: from c by d; Fri, 31 Dec 9999 23:59:59 -0800\n" + HOPS) == arrival_time(
        HOPS
    )


def test_a_message_keeps_its_number_when_a_mail_program_has_seen_it(tmp_path):
    for folder in ("cur", "new"):
        (tmp_path / folder).mkdir()
    (tmp_path / "new" / "1.M1.host").write_bytes(PLAIN)
    before = [m.uid for m in taken(tmp_path)]
    (tmp_path / "new" / "1.M1.host").rename(tmp_path / "cur" / "1.M1.host:2,S")

    assert [m.uid for m in taken(tmp_path)] == before


def seen(*uids):
    return KnownMail(find_seen=lambda _, asked: frozenset(uids) & frozenset(asked))


def numbers(path, known):
    with FolderSource("main", path) as source:
        return [message.uid for batch in source.batches(known) for message in batch.messages]


def test_a_file_that_was_seen_is_not_opened_again(tmp_path, monkeypatch):
    (tmp_path / "a.eml").write_bytes(PLAIN)
    first = numbers(tmp_path, KnownMail())
    monkeypatch.setattr(mail_folder, "arrival_time", lambda _: pytest.fail("the file was opened"))

    assert numbers(tmp_path, seen(*first)) == []


def test_a_file_that_was_written_anew_is_taken_again(tmp_path):
    (tmp_path / "a.eml").write_bytes(PLAIN)
    first = numbers(tmp_path, KnownMail())
    (tmp_path / "a.eml").write_bytes(PLAIN + b"more")

    (again,) = numbers(tmp_path, seen(*first))
    assert again not in first


def test_damaged_mail_is_taken_again_and_a_comparison_takes_everything(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.eml").write_bytes(PLAIN + name.encode())
    one, other = numbers(tmp_path, KnownMail())
    known = seen(one, other)

    assert numbers(tmp_path, replace(known, due={0: frozenset({other})})) == [other]
    assert sorted(numbers(tmp_path, replace(known, compare=True))) == sorted((one, other))


def test_only_a_comparison_says_that_all_was_compared(tmp_path):
    (tmp_path / "a.eml").write_bytes(PLAIN)
    with FolderSource("main", tmp_path) as source:
        list(source.batches(KnownMail()))
        assert source.view() is None
        list(source.batches(KnownMail(compare=True)))
        assert source.view() == FolderView(uidvalidity=0, exists=None, compared=True)


def test_a_file_that_is_moved_away_during_the_pass_does_not_end_it(tmp_path):
    for number in range(60):
        (tmp_path / f"{number:02}.eml").write_bytes(PLAIN)
        os.utime(tmp_path / f"{number:02}.eml", (1_695_600_000 + number,) * 2)
    with FolderSource("main", tmp_path) as source:
        batches = source.batches(KnownMail())
        next(batches)
        (tmp_path / "55.eml").unlink()

        assert len(next(batches).messages) == 9


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(MailboxError, match="不存在"):
        taken(tmp_path / "nowhere")


def test_a_batch_is_bounded_by_the_bytes_that_it_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(mail_folder, "BYTES_PER_BATCH", 1000)
    sizes = (400, 400, 400, 400, 1001, 5000, 40)
    for number, size in enumerate(sizes):
        (tmp_path / f"{number}.eml").write_bytes(PLAIN.ljust(size))
        os.utime(tmp_path / f"{number}.eml", (1_695_600_000 + number,) * 2)

    with FolderSource("main", tmp_path) as source:
        batches = [
            (batch.remaining, [m.raw if isinstance(m.raw, bytes) else m.raw.read() for m in batch.messages])
            for batch in source.batches(KnownMail())
        ]

    assert [[len(raw) for raw in messages] for _, messages in batches] == [
        [400, 400, 400],
        [400, 1001, 5000, 40],
    ]
    assert [remaining for remaining, _ in batches] == [4, 0]


def test_what_is_too_long_to_be_held_is_open_until_the_next_batch(tmp_path, monkeypatch):
    monkeypatch.setattr(mail_folder, "BYTES_PER_BATCH", 1000)
    (tmp_path / "a.eml").write_bytes(PLAIN.ljust(5000))

    with FolderSource("main", tmp_path) as source:
        batches = source.batches(KnownMail())
        (message,) = next(batches).messages
        file = message.raw
        assert not isinstance(file, bytes)
        assert not file.closed
        assert next(batches, None) is None

    assert file.closed
