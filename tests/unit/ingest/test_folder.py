import os
from datetime import UTC, datetime

import pytest

from config.errors import MailboxError
from ingest.folder import FolderSource, arrival

PLAIN = b"From: a@example.org\nSubject: x\n\nhello\n"
HOPS = (
    b"Received: from b by c; Mon, 25 Sep 2023 23:59:30 +0800 (CST)\n"
    b"Received: from a\n by b;\n Mon, 25 Sep 2023 20:00:00 +0800\n"
    b"Date: Thu, 1 Jan 1970 00:00:00 +0000\n\nx\n"
)


def taken(path):
    with FolderSource("main", path) as source:
        return [message for batch in source.batches({}) for message in batch.messages]


def test_the_newest_hop_is_the_arrival_and_the_date_header_is_not_asked():
    assert arrival(HOPS) == datetime(2023, 9, 25, 15, 59, 30, tzinfo=UTC)


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


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(MailboxError, match="不存在"):
        taken(tmp_path / "nowhere")
