"""An office whose people answer by mail: a mail folder, a mail sink, and replies as mail programs write them."""

import email
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kongchuo.demo.mail_servers import MailSink
from store.engine import open_engine
from tests.builders.files.clerk_files import register3, xlsx
from tests.builders.offices.office_folder import an_office, put_mail, run_kongchuo
from tests.builders.values.form_tables import REGISTER_HEADING

OFFICER, SECOND, LOOKER = "office@example.org", "second@example.org", "looker@example.org"
RUNNER = "runner@example.org"
TOWN_CLERK = "xituo@example.org"
SERVER = "mx.example.org"
KEY = "0123456789abcdef0123456789abcdef"
_SETTINGS = f"""
[[people]]
address = "{SECOND}"
name = "李主任"
role = "办"

[[people]]
address = "{LOOKER}"
name = "王干事"
role = "看"

[[people]]
address = "{RUNNER}"
name = "赵管理"
role = "管"
"""
_CURRENT_NOTICE = """
extends = "2023-autumn.toml"
id = "current"
title = "本学期控辍保学"
opened = {opened}

[reminders]
before = []
after = [1]
on = [{today}]

[forms."附件1"]
due = {due}

[forms."附件2"]
due = {due}

[forms."附件3"]
due = {due}

[forms."附件4"]
due = {due}
"""
CODE = re.compile(r"kc-([a-z2-7]{16})")


@dataclass
class AnsweringOffice:
    """The office, with the mails that it received and sent."""

    config: Path
    patch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    sink: MailSink
    count: int = 0
    seen: int = 0
    _: Any = field(default=None, repr=False)

    def run(self, *command: str) -> int:
        return run_kongchuo(self.patch, *command, "--config", self.config)

    def asked(self, *command: str) -> Any:
        self.capsys.readouterr()
        assert self.run(*command, "--json") in (0, 1)
        return json.loads(self.capsys.readouterr().out)

    def questions(self) -> dict[int, dict[str, Any]]:
        return {one["number"]: one for one in self.asked("questions")}

    def number(self, kind: str) -> int:
        return next(number for number, one in self.questions().items() if one["kind"] == kind)

    def decisions(self) -> list[tuple[str, int | None, str]]:
        """Returns kind, question and author of each decision in force, without assignments."""
        return [
            (one["kind"], one["question"], one["who"])
            for one in self.asked("decisions")
            if one["kind"] != "assign"
        ]

    def assignments(self) -> list[tuple[str, str | None, str]]:
        with open_engine(f"sqlite:///{self.config.parent / 'kongchuo.db'}").connect() as connection:
            rows = connection.exec_driver_sql("SELECT unit, form, who FROM assignment ORDER BY file_id")
            return [(row[0], row[1], row[2]) for row in rows]

    def changed(self) -> list[Any]:
        """Returns all decisions and assignments."""
        return [*self.decisions(), *self.assignments()]

    def new_mails(self) -> list[EmailMessage]:
        """Returns the mails sent since the last call."""
        new = self.sink.messages[self.seen :]
        self.seen = len(self.sink.messages)
        return [email.message_from_bytes(raw, policy=policy.default) for _, _, raw in new]

    def digests(self) -> dict[str, EmailMessage]:
        """Returns a digest sent now, by recipient."""
        assert self.run("digest", "--send") == 0
        return {str(mail["To"]): mail for mail in self.new_mails()}

    def poll(self) -> list[EmailMessage]:
        assert self.run("poll") in (0, 1)
        return self.new_mails()

    def put(self, raw: bytes) -> None:
        """Delivers a mail one second after the one before."""
        self.count += 1
        path = self.config.parent / "mail" / f"{self.count:04}.eml"
        path.write_bytes(raw)
        came = self._next_arrival().timestamp()
        os.utime(path, (came, came))

    def _next_arrival(self) -> datetime:
        """Returns the next mail's arrival; mails of one second would have no order."""
        return datetime.now(UTC) + timedelta(seconds=self.count - 600)

    def put_register(self, *rows: Sequence[object], sender: str = TOWN_CLERK) -> None:
        """Delivers the 附件3 of 西沱镇 with these children."""
        mail = EmailMessage(policy.SMTP)
        mail["From"], mail["To"], mail["Subject"] = sender, "office@example.org", "西沱镇报送附件3"
        mail["Message-ID"] = f"<register{self.count}@example.org>"
        mail["Received"] = f"from x by {SERVER}; {self._next_arrival():%a, %d %b %Y %H:%M:%S +0000}"
        mail["Authentication-Results"] = f"{SERVER}; spf=pass smtp.mailfrom=example.org"
        mail.set_content("请查收。")
        table = xlsx(register3(*rows))
        mail.add_attachment(
            table, maintype="application", subtype="octet-stream", filename="西沱镇附件3.xlsx"
        )
        self.put(mail.as_bytes())

    def put_table_of_nobody(self, *rows: Sequence[object]) -> None:
        """Delivers a table of children, without unit or form, from an unknown sender."""
        mail = EmailMessage(policy.SMTP)
        mail["From"], mail["To"], mail["Subject"] = "a@example.net", "office@example.org", "材料"
        mail["Message-ID"] = f"<table{self.count}@example.net>"
        mail["Received"] = f"from x by {SERVER}; {self._next_arrival():%a, %d %b %Y %H:%M:%S +0000}"
        mail.set_content("请查收。")
        mail.add_attachment(
            xlsx([REGISTER_HEADING, *rows]),
            maintype="application",
            subtype="octet-stream",
            filename="新建 Microsoft Excel 工作表.xlsx",
        )
        self.put(mail.as_bytes())

    def configure(self, more: str) -> None:
        """Appends lines to the configuration."""
        self.config.write_text(self.config.read_text("utf-8") + more, "utf-8")

    def give_current_notice(self) -> None:
        """Uses a notice whose forms were due yesterday, so that reminders are sent today."""
        today = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date()
        text = _CURRENT_NOTICE.format(
            opened=today - timedelta(days=60), due=today - timedelta(days=1), today=f'"{today}"'
        )
        (self.config.parent / "current.toml").write_text(text, "utf-8")
        self.config.write_text(
            self.config.read_text("utf-8").replace('file = "2023-autumn.toml"', 'file = "current.toml"'),
            "utf-8",
        )

    def put_question(
        self, text: str = "西沱镇小学附件4的材料已放到网盘 https://pan.baidu.com/s/1abcdef 请查收"
    ) -> None:
        """Delivers a mail that only a person can assign."""
        self.count += 1
        put_mail(self.config, f"{self.count:04}.eml", f"{text} {self.count}")


