"""The office answers over Dovecot and SMTP: digest out, replies in each way back, decisions stand, transcripts arrive."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from kongchuo.demo.mail_servers import mail_sink
from tests.builders.answers.answering_office import (
    OFFICER,
    AnsweringOffice,
    a_reply,
    body_of,
    links_of,
    open_answering_office,
    page_of,
    workbook_of,
)
from tests.builders.offices.office_folder import put_mail
from tests.builders.servers.dovecot import PASSWORD, Dovecot, dovecot

QUESTION = "西沱镇小学附件4的材料已放到网盘 https://pan.baidu.com/s/1abcdef 请查收"


def deliver(server: Dovecot, raw: bytes) -> None:
    server.deliver(raw, datetime.now(UTC))


def over(server: Dovecot, office: AnsweringOffice) -> None:
    """Lets the office read its mail from the server instead of a folder."""
    text = office.config.read_text("utf-8")
    folder = f'maildir = "{office.config.parent / "mail"}"\n'
    assert folder in text
    office.config.write_text(text.replace(folder, server.settings()), "utf-8")


def test_a_day_of_questions_is_settled_by_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KONGCHUO_MAILBOX_PASSWORD", PASSWORD)
    with dovecot() as server, mail_sink() as sink:
        office = open_answering_office(tmp_path, monkeypatch, capsys, sink)
        for number in range(1, 5):
            put_mail(office.config, f"{number}.eml", f"{QUESTION} {number}")
            deliver(server, (tmp_path / "mail" / f"{number}.eml").read_bytes())
        over(server, office)
        office.poll()
        assert sorted(office.questions()) == [1, 2, 3, 4]
        digest = office.digests()[OFFICER]

        deliver(server, a_reply(digest, "问1 西沱小学 附件4\n谢谢", quoted=body_of(digest)))
        (tapped,) = [link for link in links_of(page_of(digest)) if "subject=2b" in link]
        subject = tapped.split("subject=")[1].split("&")[0].replace("%20", " ")
        deliver(server, a_reply(None, "", subject=subject))
        workbook = openpyxl.load_workbook(BytesIO(workbook_of(digest)))
        sheet = workbook["待您决定"]
        sheet["G4"] = "不用处理"
        out = BytesIO()
        workbook.save(out)
        deliver(server, a_reply(None, "见附件", subject="附表", attached=("简报.xlsx", out.getvalue())))
        told = office.poll()
        assert office.run("answer", "4", "不用处理") == 0

        (letter,) = told
        assert body_of(letter).count("[已办]") == 3
        assert office.questions() == {}
        assert sorted(one[:2] for one in office.decisions()) == [("settle", 2), ("settle", 3), ("settle", 4)]
        assert [one[:2] for one in office.assignments()] == [("西沱镇小学", "附件4")]
        decided = office.changed()
        assert office.run("rerun", "--all") in (
            0,
            1,
        )  # what an assignment teaches of a sender counts for its other mails
        before = [
            office.asked(*command)
            for command in (("files",), ("decisions",), ("status", "--as-of", "2030-01-01"))
        ]
        assert office.run("rerun", "--all") in (0, 1)
        assert office.poll() == []
        assert [
            office.asked(*command)
            for command in (("files",), ("decisions",), ("status", "--as-of", "2030-01-01"))
        ] == before
        assert office.changed() == decided
        assert office.run("verify") == 0
