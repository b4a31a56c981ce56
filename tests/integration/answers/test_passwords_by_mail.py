"""A password that an officer tells opens the unit's locked files, now and later, and stands nowhere but in the keyring."""

import io
from email import policy
from email.message import EmailMessage

import keyring
import pytest
import pyzipper
from keyring.errors import NoKeyringError

from tests.builders.answers.answering_office import (
    NOTHING,
    OFFICER,
    SERVER,
    TOWN_CLERK,
    AnsweringOffice,
    a_reply,
    body_of,
)
from tests.builders.files.clerk_files import dropout_row, register3, xlsx

PASSWORD = "Kj8866!x"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A keyring, by user name."""
    entries: dict[str, str] = {}
    monkeypatch.setattr(keyring, "get_password", lambda service, user: entries.get(user))
    monkeypatch.setattr(keyring, "set_password", lambda service, user, told: entries.update({user: told}))
    return entries


@pytest.fixture
def office(answering_office: AnsweringOffice) -> AnsweringOffice:
    """An office that has a locked register of 西沱镇."""
    put_locked(answering_office, "谭小明", 123)
    answering_office.poll()
    return answering_office


def put_locked(office: AnsweringOffice, name: str, serial: int) -> None:
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(PASSWORD.encode())
        archive.writestr("西沱镇附件3.xlsx", xlsx(register3(dropout_row(name, serial))))
    mail = EmailMessage(policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = TOWN_CLERK, OFFICER, "西沱镇报送附件3"
    mail["Message-ID"] = f"<locked{serial}@example.org>"
    mail["Received"] = f"from x by {SERVER}; Tue, 26 Sep 2023 09:{serial % 60:02}:00 +0800"
    mail["Authentication-Results"] = f"{SERVER}; spf=pass smtp.mailfrom=example.org"
    mail.set_content("请查收。")
    mail.add_attachment(out.getvalue(), maintype="application", subtype="zip", filename="西沱镇附件3.zip")
    office.put(mail.as_bytes())


def names(office: AnsweringOffice) -> set[str]:
    return {one["name"] for one in office.asked("records", "--form", "附件3")}


def test_a_password_opens_what_is_locked_now_and_later_and_is_told_nowhere(
    office: AnsweringOffice, kept: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    assert names(office) == set()
    office.put(a_reply(office.digests()[OFFICER], f"密码 西沱镇 {PASSWORD}"))

    (told,) = office.poll()

    assert list(kept.values()) == [PASSWORD]
    assert names(office) == {"谭小明"}
    put_locked(office, "马小红", 124)
    office.poll()
    assert "马小红" in names(office)
    assert office.run("rerun", "--all") in (0, 1)
    assert names(office) >= {"马小红"}
    assert PASSWORD not in told.as_string() + body_of(told)
    assert "钥匙串" in body_of(told)
    assert PASSWORD not in caplog.text + str(office.asked("decisions")) + str(office.asked("files"))
    journal = (office.config.parent / "archive" / "journal.jsonl").read_text("utf-8")
    assert PASSWORD not in journal


def test_a_mail_that_tells_a_password_is_asked_back_without_it(
    office: AnsweringOffice, kept: dict[str, str]
) -> None:
    digest = office.digests()[OFFICER]
    office.put(a_reply(digest, f"密码 西沱镇 {PASSWORD}", authentication=NOTHING))
    office.put(a_reply(digest, f"西沱镇的密码是 {PASSWORD}\n密码 不知何镇 {PASSWORD}\n密码 {PASSWORD}"))

    told = office.poll()

    assert kept == {}
    assert len(told) == 2
    assert all(PASSWORD not in body_of(mail) for mail in told)


def test_without_a_keyring_nothing_is_kept_and_the_person_is_told(
    office: AnsweringOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise NoKeyringError

    monkeypatch.setattr(keyring, "get_password", fail)
    monkeypatch.setattr(keyring, "set_password", fail)
    office.put(a_reply(office.digests()[OFFICER], f"密码 西沱镇 {PASSWORD}"))

    (told,) = office.poll()

    assert "没有钥匙串" in body_of(told)
    assert PASSWORD not in body_of(told)
    assert names(office) == set()
