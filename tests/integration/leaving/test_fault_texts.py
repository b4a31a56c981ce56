"""A fault's text may quote a child's data: it is recorded without, so that no door shows it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.unread_files import draft_failed_message, draft_message_given_up
from kongchuo.office import open_office
from kongchuo.usecases.alarms.find_alarms import find_alarms
from kongchuo.usecases.polling import POLL_JOB
from store import Store
from store.drafts import Arrival
from tests.builders.offices.office_folder import an_office, run_kongchuo
from tests.builders.values.form_tables import id_number

NUMBER, MOBILE = id_number("20120304"), "13812345678"
QUOTED = (NUMBER, MOBILE)
FAULT = f"could not convert string to float: '{NUMBER}' (谭小雨 {MOBILE})"
NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=3)
DOORS = (
    ("health",),
    ("health", "--json"),
    ("doctor",),
    ("doctor", "--json"),
    ("files", "--json"),
    ("files",),
    ("outbox", "--json"),
    ("outbox",),
)
SAID = "could not convert"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    config = an_office(tmp_path, smtp_port=1)
    with open_office(config) as office:
        mailbox = office.settings.open_mailboxes[0].name
        _record_faults(office.store, mailbox)
    return config


def _record_faults(store: Store, mailbox: str) -> None:
    store.jobs.record_failure(POLL_JOB, mailbox, LONG_AGO, FAULT, None)
    for key in ("failed", "waiting", "uncertain"):
        store.outbox.queue(
            key=key, purpose="digest", raw=b"Subject: x\r\n\r\nx", sender="o@example.org", recipients=("office@example.org",), when=LONG_AGO,
        )  # fmt: skip
    store.outbox.mark_failed("failed", None, FAULT, LONG_AGO)
    store.outbox.mark_failed("waiting", NOW + timedelta(hours=1), FAULT, LONG_AGO)
    store.outbox.mark_sending("uncertain", ("office@example.org",), LONG_AGO)
    store.outbox.mark_uncertain("uncertain", FAULT)
    drafts = [draft_failed_message("a" * 64, None, (), FAULT), draft_message_given_up("b" * 64, FAULT)]
    arrivals = [
        Arrival(message_id=one.message_id, received_at=LONG_AGO, mailbox=mailbox, uidvalidity=1, uid=uid)
        for uid, one in enumerate(drafts, start=1)
    ]
    store.mailboxes.record_arrivals(arrivals, None)
    store.messages.record("2023-autumn", drafts)


def test_no_door_shows_what_a_fault_quotes(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = {}
    for door in DOORS:
        assert run_kongchuo(monkeypatch, *door, "--config", config) in (0, 1, 2, 3)
        said[" ".join(door)] = capsys.readouterr().out
    with open_office(config) as office:
        said["alarms"] = "\n".join(alarm.remedy for alarm in find_alarms(office, NOW))

    assert {(door, value) for door, text in said.items() for value in QUOTED if value in text} == set()
    told = {door for door, text in said.items() if SAID in text.replace("\n", "")}
    assert told >= {
        "health",
        "health --json",
        "doctor",
        "doctor --json",
        "files --json",
        "outbox --json",
        "alarms",
    }


def test_nothing_of_it_is_stored(config: Path) -> None:
    stored = b"".join(file.read_bytes() for file in config.parent.glob("kongchuo.db*"))

    assert SAID.encode() in stored
    assert [value for value in QUOTED if value.encode() in stored] == []
