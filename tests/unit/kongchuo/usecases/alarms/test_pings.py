"""Pings to a monitor on loopback, as healthchecks takes them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from kongchuo.demo.mail_servers import free_port
from kongchuo.service.jobs import JOBS, run_job
from kongchuo.usecases.alarms.pings import Ping, send_ping
from tests.builders.offices.office_folder import an_office

JOB = {job.name: job for job in JOBS}


@dataclass
class Monitor:
    """What a monitor was told."""

    port: int = 0
    status: int = 200
    taken: list[tuple[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/ping/abc"


@contextmanager
def monitor(status: int = 200) -> Iterator[Monitor]:
    told = Monitor(status=status)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            told.taken.append((self.path, body))
            self.send_response(told.status)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Says nothing on stderr."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        told.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join(10)


def test_a_ping_says_start_success_or_fail_by_its_path() -> None:
    with monitor() as told:
        assert all(send_ping(told.url, ping) for ping in Ping)
        assert send_ping(f"{told.url}/?rid=1", Ping.FAIL, "邮箱没有收成")

    assert told.taken == [
        ("/ping/abc/start", ""), ("/ping/abc", ""), ("/ping/abc/fail", ""), ("/ping/abc/fail?rid=1", "邮箱没有收成"),
    ]  # fmt: skip


def test_a_monitor_that_fails_or_is_away_harms_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with monitor(status=500) as told:
        assert not send_ping(told.url, Ping.SUCCESS)
    assert len(told.taken) == 2
    assert not send_ping(f"http://127.0.0.1:{free_port()}/secret-uuid", Ping.SUCCESS)
    assert not send_ping(None, Ping.SUCCESS)
    assert "secret-uuid" not in caplog.text


def an_office_with_monitor(folder: Path, url: str) -> Path:
    config = an_office(folder)
    config.write_text(f'{config.read_text("utf-8")}\n[alarms]\nping = "{url}"\n', "utf-8")
    return config


def test_a_poll_is_told_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    with monitor() as told:
        run_job(JOB["poll"], an_office_with_monitor(tmp_path, told.url))

    assert [path for path, _ in told.taken] == ["/ping/abc/start", "/ping/abc"]


def test_a_poll_that_does_not_come_off_is_a_failure(tmp_path: Path) -> None:
    with monitor() as told:
        config = an_office_with_monitor(tmp_path, told.url)
        (tmp_path / "mail").rmdir()

        for _ in range(3):
            run_job(JOB["poll"], config)

    assert told.taken[1][0] == "/ping/abc/fail" or told.taken[-1][0] == "/ping/abc/fail"
    assert told.taken[-1][1] != ""
