"""Reading processes that crash, hang or use too much memory lose only their own file."""

import contextlib
import os
import time

import pytest

from config.errors import WorkerError
from config.notice import Notice
from config.units.resolve_unit_names import UnitNames
from parsers.reader_pool import ReaderPool
from parsers.records import FileKind, ParsedFile
from tests.builders.clerk_files import mail, roll2, xlsx
from tests.builders.form_tables import NOTICE, ROSTER
from tests.builders.office_folder import an_office, run_kongchuo


def hostile(
    data: bytes,
    file_name: str,
    subject: str,
    notice: Notice,
    names: UnitNames,
    *,
    second_reader: bool = False,
    decided_form: str | None = None,
) -> ParsedFile:
    """Does what the data says; the second reader survives where the data says so."""
    if not (second_reader and b"once" in data):
        if b"abort" in data:
            os.abort()
        if b"sleep" in data:
            time.sleep(30)
        if b"swell" in data:
            bytearray(1 << 34)
        if b"raise" in data:
            raise KeyError(file_name)
    return ParsedFile(
        kind=FileKind.TEXT, outcome="ignored", reason=f"{file_name} {names.resolve('西沱') is not None}"
    )


@pytest.fixture(scope="module")
def pool():
    with ReaderPool([NOTICE], ROSTER, workers=1, seconds=1, megabytes=256, file_reader=hostile) as pool:
        yield pool


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"abort", "unreadable"), (b"raise", "unreadable"), (b"sleep", "too-large"), (b"swell", "too-large")],
)
def test_a_file_that_fells_both_readers_is_quarantined_with_a_reason(pool, data, code):
    reading = pool.submit(data, "坏.xlsx", "", NOTICE.id).result(timeout=30)

    assert (reading.outcome, reading.reason_code) == ("quarantined", code)
    assert reading.reason


@pytest.mark.parametrize("data", [b"abort once", b"raise once", b"swell once"])
def test_the_second_reader_stands_behind_the_first(pool, data):
    assert pool.submit(data, "坏.xlsx", "", NOTICE.id).result(timeout=30).outcome == "ignored"


def test_others_are_read_while_one_dies(pool):
    readings = [
        pool.submit(data, f"{n}.txt", "", NOTICE.id) for n, data in enumerate([b"a", b"abort", b"b", b"c"])
    ]

    assert [reading.result(timeout=30).outcome for reading in readings] == [
        "ignored",
        "quarantined",
        "ignored",
        "ignored",
    ]
    assert readings[0].result().reason == "0.txt True"


def test_what_is_too_big_is_not_even_tried(pool):
    assert (
        pool.submit(bytes(64_000_001), "大.xlsx", "", NOTICE.id).result(timeout=1).reason_code == "too-large"
    )


def test_a_file_that_waits_for_its_second_reader_is_answered_before_the_pool_closes():
    with ReaderPool([NOTICE], ROSTER, workers=1, seconds=5, megabytes=256, file_reader=hostile) as pool:
        reading = pool.submit(b"abort once", "坏.xlsx", "", NOTICE.id)

    assert reading.result(timeout=0).outcome == "ignored"


def test_an_error_in_the_block_leaves_no_file_waiting():
    readings = []

    with contextlib.suppress(KeyError), ReaderPool([NOTICE], ROSTER, workers=1, file_reader=hostile) as pool:
        readings += [pool.submit(data, "慢.xlsx", "", NOTICE.id) for data in (b"sleep", b"a", b"b")]
        raise KeyError

    assert all(reading.done() for reading in readings)


def no_start(*_: object) -> None:
    """Stands in for a worker that cannot start."""
    raise ImportError("a library is not installed")


def test_workers_that_do_not_start_are_our_fault_and_no_file_s(monkeypatch):
    monkeypatch.setattr("parsers.reader_pool._set_up_worker", no_start)

    with ReaderPool([NOTICE], ROSTER, workers=1, file_reader=hostile) as pool:
        reading = pool.submit(b"a", "好.xlsx", "", NOTICE.id)
        with pytest.raises(WorkerError, match="不是来件的问题"):
            reading.result(timeout=30)


def test_a_poll_whose_workers_do_not_start_leaves_the_mail_for_the_next_one(tmp_path, monkeypatch, capsys):
    config = an_office(tmp_path)
    (config.parent / "mail" / "1.eml").write_bytes(
        b"Received: from a by b; Sun, 24 Sep 2023 10:03:00 +0800\r\n"
        + mail({"附件2.xlsx": xlsx(roll2())}, subject="西沱镇小学附件2")
    )
    with monkeypatch.context() as broken:
        broken.setattr("parsers.reader_pool._set_up_worker", no_start)
        assert run_kongchuo(monkeypatch, "poll", "--config", config) == 3
    assert "不是来件的问题" in capsys.readouterr().err

    assert run_kongchuo(monkeypatch, "files", "--json", "--config", config) == 0
    assert "附件2" not in capsys.readouterr().out
    assert run_kongchuo(monkeypatch, "poll", "--config", config) in (0, 1)
    assert run_kongchuo(monkeypatch, "files", "--json", "--config", config) == 0
    assert "附件2" in capsys.readouterr().out
