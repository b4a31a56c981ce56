import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from config.settings import load_settings
from ingest.pipeline import INGEST_LEASE
from kongchuo.demo.mail_servers import free_port, mail_sink
from kongchuo.mail_sources import sources_of
from kongchuo.office import Office, open_office
from kongchuo.service.jobs import JOBS, _is_overdue, run_job
from kongchuo.usecases.polling import poll_office
from store.jobs.job_status import JobStatus
from tests.builders.offices.office_folder import an_office, open_store, put_mail

JOB = {job.name: job for job in JOBS}


@pytest.fixture
def log_events() -> Iterator[list[structlog.typing.EventDict]]:
    with structlog.testing.capture_logs() as events:
        yield events


def events_text(log_events: list[structlog.typing.EventDict]) -> str:
    return " ".join(f"{event}" for event in log_events)


def job_statuses(config: Path) -> dict[tuple[str, str], JobStatus]:
    with open_store(config) as store:
        return {(pulse.job, pulse.subject): pulse for pulse in store.jobs.statuses()}


def test_a_turn_polls_and_tells_what_came(
    tmp_path: Path, log_events: list[structlog.typing.EventDict]
) -> None:
    config = an_office(tmp_path)
    put_mail(config, "1.eml", "您好")

    run_job(JOB["poll"], config)

    assert log_events[0]["new_messages"] == 1
    assert job_statuses(config)["poll", "main"].done_at is not None


def test_a_turn_sends_what_waits_in_the_outbox(tmp_path: Path) -> None:
    with mail_sink() as sink:
        config = an_office(tmp_path, sink.port)
        queue(config)

        run_job(JOB["outbox"], config)

    assert len(sink.messages) == 1


def test_the_digest_is_queued_and_then_sent(
    tmp_path: Path, log_events: list[structlog.typing.EventDict]
) -> None:
    with mail_sink() as sink:
        config = an_office(tmp_path, sink.port)
        run_job(JOB["digest"], config)
        run_job(JOB["outbox"], config)
        run_job(JOB["digest"], config)
        run_job(JOB["outbox"], config)

    assert len(sink.messages) == 1
    assert "'sent': 1" in events_text(log_events)


def test_units_are_answered_and_reminded_only_where_that_is_turned_on(tmp_path: Path) -> None:
    config = an_office(tmp_path, free_port())
    settings = load_settings(config)
    turned_on = settings.model_copy(update={"units": settings.units.model_copy(update={"reminders": True})})

    assert not JOB["reminders"].is_enabled(settings)
    assert JOB["reminders"].is_enabled(turned_on)
    run_job(JOB["reminders"], config)
    assert job_statuses(config)["reminders", ""].error is None