def open_answering_office(
    folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sink: MailSink
) -> AnsweringOffice:
    """Returns an office with a key, two people who decide, and one who may only look."""
    config = an_office(folder, sink.port)
    text = config.read_text("utf-8").replace(
        "[[mailbox]]\n", f'[[mailbox]]\nauthentication_servers = ["{SERVER}"]\n'
    )
    config.write_text(text + _SETTINGS, "utf-8")
    patch.setenv("KONGCHUO_ANSWERS_KEY", KEY)
    return AnsweringOffice(config, patch, capsys, sink)


PASS, FAIL, NOTHING = "pass", "fail", "nothing"


def a_reply(
    to: EmailMessage | None,
    text: str,
    *,
    sender: str = OFFICER,
    subject: str | None = None,
    authentication: str = PASS,
    quoted: str | None = None,
    html: str | None = None,
    extra: Sequence[tuple[str, str]] = (),
    attached: tuple[str, bytes] | None = None,
    mail_id: str | None = None,
    references: bool = True,
    sent_at: datetime | None = None,
) -> bytes:
    """Returns a reply as a mail program writes it, with the provider's Authentication-Results."""
    at = sent_at or datetime.now(UTC)
    mail = EmailMessage(policy.SMTP)
    mail["Received"] = f"from sender by {SERVER}; {at:%a, %d %b %Y %H:%M:%S +0000}"
    domain = sender.rpartition("@")[2]
    if authentication == PASS:
        mail["Authentication-Results"] = (
            f"{SERVER}; spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain}"
        )
    elif authentication == FAIL:
        mail["Authentication-Results"] = f"{SERVER}; spf=fail smtp.mailfrom={domain}; dmarc=fail"
    mail["From"], mail["To"] = sender, "office@example.org"
    mail["Subject"] = (
        subject if subject is not None else f"回复:{to['Subject'] if to is not None else '简报'}"
    )
    mail["Message-ID"] = (
        mail_id or f"<reply.{abs(hash((text, sender, at, subject, authentication)))}@{domain}>"
    )
    if to is not None and references:
        mail["In-Reply-To"] = mail["References"] = str(to["Message-ID"]).strip()
    for name, value in extra:
        mail[name] = value
    below = f"\n\n------------------ 原始邮件 ------------------\n{quoted}" if quoted else ""
    if html is None:
        mail.set_content(text + below)
    else:
        mail.set_content(html, subtype="html")
    if attached is not None:
        mail.add_attachment(attached[1], maintype="application", subtype="octet-stream", filename=attached[0])
    return mail.as_bytes()


def body_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def page_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def workbook_of(mail: EmailMessage) -> bytes:
    part = next(one for one in mail.iter_attachments() if str(one.get_filename()).endswith(".xlsx"))
    content = part.get_content()
    assert isinstance(content, bytes)
    return content


def links_of(page: str) -> list[str]:
    """Returns the addresses of the links to answer by, each once."""
    return list(
        dict.fromkeys(link.replace("&amp;", "&") for link in re.findall(r'href="(mailto:[^"]+)"', page))
    )
