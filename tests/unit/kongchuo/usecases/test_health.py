import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.errors import MailboxError, MailboxLoginError
from kongchuo.office import open_office
from kongchuo.usecases.health import Health, assess_service
from kongchuo.usecases.polling import back_off_after
from tests.builders.offices.office_folder import an_office, open_store, put_mail, run_kongchuo

POLLED = datetime(2023, 9, 25, 2, 0, 20, tzinfo=UTC)  # polls are due every ten minutes


def assess(config: Path, now: datetime) -> Health:
    with open_office(config) as office:
        return assess_service(office, now)


def with_poll(config: Path, when: datetime = POLLED) -> Path:
    with open_store(config) as store:
        store.jobs.record_success("poll", "main", when)
    return config


def with_queued_mail(config: Path, when: datetime = POLLED) -> Path:
    with open_store(config) as store:
        store.outbox.queue(key="k", purpose="receipt", raw=b"x", sender="s", recipients=("r",), when=when)
    return config


@pytest.mark.parametrize(("minutes", "red"), [(1, False), (11, False), (19, False), (21, True), (90, True)])
def test_it_is_red_within_two_missed_polls(tmp_path: Path, minutes: int, red: bool) -> None:
    config = with_poll(an_office(tmp_path))

    assert bool(assess(config, POLLED + timedelta(minutes=minutes)).faults) == red


def test_a_mailbox_that_fails_is_red_with_its_reason_after_two_polls(tmp_path: Path) -> None:
    config = with_poll(an_office(tmp_path))
    with open_store(config) as store:
        for minutes in (10, 20):
            store.jobs.record_failure("poll", "main", POLLED + timedelta(minutes=minutes), "授权码不对", None)

    health = assess(config, POLLED + timedelta(minutes=21))

    assert (health.mailboxes[0].failures, health.mailboxes[0].last_good_poll) == (2, POLLED)
    assert "授权码不对" in health.faults[0]


def test_a_long_poll_at_work_is_no_missed_poll(tmp_path: Path) -> None:
    config = with_poll(an_office(tmp_path), datetime.now(UTC) - timedelta(hours=1))
    with open_store(config) as store, store.jobs.hold_lease("ingest"):
        busy = assess(config, datetime.now(UTC))
    after = assess(config, datetime.now(UTC))

    assert (busy.polling, busy.faults) == (True, ())
    assert after.faults


def test_what_waits_for_a_person_in_the_outbox_is_red(tmp_path: Path) -> None:
    config = with_queued_mail(with_poll(an_office(tmp_path)))
    with open_store(config) as store:
        store.outbox.mark_failed("k", None, "550", POLLED)

    health = assess(config, POLLED)

    assert (health.held, health.waiting) == (1, 0)
    assert "kongchuo outbox" in health.faults[0]


@pytest.mark.parametrize(("hours", "red"), [(1, False), (3, True)])
def test_a_mail_that_is_due_and_does_not_go_is_stuck(tmp_path: Path, hours: int, red: bool) -> None:
    config = with_queued_mail(an_office(tmp_path))
    now = POLLED + timedelta(hours=hours)
    with_poll(config, now)

    assert bool(assess(config, now).faults) == red


@pytest.mark.parametrize(("hours", "red"), [(23, False), (26, True)])
def test_a_digest_that_did_not_come_is_red(tmp_path: Path, hours: int, red: bool) -> None:
    config = an_office(tmp_path, 1)
    eight = datetime(2023, 9, 25, 0, 0, 5, tzinfo=UTC)  # 08:00 at the office
    with open_store(config) as store:
        store.jobs.record_success("digest", "", eight)
    now = eight + timedelta(hours=hours)
    with_poll(config, now)

    assert bool(assess(config, now).faults) == red


def test_backlog_and_quarantine_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = an_office(tmp_path)
    (tmp_path / "mail" / "1.eml").write_bytes(
        b"From: a@example.net\r\nReceived: from x by y; Sun, 24 Sep 2023 10:03:00 +0800\r\n"
        b'Content-Type: application/octet-stream; name="a.xlsx"\r\n'
        b'Content-Disposition: attachment; filename="a.xlsx"\r\n\r\nnot a workbook\r\n'
    )
    run_kongchuo(monkeypatch, "poll", "--config", config)

    health = assess(config, datetime.now(UTC))

    assert (health.backlog, health.quarantined) == (0, 1)
    assert health.oldest_quarantined == datetime(2023, 9, 24, 2, 3, tzinfo=UTC)


def test_the_command_says_it_in_json_and_by_its_exit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = an_office(tmp_path)
    put_mail(config, "1.eml", "您好")

    never = run_kongchuo(monkeypatch, "health", "--config", config, "--json")
    told = json.loads(capsys.readouterr().out)
    run_kongchuo(monkeypatch, "poll", "--config", config)
    well = run_kongchuo(monkeypatch, "health", "--config", config)

    assert (never, told["ok"], well) == (1, False, 0)
    assert told["mailboxes"][0]["last_good_poll"] is None


def test_a_store_out_of_reach_is_exit_3_in_json_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = an_office(tmp_path)
    (tmp_path / "kongchuo.db").write_bytes(b"no database at all" * 100)

    code = run_kongchuo(monkeypatch, "health", "--config", config, "--json")

    assert code == 3
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_a_refused_login_rests_at_once_and_a_broken_line_only_after_three() -> None:
    refused, broken = MailboxLoginError("x"), MailboxError("x")

    assert [back_off_after(n, refused) for n in (1, 2, 9)] == [
        timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=2),
    ]  # fmt: skip
    assert [back_off_after(n, broken) for n in (1, 2, 3, 4, 9)] == [
        None, None, timedelta(minutes=10), timedelta(minutes=20), timedelta(hours=2),
    ]  # fmt: skip
