import logging
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import load_settings
from ingest.pipeline import LEASE
from kongchuo.demo.servers import mail_sink
from kongchuo.service import _digest, _guarded, _poll
from store import Store
from tests.unit.kongchuo.offices import a_mail, an_office


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "kongchuo")
    return caplog


def test_a_turn_polls_and_tells_what_came(tmp_path: Path, told: pytest.LogCaptureFixture) -> None:
    config = an_office(tmp_path)
    a_mail(config, "1.eml", "您好")

    _poll(config)

    assert "新邮件1封" in told.text


def test_a_turn_sends_what_waits_in_the_outbox(tmp_path: Path) -> None:
    with mail_sink() as sink:
        config = an_office(tmp_path, sink.port)
        store = open_store(config)
        store.queue_mail(
            key="digest:x", purpose="digest", raw=b"Subject: x\r\n\r\nx\r\n", sender="office@example.org",
            recipients=("office@example.org",), when=datetime(2023, 9, 25, tzinfo=UTC),
        )  # fmt: skip
        store.close()

        _poll(config)

    assert len(sink.messages) == 1


def test_a_turn_mails_the_digest(tmp_path: Path, told: pytest.LogCaptureFixture) -> None:
    with mail_sink() as sink:
        _digest(an_office(tmp_path, sink.port))

    assert len(sink.messages) == 1
    assert "发出1封" in told.text


def test_a_poll_by_hand_meanwhile_makes_the_turn_pass(tmp_path: Path, told: pytest.LogCaptureFixture) -> None:
    config = an_office(tmp_path)
    by_hand = (
        "import sys; from pathlib import Path; from tests.unit.kongchuo.test_service import open_store\n"
        f"with open_store(Path(sys.argv[1])).lease({LEASE!r}):\n  print(flush=True); sys.stdin.read()"
    )

    with subprocess.Popen(
        [sys.executable, "-c", by_hand, str(config)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        _guarded("收信", _poll)(config)
        process.communicate()

    assert "收信跳过" in told.text


def test_a_turn_that_fails_is_told_and_the_service_goes_on(
    tmp_path: Path, told: pytest.LogCaptureFixture
) -> None:
    config = an_office(tmp_path)
    (tmp_path / "mail").rmdir()

    _guarded("收信", _poll)(config)

    assert "收信失败" in told.text


def test_a_bug_is_told_and_the_service_goes_on(tmp_path: Path, told: pytest.LogCaptureFixture) -> None:
    def broken(config: Path | None) -> None:
        raise ZeroDivisionError

    _guarded("收信", broken)(tmp_path)

    assert "收信出错" in told.text


def test_the_service_stops_when_told_to(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "kongchuo", "run", "--config", str(an_office(tmp_path))],
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    with process:
        assert process.stderr is not None
        assert "已启动" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()

    assert process.returncode == 0
    assert rest.rstrip().endswith("已停止")


def open_store(config: Path) -> Store:
    settings = load_settings(config)
    return Store.open(settings.store.url, settings.store.archive)
