"""Mails about alarms: by the outbox, once a day or a week."""

import email
from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path

import pytest

from kongchuo.demo.mail_servers import mail_sink
from kongchuo.office import open_office
from kongchuo.service.jobs import JOBS, run_job
from kongchuo.usecases.alarms.alarm_mail import queue_alarms
from kongchuo.usecases.alarms.find_alarms import Alarm, Repeat
from tests.builders.offices.office_folder import an_office

NOW = datetime(2026, 9, 25, 4, tzinfo=UTC)
POLL = Alarm(key="poll:main", what="邮箱“main”没有收成过信。", remedy="请看电脑是否联网。")
BACKUP = Alarm(key="backup", what="还没有备份过。", remedy="请备份。", repeat=Repeat.WEEKLY)
JOB = {job.name: job for job in JOBS}


def an_office_with_administrator(folder: Path, port: int) -> Path:
    config = an_office(folder, port)
    config.write_text(
        f'{config.read_text("utf-8")}\n[alarms]\nrecipients = ["王管理员 <admin@example.org>"]\n', "utf-8"
    )
    return config


def test_an_alarm_goes_to_the_administrator_once_a_day(tmp_path: Path) -> None:
    with mail_sink() as sink:
        config = an_office_with_administrator(tmp_path, sink.port)
        with open_office(config) as office:
            told = [
                queue_alarms(office, [POLL, BACKUP], NOW + timedelta(hours=hours))
                for hours in (0, 1, 24, 8 * 24)
            ]
        assert told == [2, 0, 1, 2]
        run_job(JOB["outbox"], config)

    mails = [email.message_from_bytes(raw, policy=policy.default) for _, _, raw in sink.messages]
    subjects = sorted(mail["Subject"] for mail in mails)
    told_of_mailbox = "控辍有毛病\uff1a邮箱“main”没有收成过信"
    assert subjects == ["控辍有毛病\uff1a还没有备份过"] * 2 + [told_of_mailbox] * 3
    mail = next(mail for mail in mails if mail["Subject"] == told_of_mailbox)
    assert mail["To"] == "admin@example.org"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "请看电脑是否联网。" in body.get_content()
    assert "kongchuo" not in body.get_content()


@pytest.mark.parametrize("recipients", [False, True])
def test_the_job_is_done_only_where_somebody_wants_to_know(tmp_path: Path, recipients: bool) -> None:
    config = an_office_with_administrator(tmp_path, 25) if recipients else an_office(tmp_path, 25)
    with open_office(config) as office:
        assert JOB["alarms"].is_enabled(office.settings) is recipients
