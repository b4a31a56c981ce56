"""Mail that is archived and not yet read is read before anybody is told what a unit lacks."""

import json
from pathlib import Path

import pytest

from bench.trials.scenes import COUNTY, telling_mails
from config.errors import StoreError
from kongchuo.office import Office, open_office
from kongchuo.usecases import polling
from store import Store
from store.drafts import Arrival
from tests.builders.offices.installed_office import AS_OF, InstalledOffice, write_office


@pytest.fixture
def office(tmp_path: Path) -> InstalledOffice:
    """An office whose archive holds three mails that nobody has read: a rebuild or a poll was killed there."""
    office = write_office(tmp_path / "office", COUNTY, f'maildir = "{tmp_path / "nothing"}"')
    (tmp_path / "nothing").mkdir()
    mails = telling_mails(COUNTY)[:3]
    store = Store.open(f"sqlite:///{office.folder / 'kongchuo.db'}", office.folder / "archive")
    arrivals = [
        Arrival(message_id=digest, received_at=mail.received_at, mailbox="main", uidvalidity=1, uid=uid)
        for uid, (digest, mail) in enumerate(
            zip(store.archive.put(mail.raw for mail in mails), mails, strict=True), start=1
        )
    ]
    store.mailboxes.record_arrivals(arrivals, 3)
    store.close()
    return office


def states(office: InstalledOffice) -> set[str]:
    answer = office.ask("status", "--as-of", AS_OF)
    return {form["state"] for unit in answer["units"] for form in unit["forms"]}


@pytest.mark.parametrize(
    "command", [("digest", "--out", "out", "--as-of", AS_OF), ("remind", "--as-of", AS_OF), ("receipts",)]
)
def test_whoever_judges_reads_what_lies_unread(office: InstalledOffice, command: tuple[str, ...]) -> None:
    assert "missing" not in states(office)

    code, _, err = office.run(*(str(office.folder / "out") if word == "out" else word for word in command))

    assert code == 0, err
    assert not {"unread"} & states(office)
    assert {"missing", "received"} <= states(office)
    with open_office(office.folder / "kongchuo.toml") as opened:
        assert opened.store.messages.unprocessed() == []


def test_nobody_is_said_to_be_missing_while_mail_lies_unread(office: InstalledOffice) -> None:
    code, answer, err = office.run("gaps", "--as-of", AS_OF, "--json")
    shown, table, _ = office.run("gaps", "--as-of", AS_OF)

    assert (code, shown) == (0, 0)
    assert "3\u5c01\u6765\u4ef6\u6ca1\u6709\u8bfb\u5b8c" in err
    assert json.loads(answer) == []
    assert "\u5e94\u62a5\u7684\u90fd\u5df2\u62a5\u9f50" not in table
    assert office.ask("status", "--as-of", AS_OF)["unread"] == 3
    assert "unread" in states(office)
    assert not any(unit["deduction"]["counted"] for unit in office.ask("status", "--as-of", AS_OF)["units"])


def test_while_another_reads_nobody_is_accused(
    office: InstalledOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "LONGEST_WAIT_FOR_READERS", polling.LONGEST_WAIT_FOR_READERS * 0)

    with (
        open_office(office.folder / "kongchuo.toml") as opened,
        opened.store.jobs.hold_lease("ingest"),
        pytest.raises(StoreError, match="3\u5c01\u6765\u4ef6\u6ca1\u6709\u8bfb\u5b8c"),
    ):
        _in_another_process(opened)


def _in_another_process(office: Office) -> None:
    """As another process would meet the lease: this one would only renew its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("store.jobs.lease.this_holder", lambda: "elsewhere:1:1")
        polling.finish_reading(office)
