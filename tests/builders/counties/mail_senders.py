"""Senders of a township's mail: itself, another unit, strangers, and one whose checks failed; and the rows that they send."""

from parsers.mail.mime import parse_mail
from store.stored_values import MessageSender
from tests.builders.counties.scenario_county import Child, address_of

TOWN, OTHER_TOWN, SCHOOL = "西沱镇", "黄水镇", "西沱中学"


def sender(head: str) -> MessageSender:
    """Returns the sender of a mail with this head."""
    mail = parse_mail(f"{head}\r\nSubject: x\r\nContent-Type: text/plain\r\n\r\nx\r\n".encode()).head
    return MessageSender(author=mail.author, authentication=mail.authentication)


OWN = address_of(TOWN).author
FAILED = "Authentication-Results: mx.qq.com; spf=fail smtp.mailfrom=x.example; dkim=none; dmarc=fail"
STRANGER = sender(f"{FAILED}\r\nFrom: nobody@evil.example")
UNKNOWN = sender("From: 23000000@qq.example")
OTHER_UNIT = sender(f"From: {address_of(OTHER_TOWN).author}")


def out(child: Child, status: str = "辍学", **values: object) -> dict[str, object]:
    """Returns the row of a child that lives in the township and is out of school."""
    return child.out_row(status, household_township=TOWN, **values)
