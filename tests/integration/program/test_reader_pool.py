"""Reading processes that crash, hang or use too much memory lose only their own file, or their own mail."""

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config.errors import WorkerError
from parsers.reading.mail_journal import MailJournal
from parsers.reading.reader_pool import ReaderPool
from tests.builders.files.clerk_files import mail, roll2, xlsx
from tests.builders.offices.office_folder import an_office, run_kongchuo
from tests.builders.values.form_tables import NOTICE, ROSTER
from tests.integration.program.hostile_readers import (
    hostile,
    no_start,
    serve_with_bad_hands,
    slow_with_pictures,
)

ROOT = Path(__file__).parents[3]


def submit(pool: ReaderPool, *files: bytes):
    raw = mail({f"{number}.xlsx": data for number, data in enumerate(files)})
    return pool.submit(MailJournal.create([raw]), hashlib.sha256(raw).hexdigest(), NOTICE.id, {})


def readings(pool: ReaderPool, *files: bytes):
    return submit(pool, *files).result(timeout=60).readings


def outcomes(pool: ReaderPool, *files: bytes) -> list[str]:
    return [reading.outcome for reading in readings(pool, *files)]


@pytest.fixture(scope="module")
def pool():
    with ReaderPool([NOTICE], ROSTER, workers=1, seconds=3, megabytes=256, file_reader=hostile) as pool:
        yield pool


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"abort", "unreadable"),
        (b"kill", "unreadable"),
        (b"raise", "unreadable"),
        (b"sleep", "too-large"),
        (b"swell", "too-large"),
    ],
)
def test_a_file_that_fells_both_readers_is_quarantined_with_a_reason(pool, data, code):
    (reading,) = readings(pool, data)

    assert (reading.outcome, reading.reason_code) == ("quarantined", code)
    assert reading.reason


@pytest.mark.parametrize("data", [b"abort once", b"kill once", b"raise once", b"swell once"])
def test_the_second_reader_stands_behind_the_first(pool, data):
    assert outcomes(pool, data) == ["ignored"]


@pytest.mark.parametrize("bad", [b"abort", b"kill", b"raise", b"swell"])
def test_the_other_files_of_a_mail_are_read_though_one_fells_its_reader(pool, bad):
    assert outcomes(pool, b"a", bad, b"b", bad, b"c") == [
        "ignored",
        "quarantined",
        "ignored",
        "quarantined",
        "ignored",
    ]


def test_other_mails_are_read_while_one_dies(pool):
    answers = [submit(pool, data) for data in (b"a", b"abort", b"b", b"kill", b"c")]

    found = [reading.outcome for answer in answers for reading in answer.result(timeout=60).readings]
    assert found == ["ignored", "quarantined", "ignored", "quarantined", "ignored"]
    assert answers[0].result().readings[0].reason == "0.xlsx True"


def test_a_reader_that_the_kernel_killed_once_says_nothing_of_the_file(pool, tmp_path):
    assert outcomes(pool, f"first time:{tmp_path / 'mark'}:".encode()) == ["ignored"]
    assert (tmp_path / "mark").exists()


def test_what_is_beyond_the_time_of_a_mail_is_one_entry_that_says_how_many(pool):
    reading = submit(pool, *[b"slow %d" % number for number in range(20)]).result(timeout=60)

    *read, rest = reading.readings
    assert {each.outcome for each in read} == {"ignored"}
    assert 0 < len(read) < 19
    assert (rest.outcome, rest.reason_code) == ("quarantined", "too-large")
    assert f"还有{20 - len(read)}个没有读取" in rest.reason
    assert len(reading.parts.attachments) == len(reading.readings)


def test_what_is_too_big_is_not_even_tried():
    with ReaderPool([NOTICE], ROSTER, workers=1, file_reader=hostile) as pool:
        (reading,) = readings(pool, bytes(64_000_001))

    assert reading.reason_code == "too-large"


def test_a_reader_that_dies_while_it_waits_costs_nothing():
    with ReaderPool([NOTICE], ROSTER, workers=2, file_reader=hostile) as pool:
        assert outcomes(pool, b"a") == ["ignored"]
        for reader in pool._readers.copy():
            os.kill(reader.process.pid, signal.SIGKILL)
        assert outcomes(pool, b"b") == ["ignored"]
        for reader in pool._readers.copy():
            os.kill(reader.process.pid, signal.SIGKILL)
            reader.process.join()
        assert outcomes(pool, b"c") == ["ignored"]


def test_a_mail_that_waits_for_its_second_reader_is_answered_before_the_pool_closes():
    with ReaderPool([NOTICE], ROSTER, workers=1, megabytes=256, file_reader=hostile) as pool:
        answer = submit(pool, b"abort once")

    assert answer.result(timeout=0).readings[0].outcome == "ignored"


