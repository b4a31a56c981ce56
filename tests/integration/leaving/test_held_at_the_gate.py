"""What must not leave is held in the outbox with a reason that is told, and nothing else waits for it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kongchuo.clock import parse_as_of
from kongchuo.demo.mail_servers import mail_sink
from kongchuo.office import Office, open_office
from kongchuo.usecases.alarms.find_alarms import find_alarms
from kongchuo.usecases.office_mail import compose_bulletin_mail, compose_digest_mail, send_due_mail
from kongchuo.usecases.unit_mail import UnitMail, compose_receipts, compose_reminder_mails, find_due_reminders
from notify.bulletin.bulletin import Period
from notify.mail.compose import AttachedFile, MailBody, MailHeaders, compose_mail
from notify.mail.leaving_text import read_leaving_parts
from store.stored_values import DeliveryStatus
from tests.builders.files.clerk_files import dropout_row, mail, register4, xlsx
from tests.builders.offices.unit_mail_office import CLERK, OFFICE, UnitMailOffice
from tests.builders.values.form_tables import id_number

TOWN_CLERK = "town@example.org"
NAME, NUMBER = "谭晓雨", id_number(serial=321)
DAY = "2023-09-26"
TABLES = '[units]\nforms = true\n[digest]\nmask = "id"\n'


@pytest.fixture
def polled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UnitMailOffice:
    opened = UnitMailOffice(tmp_path, monkeypatch, TABLES)
    rows = [
        dropout_row(NAME, 321),
        (2, "甲二", None, "509999201203", "甲父", "13800000001", "辍学", "2023-9-10", "厌学"),
    ]
    opened.gets(mail({"附件4.xlsx": xlsx(register4(*rows))}, sender=CLERK, subject="西沱中学附件4"))
    return opened


@pytest.fixture
def office(polled: UnitMailOffice) -> Iterator[Office]:
    with mail_sink() as sink:
        polled.configure(TABLES, sink.port)
        with open_office(polled.folder / "kongchuo.toml") as opened:
            yield opened


def letters_of(office: Office) -> dict[str, UnitMail]:
    """The reminders by their recipient, and the school's receipt."""
    when = parse_as_of(DAY, office.zone)
    reminders = compose_reminder_mails(office, find_due_reminders(office, when), when)
    (receipt,) = compose_receipts(office, parse_as_of("2023-09-24", office.zone))
    return {letter.recipients[0]: letter for letter in reminders} | {"receipt": receipt}


def put(office: Office, key: str, purpose: str, raw: bytes, to: str) -> None:
    office.store.outbox.queue(
        key=key, purpose=purpose, raw=raw, sender=OFFICE, recipients=(to,), when=datetime.now(UTC)
    )


def states(office: Office) -> dict[str, DeliveryStatus]:
    return {mail.key: mail.state for mail in office.store.outbox.mails()}


def send(office: Office) -> None:
    assert office.settings.smtp is not None
    send_due_mail(office, office.settings.smtp)


def a_letter(page: str, to: str, *attached: AttachedFile) -> bytes:
    headers = MailHeaders(subject="题", office="县教委", as_of=datetime(2023, 9, 26, tzinfo=UTC))
    return compose_mail(
        headers, MailBody(f"<p>{page}</p>", page), attached, key=page, sender=OFFICE, recipients=(to,)
    )


def test_a_units_own_receipt_and_forms_with_whole_numbers_leave(office: Office) -> None:
    letters = letters_of(office)
    assert any(NUMBER in text for text in texts_of(letters["receipt"].raw))
    assert any(NUMBER in text for text in texts_of(letters[CLERK].raw))
    for name, letter in letters.items():
        put(office, letter.key, letter.purpose, letter.raw, CLERK if name == "receipt" else name)

    send(office)

    assert set(states(office).values()) == {DeliveryStatus.SENT}


def texts_of(raw: bytes) -> list[str]:
    return [part.text or "" for part in read_leaving_parts(raw)]


