"""A password that comes in a mail of its own opens the locked files that its sender sent around that day."""

import io
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from kongchuo.demo.county import make_county
from kongchuo.mail_sources import sources_of
from kongchuo.office import open_office
from kongchuo.usecases.polling import poll_office
from store.aggregates.message_store import MessageStore
from store.drafts import MessageDraft
from tests.builders.files.clerk_files import dropout_row, mail, register3, xlsx
from tests.builders.offices.installed_office import InstalledOffice, write_office

WHEN = datetime(2023, 9, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
SENDER, STRANGER = "clerk@example.org", "other@example.org"
PASSWORD = "Xt#20239988"
LOCKED = "西沱镇附件3.xlsx"


def locked_register() -> bytes:
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(xlsx(register3(dropout_row("谭晓雨"))))).encrypt(PASSWORD, locked)
    return locked.getvalue()


LOCKED_MAIL = mail({LOCKED: locked_register()}, subject="西沱镇附件3", sender=SENDER)
TELLING_MAIL = mail(subject="西沱镇", body=f"密码是{PASSWORD}", sender=SENDER)


@pytest.fixture
def office(tmp_path: Path) -> InstalledOffice:
    (tmp_path / "mail").mkdir()
    return write_office(
        tmp_path, make_county(1, schools=1, mails=1, rows=40), f'maildir = "{tmp_path / "mail"}"'
    )


def receive(office: InstalledOffice, raw: bytes, days: float = 0) -> None:
    folder = office.folder / "mail"
    file = folder / f"{len(list(folder.iterdir())):05}.eml"
    file.write_bytes(raw)
    at = (WHEN + timedelta(days=days)).timestamp()
    os.utime(file, (at, at))


def dispositions(office: InstalledOffice) -> dict[str, str]:
    return {
        file["path"][-1] if file["path"] else "words": file["disposition"] for file in office.ask("files")
    }


OPENED = {LOCKED: "recorded", "words": "ignored"}
WAITING = {LOCKED: "quarantined", "words": "quarantined"}


@pytest.mark.parametrize("mails", [(LOCKED_MAIL, TELLING_MAIL), (TELLING_MAIL, LOCKED_MAIL)])
def test_it_opens_what_came_before_or_after_it(office: InstalledOffice, mails: tuple[bytes, bytes]) -> None:
    for days, raw in enumerate(mails):
        receive(office, raw, days)
        office.ask("poll")

    assert dispositions(office) == OPENED
    assert [row["name"] for row in office.ask("records", "--form", "附件3")] == ["谭晓雨"]


def test_it_opens_what_came_in_the_same_poll_and_a_rerun_says_the_same(office: InstalledOffice) -> None:
    receive(office, LOCKED_MAIL)
    receive(office, TELLING_MAIL, 1)
    office.ask("poll")
    once = dispositions(office)
    for message in {file["message_id"] for file in office.ask("files")}:
        office.ask("rerun", "--message", message)
    office.ask("rerun", "--all")

    assert once == OPENED
    assert dispositions(office) == OPENED


@pytest.mark.parametrize(
    ("raw", "days"),
    [
        (TELLING_MAIL, 8),
        (mail(subject="西沱镇", body=f"密码是{PASSWORD}", sender=STRANGER), 1),
        (mail(subject="西沱镇", body="密码是Wrong99", sender=SENDER), 1),
    ],
)
def test_nothing_opens_that_is_far_off_a_stranger_s_or_another_s(
    office: InstalledOffice, raw: bytes, days: int
) -> None:
    receive(office, LOCKED_MAIL)
    receive(office, raw, days)
    office.ask("poll")

    assert dispositions(office) == WAITING


def test_no_password_is_kept_or_logged(office: InstalledOffice) -> None:
    receive(office, LOCKED_MAIL)
    receive(office, TELLING_MAIL, 1)
    code, out, err = office.run("poll")

    kept = b"".join(
        file.read_bytes()
        for file in office.folder.rglob("*")
        if file.is_file() and "mail" not in file.relative_to(office.folder).parts[0]
    )
    assert code in (0, 1)
    assert PASSWORD not in out + err
    assert PASSWORD.encode() not in kept


@pytest.mark.parametrize("killed_after", [0, 1])
def test_a_pass_that_ends_before_passwords_are_tried_is_made_up_for_by_the_next(
    office: InstalledOffice, killed_after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before anything is tried, or after the file is open and before the words are settled."""
    receive(office, LOCKED_MAIL)
    receive(office, TELLING_MAIL, 1)
    recorded = MessageStore.record
    left = 1 + killed_after  # both mails come in one transaction

    def killed(self: MessageStore, notice: str, drafts: Sequence[MessageDraft]) -> None:
        nonlocal left
        if not left:
            raise KeyboardInterrupt
        left -= 1
        recorded(self, notice, drafts)

    with open_office(office.folder / "kongchuo.toml") as opened:
        with monkeypatch.context() as patched:
            patched.setattr(MessageStore, "record", killed)
            with pytest.raises(KeyboardInterrupt):
                poll_office(opened, sources_of(opened.settings))
        assert dispositions(office) != OPENED
        poll_office(opened, sources_of(opened.settings))

    assert dispositions(office) == OPENED
    assert [row["name"] for row in office.ask("records", "--form", "\u9644\u4ef63")] == ["\u8c2d\u6653\u96e8"]