def test_an_error_in_the_block_leaves_no_mail_waiting():
    answers = []

    with contextlib.suppress(KeyError), ReaderPool([NOTICE], ROSTER, workers=1, file_reader=hostile) as pool:
        answers += [submit(pool, data) for data in (b"sleep", b"a", b"b")]
        raise KeyError

    assert all(answer.done() for answer in answers)


@pytest.mark.parametrize(
    ("body", "code"),
    [("swell", "too-large"), ("raise", "unreadable"), ("loop", "too-large"), ("die", "unreadable")],
)
def test_a_mail_that_cannot_be_taken_apart_is_quarantined_with_its_sender_subject_and_size(
    monkeypatch, body, code
):
    monkeypatch.setattr("parsers.reading.reader_pool.serve", serve_with_bad_hands)
    raw = mail({"a.xlsx": b"a"}, subject="西沱镇附件3", body=body)

    with ReaderPool([NOTICE], ROSTER, workers=1, seconds=2, megabytes=256, file_reader=hostile) as pool:
        reading = pool.submit(MailJournal.create([raw]), "ab" * 32, NOTICE.id, {}).result(timeout=60)

    (attachment,) = reading.parts.attachments
    assert (reading.parts.mail.head.subject, attachment.size, attachment.sha256) == (
        "西沱镇附件3",
        len(raw),
        "ab" * 32,
    )
    assert reading.parts.mail.head.sender
    assert [(each.outcome, each.reason_code) for each in reading.readings] == [("quarantined", code)]


def test_processes_that_cannot_be_asked_for_are_told_of_and_not_waited_for(tmp_path):
    program = """
import sys
from multiprocessing.util import get_temp_dir
from pathlib import Path
from config.errors import WorkerError
from parsers.reading.reader_pool import ReaderPool
from tests.builders.values.form_tables import NOTICE, ROSTER
from tests.integration.program.hostile_readers import hostile
from tests.integration.program.test_reader_pool import outcomes, submit

with ReaderPool([NOTICE], ROSTER, workers=1, file_reader=hostile) as pool:
    assert outcomes(pool, b"a") == ["ignored"]
for socket in Path(get_temp_dir()).glob("listener-*"):
    socket.unlink()  # as a cleaner of old files does
with ReaderPool([NOTICE], ROSTER, workers=1, file_reader=hostile) as pool:
    try:
        submit(pool, b"a").result(timeout=30)
    except WorkerError as error:
        print(error)
"""
    ended = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert "不是来件的问题" in ended.stdout, ended.stderr


def test_processes_that_do_not_start_are_our_fault_and_no_mail_s(monkeypatch):
    monkeypatch.setattr("parsers.reading.reader_pool.serve", no_start)

    with ReaderPool([NOTICE], ROSTER, workers=1, file_reader=hostile) as pool:
        answer = submit(pool, b"a")
        with pytest.raises(WorkerError, match="不是来件的问题"):
            answer.result(timeout=60)


def test_a_poll_whose_workers_do_not_start_leaves_the_mail_for_the_next_one(tmp_path, monkeypatch, capsys):
    config = an_office(tmp_path)
    (config.parent / "mail" / "1.eml").write_bytes(
        b"Received: from a by b; Sun, 24 Sep 2023 10:03:00 +0800\r\n"
        + mail({"附件2.xlsx": xlsx(roll2())}, subject="西沱镇小学附件2")
    )
    with monkeypatch.context() as broken:
        broken.setattr("parsers.reading.reader_pool.serve", no_start)
        assert run_kongchuo(monkeypatch, "poll", "--config", config) == 3
    assert "不是来件的问题" in capsys.readouterr().err

    assert run_kongchuo(monkeypatch, "files", "--json", "--config", config) == 0
    assert "附件2" not in capsys.readouterr().out
    assert run_kongchuo(monkeypatch, "poll", "--config", config) in (0, 1)
    assert run_kongchuo(monkeypatch, "files", "--json", "--config", config) == 0
    assert "附件2" in capsys.readouterr().out


def test_pictures_are_read_after_all_files_and_cost_them_nothing():
    files = [b"picture that hangs", b"form", b"picture", b"form"]
    with ReaderPool([NOTICE], ROSTER, workers=1, seconds=3, file_reader=slow_with_pictures) as pool:
        found = readings(pool, *files)

    assert [reading.outcome for reading in found] == ["evidence", "ignored", "evidence", "ignored"]
    assert found[0].reason == "None"


def test_pictures_beyond_their_time_are_listed_each():
    with ReaderPool([NOTICE], ROSTER, workers=1, seconds=3, file_reader=slow_with_pictures) as pool:
        found = readings(pool, *[b"picture %d" % number for number in range(40)], b"form")

    assert [reading.outcome for reading in found] == [*["evidence"] * 40, "ignored"]
    assert found[0].reason == "('words',)"
    assert found[39].reason == "None"


def test_a_file_that_takes_too_long_is_said_to_be_too_large_whatever_the_other_reader_says(pool):
    (reading,) = readings(pool, b"sleep once unreadable")

    assert reading.reason_code == "too-large"