def test_anothers_sheets_are_held_and_the_others_go(office: Office) -> None:
    letters = letters_of(office)
    wrong, right = letters[CLERK], letters[TOWN_CLERK]
    put(office, "remind:2023-autumn:西沱镇:x", wrong.purpose, wrong.raw, TOWN_CLERK)
    put(office, right.key, right.purpose, right.raw, TOWN_CLERK)

    send(office)

    held = office.store.outbox.find("remind:2023-autumn:西沱镇:x")
    assert held is not None
    assert held.state is DeliveryStatus.HELD
    assert "不是该单位的学生" in (held.error or "")
    assert NUMBER not in (held.error or "")
    assert NAME not in (held.error or "")
    assert states(office)[right.key] is DeliveryStatus.SENT


def test_a_person_who_sends_it_again_does_not_get_it_past_the_gate(office: Office) -> None:
    put(office, "digest:x", "digest", a_letter(f"学生{NUMBER}", OFFICE), OFFICE)
    send(office)
    assert office.store.outbox.make_due_again("digest:x", datetime.now(UTC))

    send(office)

    assert states(office) == {"digest:x": DeliveryStatus.HELD, "held:digest:x": DeliveryStatus.SENT}


def test_what_was_held_is_told_by_digest_and_alarm(office: Office) -> None:
    put(office, "digest:x", "digest", a_letter(f"学生{NUMBER}", OFFICE), OFFICE)
    send(office)

    digest = compose_digest_mail(office, parse_as_of(DAY, office.zone))
    alarms = {alarm.key: alarm.remedy for alarm in find_alarms(office, datetime.now(UTC))}

    assert "发出前的检查没有通过" in digest.text
    assert "发出前的检查没有通过" in alarms["outbox:held"]


def test_the_officer_learns_once_that_a_digest_was_held_and_nothing_of_it(office: Office) -> None:
    put(office, "digest:x", "digest", a_letter(f"学生{NAME}{NUMBER}", OFFICE), OFFICE)

    for _ in range(3):
        send(office)

    assert states(office) == {"digest:x": DeliveryStatus.HELD, "held:digest:x": DeliveryStatus.SENT}
    notice = office.store.outbox.find("held:digest:x")
    assert notice is not None
    assert notice.recipients == (OFFICE,)
    words = "".join(texts_of(office.store.outbox.mail_bytes("held:digest:x")))
    assert "发出前的检查没有通过" in words
    assert "管理员" in words
    assert [value for value in (NAME, NUMBER, NUMBER[-4:]) if value in words] == []


def test_no_notice_goes_to_whom_the_digest_was_not_for(office: Office) -> None:
    put(office, "digest:x", "digest", a_letter("今日待办", TOWN_CLERK), TOWN_CLERK)
    put(office, "reminder:x", "reminder", a_letter(f"学生{NAME}", TOWN_CLERK), TOWN_CLERK)

    send(office)

    assert states(office) == dict.fromkeys(("digest:x", "reminder:x"), DeliveryStatus.HELD)


@pytest.mark.parametrize(
    ("purpose", "to", "words", "leaves"),
    [
        ("reminder", TOWN_CLERK, f"学生{NAME}还没有返校", False),
        ("reminder", CLERK, f"学生{NAME}还没有返校", True),
        ("receipt", TOWN_CLERK, f"{NUMBER[:6]}********{NUMBER[-4:]}", False),
        ("receipt", CLERK, f"{NUMBER[:6]}********{NUMBER[-4:]}", True),
        ("monthly", OFFICE, f"学生{NAME}还没有返校", False),
        ("monthly", OFFICE, "西沱中学还有1名学生没有返校", True),
        ("digest", OFFICE, f"学生{NAME}还没有返校", True),
        ("digest", TOWN_CLERK, "今日待办", False),
        ("receipt", "stranger@example.org", "已收到", False),
    ],
)
def test_who_may_read_what(office: Office, purpose: str, to: str, words: str, leaves: bool) -> None:
    put(office, "x", purpose, a_letter(words, to), to)

    send(office)

    assert states(office)["x"] is (DeliveryStatus.SENT if leaves else DeliveryStatus.HELD)


def test_what_the_office_is_told_every_day_leaves(office: Office) -> None:
    when = parse_as_of(DAY, office.zone)
    for composed in (
        compose_digest_mail(office, when),
        *(compose_bulletin_mail(office, period, when) for period in Period),
    ):
        page = a_letter(composed.page, OFFICE, composed.attached)
        put(office, composed.key, composed.purpose, page, OFFICE)

    send(office)

    assert set(states(office).values()) == {DeliveryStatus.SENT}
