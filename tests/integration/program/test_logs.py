"""The service's log over a whole made-up county: it tells what was done and names nobody."""

import json
import logging
import re
from collections.abc import Iterator
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog

from config.settings import LogSettings
from kongchuo.demo.county import AS_OF, County, make_county
from kongchuo.demo.mail_servers import mail_sink
from kongchuo.service import logs
from kongchuo.service.jobs import JOBS, run_job
from tests.builders.offices.installed_office import write_mails, write_office

ZONE = ZoneInfo("Asia/Shanghai")
log = structlog.get_logger("kongchuo")


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Other tests of this process log as they would have."""
    root = logging.getLogger()
    rooms = [logging.getLogger(room) for room in logs.ROOMS]
    before = root.handlers[:], root.level, [room.level for room in rooms]
    yield
    root.handlers[:], root.level = before[0], before[1]
    for room, level in zip(rooms, before[2], strict=True):
        room.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("shape", ["human", "json"])
def test_a_countys_log_names_no_child_no_number_no_address_and_no_subject(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    county = make_county(11, schools=6, mails=60, rows=400)
    office = write_office(tmp_path, county, f'maildir = "{write_mails(tmp_path / "mail", county.mails)}"')
    config = office.folder / "kongchuo.toml"
    monkeypatch.setattr("kongchuo.service.jobs.parse_as_of", lambda text, zone: AS_OF)

    with mail_sink() as sink:
        config.write_text(
            config.read_text("utf-8")
            + f'[smtp]\nhost = "127.0.0.1"\nport = {sink.port}\nsecurity = "none"\nsender = "office@example.org"\n'
            "[units]\nreceipts = true\nreminders = true\n",
            "utf-8",
        )
        logs.configure_logging(LogSettings(format=shape, level="debug"), ZONE)
        for job in sorted(JOBS, key=lambda job: job.name == "purge"):  # old mails go when all is sent of them
            run_job(job, config)
    run_job(JOBS[-1], config)  # with the server gone
    text = capsys.readouterr().err

    assert len(sink.messages) > 10
    assert "new_messages" in text
    assert "queued" in text
    assert [secret for secret in secrets(county) if secret in text] == []
    assert re.findall(r"[\w.+-]{2,}@", text) == []
    if shape == "json":
        assert all("event" in json.loads(line) for line in text.splitlines())


def secrets(county: County) -> set[str]:
    """Every name, number, address and subject of the county; what is no name but a unit's is none."""
    heads = [BytesHeaderParser(policy=policy.default).parsebytes(mail.raw) for mail in county.mails]
    found = {str(head["Subject"]) for head in heads}
    found |= {address.addr_spec for head in heads for address in head["From"].addresses}
    found |= {address.display_name for head in heads for address in head["From"].addresses}
    for record in county.truth.records:
        found |= {
            str(record.values.get(key)) for key in ("name", "id_number", "guardian_name", "guardian", "phone")
        }
    return {secret for secret in found if len(secret) > 1 and secret != "None"}


def test_what_goes_wrong_is_told_by_kind_and_place_and_not_by_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure_logging(LogSettings(), ZONE)
    old_style = logging.getLogger("ingest.pipeline")
    for tell in (log, old_style):
        try:
            raise ValueError("张三丰 509999201001011234")
        except ValueError:
            tell.exception("message %s could not be processed", "abc")
    text = capsys.readouterr().err

    assert text.count("ValueError") == 2
    assert text.count("test_logs.py:") == 2
    assert "[error]" in text
    assert "张三丰" not in text
    assert "509999201001011234" not in text


def test_numbers_and_addresses_that_a_server_quotes_are_masked(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure_logging(LogSettings(), ZONE)

    log.error("发信没有成", why="收件人 lisi.1980@example.org 被拒收(550 509999201001011234)")
    logging.getLogger("notify.mail.send_outbox").warning("mail %s: %s", "k", "zhangsan@example.org 550")
    text = capsys.readouterr().err

    assert "l***@example.org" in text
    assert "z***@example.org" in text
    assert "509999********1234" in text


def test_what_happened_and_why_are_set_in_chinese_punctuation(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure_logging(LogSettings(), ZONE)

    log.error("没有收成,稍后再试", why="连不上:请检查", mailbox="甲,乙")

    text = capsys.readouterr().err
    for said in ("没有收成\uff0c稍后再试", "why=连不上\uff1a请检查", "mailbox=甲,乙"):
        assert said in text


def test_other_peoples_libraries_are_heard_only_when_they_warn(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure_logging(LogSettings(level="debug"), ZONE)

    logging.getLogger("imapclient").debug("> LOGIN office secret")
    logging.getLogger("kongchuo").debug("heard")

    assert [line.split()[1] for line in capsys.readouterr().err.splitlines()] == ["heard"]