def test_a_poll_by_hand_meanwhile_makes_the_turn_pass(
    tmp_path: Path, log_events: list[structlog.typing.EventDict]
) -> None:
    config = an_office(tmp_path)
    by_hand = (
        "import sys; from pathlib import Path; from tests.builders.offices.office_folder import open_store\n"
        f"with open_store(Path(sys.argv[1])) as store, store.jobs.hold_lease({INGEST_LEASE!r}):\n"
        "  print(flush=True); sys.stdin.read()"
    )

    with subprocess.Popen(
        [sys.executable, "-P", "-c", by_hand, str(config)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        run_job(JOB["poll"], config)
        process.communicate()

    assert log_events[0]["event"] == "收信跳过"
    assert "正在收信" in log_events[0]["why"]


def test_a_turn_that_fails_is_told_and_written_down(
    tmp_path: Path, log_events: list[structlog.typing.EventDict]
) -> None:
    config = an_office(tmp_path)
    (tmp_path / "mail").rmdir()

    run_job(JOB["poll"], config)

    assert log_events[0]["event"] == "收信失败"
    assert job_statuses(config)["poll", "main"].failures == 1


def test_a_bug_is_told_without_its_words_and_the_service_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(office: Office) -> None:
        raise ZeroDivisionError("张三 509999201001011234")

    config = an_office(tmp_path)
    run_job(replace(JOB["poll"], run=broken), config)

    assert job_statuses(config)["poll", ""].error == "程序出错(ZeroDivisionError)"


def test_a_mailbox_that_fails_again_and_again_is_left_alone_for_a_while(
    tmp_path: Path, log_events: list[structlog.typing.EventDict]
) -> None:
    config = an_office(tmp_path)
    (tmp_path / "mail").rmdir()
    for _ in range(3):
        run_job(JOB["poll"], config)
    (tmp_path / "mail").mkdir()
    run_job(JOB["poll"], config)
    failed_status = job_statuses(config)["poll", "main"]

    with open_office(config) as office:
        poll_office(office, sources_of(office.settings))  # a person who asks for it gets it
    good_status = job_statuses(config)["poll", "main"]

    assert failed_status.failures == 3
    assert failed_status.hold_until is not None
    assert "暂停收信" in events_text(log_events)
    assert (good_status.failures, good_status.hold_until) == (0, None)


def test_a_mail_server_out_of_reach_is_not_knocked_every_minute(tmp_path: Path) -> None:
    config = an_office(tmp_path, free_port())
    for number in range(4):
        queue(config, f"k{number}")
        run_job(JOB["outbox"], config)

    with open_store(config) as store:
        assert [mail.attempts for mail in store.outbox.mails()] == [1, 1, 1, 0]


@pytest.mark.parametrize(("hours", "late"), [(1, False), (25, True)])
def test_a_digest_whose_time_passed_while_nothing_ran_is_made_up_for(
    tmp_path: Path, hours: int, late: bool
) -> None:
    eight = datetime(2023, 9, 25, 0, 0, tzinfo=UTC)  # 08:00 at the office
    config = an_office(tmp_path, 1)
    with open_office(config) as office:
        assert not _is_overdue(office, JOB["digest"], eight)
        office.store.jobs.record_success("digest", "", eight)

        assert _is_overdue(office, JOB["digest"], eight + timedelta(hours=hours)) == late


def test_the_service_polls_at_once_and_stops_when_told_to(tmp_path: Path) -> None:
    config = an_office(tmp_path)
    put_mail(config, "1.eml", "您好")
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "kongchuo", "run", "--config", str(config)],
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    with process:
        assert process.stderr is not None
        started = process.stderr.readline()
        while "收信 new_messages=1" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()

    assert "已启动" in started
    assert process.returncode == 0
    assert rest.rstrip().endswith("已停止")


def queue(config: Path, key: str = "digest:x") -> None:
    with open_store(config) as store:
        store.outbox.queue(
            key=key, purpose="digest", raw=b"Subject: x\r\n\r\nx\r\n", sender="office@example.org",
            recipients=("office@example.org",), when=datetime(2023, 9, 25, tzinfo=UTC),
        )  # fmt: skip


def entries(config: Path) -> list[tuple[str, str | None]]:
    with open_store(config) as store:
        return [(entry.what, entry.door) for entry in store.audit.entries()]


def test_the_service_writes_down_the_first_login_of_a_day_and_a_person_each(tmp_path: Path) -> None:
    config = an_office(tmp_path)
    put_mail(config, "1.eml", "您好")

    run_job(JOB["poll"], config)
    run_job(JOB["poll"], config)
    with open_office(config) as office:
        poll_office(office, sources_of(office.settings))

    assert entries(config) == [("login mailbox main", "service"), ("login mailbox main", "terminal")]


def test_the_login_to_the_mail_server_is_written_down(tmp_path: Path) -> None:
    with mail_sink() as sink:
        config = an_office(tmp_path, sink.port)
        queue(config)

        run_job(JOB["outbox"], config)

    assert entries(config) == [("login smtp 127.0.0.1", "service")]


def test_a_queued_digest_is_written_down_with_its_recipients(tmp_path: Path) -> None:
    config = an_office(tmp_path, free_port())

    run_job(JOB["digest"], config)
    run_job(JOB["digest"], config)

    [(what, door)] = entries(config)
    assert what.startswith("mail digest:")
    assert "@" in what
    assert door == "service"


def test_a_login_that_the_mail_server_refuses_is_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise smtplib.SMTPAuthenticationError(535, b"authentication failed")

    monkeypatch.setattr("notify.mail.smtp._login", refuse)
    with mail_sink() as sink:
        config = an_office(tmp_path, sink.port)
        queue(config)

        run_job(JOB["outbox"], config)

    assert entries(config) == [("login smtp 127.0.0.1 refused", "service")]
