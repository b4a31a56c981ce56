"""What the administrator is told of, and from when on."""

import shutil
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.errors import MailboxError
from kongchuo.demo.mail_servers import free_port
from kongchuo.office import open_office
from kongchuo.usecases.alarms.find_alarms import FAILURES_OF_A_NEW_MAILBOX, Alarm, find_alarms
from kongchuo.usecases.polling import BACKUP_JOB, POLL_JOB, record_failure
from store.drafts import Arrival
from tests.builders.offices.office_folder import an_office

NOW = datetime(2026, 9, 25, 4, tzinfo=UTC)
DISK = namedtuple("DISK", "total used free")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    made = an_office(tmp_path, free_port())
    (tmp_path / "archive").mkdir()
    return made


def alarms(config: Path, now: datetime = NOW) -> dict[str, Alarm]:
    with open_office(config) as office:
        return {alarm.key: alarm for alarm in find_alarms(office, now)}


def test_an_office_that_has_not_begun_alarms_nobody(config: Path) -> None:
    assert alarms(config) == {}


@pytest.mark.parametrize(("hours", "is_told"), [(5.9, False), (6, True), (50, True)])
def test_a_mailbox_that_was_not_read_for_hours(config: Path, hours: float, is_told: bool) -> None:
    with open_office(config) as office:
        office.store.jobs.record_success(POLL_JOB, "main", NOW - timedelta(hours=hours))

    assert ("poll:main" in alarms(config)) is is_told


def test_the_alarm_says_since_when_and_why(config: Path) -> None:
    with open_office(config) as office:
        office.store.jobs.record_success(POLL_JOB, "main", NOW - timedelta(hours=7))
        record_failure(office.store, POLL_JOB, "main", MailboxError("登录被拒绝:请核对授权码"))

    alarm = alarms(config)["poll:main"]

    assert alarm.what == "邮箱“main”从9月25日 05:00 起没有收成过信。"
    assert alarm.remedy == "登录被拒绝:请核对授权码"


def test_a_mailbox_that_never_worked_is_told_after_some_tries(config: Path) -> None:
    with open_office(config) as office:
        for _ in range(FAILURES_OF_A_NEW_MAILBOX - 1):
            record_failure(office.store, POLL_JOB, "main", MailboxError("连不上"))
    assert alarms(config) == {}

    with open_office(config) as office:
        record_failure(office.store, POLL_JOB, "main", MailboxError("连不上"))
    assert "试了3次" in alarms(config)["poll:main"].what


def test_a_mailbox_that_is_switched_off_alarms_nobody(config: Path) -> None:
    with open_office(config) as office:
        office.store.jobs.record_success(POLL_JOB, "main", NOW - timedelta(days=9))
    config.write_text(
        config.read_text("utf-8").replace("[[mailbox]]\n", "[[mailbox]]\nenabled = false\n"), "utf-8"
    )

    assert alarms(config) == {}


def test_a_mail_that_waits_too_long(config: Path) -> None:
    with open_office(config) as office:
        office.store.outbox.queue(
            key="k",
            purpose="digest",
            raw=b"x",
            sender="a@b.cn",
            recipients=("c@d.cn",),
            when=NOW - timedelta(hours=3),
        )

    assert "发件箱有1封信2小时以上没有发出" in alarms(config)["outbox:stuck"].what
    assert alarms(config, NOW - timedelta(hours=2)) == {}


def test_a_disk_that_fills_up(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: DISK(10**12, 0, 999_000_000))

    assert "只剩999MB" in alarms(config)["disk"].what


@pytest.mark.parametrize(("days", "is_told"), [(13, False), (14, True)])
def test_a_backup_that_is_old(config: Path, days: int, is_told: bool) -> None:
    with open_office(config) as office:
        arrival = Arrival(message_id="0" * 64, received_at=NOW, mailbox="main", uidvalidity=1, uid=1)
        office.store.mailboxes.record_arrivals([arrival], None)
    assert alarms(config)["backup"].what == "还没有备份过。"

    with open_office(config) as office:
        office.store.jobs.record_success(BACKUP_JOB, "backup.zip", NOW - timedelta(days=days))
    assert ("backup" in alarms(config)) is is_told
    config.write_text(f"{config.read_text('utf-8')}\n[alarms]\nbackup_days = 0\n", "utf-8")
    assert "backup" not in alarms(config)
