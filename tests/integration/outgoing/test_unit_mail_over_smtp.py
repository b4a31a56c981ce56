"""Mails to units through the outbox to a real mail server, and what becomes of the unit's answer."""

import io
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest

from config.errors import ConfigError
from kongchuo.clock import parse_as_of
from kongchuo.office import open_office
from kongchuo.usecases.office_mail import send_due_mail
from kongchuo.usecases.unit_mail import (
    QueueResult,
    compose_receipts,
    compose_reminder_mails,
    find_due_reminders,
    queue_receipts,
    queue_reminders,
    queue_unit_mails,
)
from ledger.submissions.recorded_problems import recorded_problems
from store.stored_values import DeliveryStatus
from tests.builders.files.clerk_files import dropout_row, mail, pupil_row, register4, roll2, xlsx
from tests.builders.offices.office_folder import run_kongchuo
from tests.builders.servers.smtp_sink import Sink, served
from tests.builders.values.form_tables import id_number

CLERK, OFFICE = "clerk@example.org", "office@example.org"
WRONG = (1, "甲一", None, "509999201203", "甲父", "13800000001", "辍学", "2023-9-10", "厌学")
HOLIDAY = "2023-10-01"


class MailboxOffice:
    """An office with a folder for a mailbox; both kinds of mail to units are on."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._monkeypatch, self._count = folder, monkeypatch, 0
        (folder / "mail").mkdir()
        self.roster(CLERK)
        self.settings()

    def roster(self, emails: str) -> None:
        rows = f"西沱镇,township,,,,\n西沱中学,school,初中,西沱镇,,{emails}\n"
        (self.folder / "units.csv").write_text(f"name,kind,stage,township,aliases,emails\n{rows}", "utf-8")

    def settings(self, *, port: int | None = 2525, on: str = "true") -> None:
        smtp = f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender = "{OFFICE}"\n'
        (self.folder / "kongchuo.toml").write_text(
            f'[office]\nname = "县教委"\nrecipients = ["{OFFICE}"]\n'
            '[notice]\nfile = "2023-autumn.toml"\nroster = "units.csv"\n[[mailbox]]\nmaildir = "mail"\n'
            f"{smtp if port else ''}[units]\nreceipts = {on}\nreminders = {on}\n",
            "utf-8",
        )

    def receive(self, raw: bytes, hour: int = 10) -> None:
        self._count += 1
        head = f"Received: from a by b; 24 Sep 2023 {hour}:00:00 +0800\r\nMessage-ID: <m{self._count}@example.org>\r\n"
        (self.folder / "mail" / f"{self._count}.eml").write_bytes(head.encode() + raw)
        assert self.run_command("poll") in (0, 1)

    def run_command(self, *command: str) -> int:
        return run_kongchuo(self._monkeypatch, *command, "--config", str(self.folder))

    def queue_receipts(self) -> QueueResult:
        with open_office(self.folder / "kongchuo.toml") as office:
            return queue_receipts(office, parse_as_of("2023-09-24", office.zone))

    def queue_reminders(self, day: str = "2023-09-26") -> QueueResult:
        with open_office(self.folder / "kongchuo.toml") as office:
            return queue_reminders(office, parse_as_of(day, office.zone))

    def sent_messages(self) -> list[EmailMessage]:
        with open_office(self.folder / "kongchuo.toml") as office:
            return [parsed(office.store.outbox.mail_bytes(mail.key)) for mail in office.store.outbox.mails()]

    def states(self) -> list[DeliveryStatus]:
        with open_office(self.folder / "kongchuo.toml") as office:
            return [mail.state for mail in office.store.outbox.mails()]

    def send_outbox(self) -> int:
        with open_office(self.folder / "kongchuo.toml") as office:
            assert office.settings.smtp is not None
            return send_due_mail(office, office.settings.smtp).sent


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MailboxOffice:
    return MailboxOffice(tmp_path, monkeypatch)


def parsed(raw: bytes) -> EmailMessage:
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def a_report(*rows: object, sender: str = CLERK, name: str = "附件4.xlsx") -> bytes:
    return mail({name: xlsx(register4(*rows))}, sender=sender, subject="西沱中学附件4")  # type: ignore[arg-type]


def workbook_of(letter: EmailMessage) -> tuple[str, bytes]:
    (part,) = letter.iter_attachments()
    content = part.get_content()
    assert isinstance(content, bytes)
    return str(part.get_filename()), content


def test_a_mail_server_is_given_one_receipt_that_a_clerk_can_read(office: MailboxOffice) -> None:
    sink = Sink()
    with served(sink) as port:
        office.settings(port=port)
        office.receive(a_report(WRONG))
        assert office.queue_receipts() == QueueResult(queued=1)
        assert office.send_outbox() == 1
        assert office.queue_receipts() == QueueResult(queued=0)
        assert office.send_outbox() == 0

    ((sender, to, raw),) = sink.mails
    told = parsed(raw)
    assert (sender, to, told["From"].addresses[0].addr_spec) == (OFFICE, [CLERK], OFFICE)
    assert [told[name] for name in ("Auto-Submitted", "In-Reply-To", "References")] == [
        "auto-replied", "<m1@example.org>", "<m1@example.org>",
    ]  # fmt: skip
    text = told.get_body(("plain",))
    assert text is not None
    assert "第5行\uff08D5\uff09" in text.get_content()
    assert "身份证号不是18位\uff08填的是“*********203”" in text.get_content()
    name, data = workbook_of(told)
    cell = openpyxl.load_workbook(io.BytesIO(data)).worksheets[1]["D5"]
    assert (name, cell.value) == ("附件4(已标注).xlsx", "509999201203")
    assert cell.comment is not None
    assert "请核对" in cell.comment.text


def test_mending_just_the_marked_cells_settles_it(office: MailboxOffice) -> None:
    office.receive(a_report(WRONG))
    office.queue_receipts()
    name, data = workbook_of(office.sent_messages()[0])
    book = openpyxl.load_workbook(io.BytesIO(data))
    marked = [cell.coordinate for row in book.worksheets[1] for cell in row if cell.comment]
    book.worksheets[1]["D5"] = id_number(serial=123)
    mended = io.BytesIO()
    book.save(mended)

    office.receive(mail({name: mended.getvalue()}, sender=CLERK, subject="回复:西沱中学附件4"), hour=11)
    office.queue_receipts()

    assert marked == ["D5"]
    answer = office.sent_messages()[1]
    text = answer.get_body(("plain",))
    assert text is not None
    assert "与上次相比\uff1a已改好1处" in text.get_content()
    assert list(answer.iter_attachments()) == []
    with open_office(office.folder / "kongchuo.toml") as opened:
        assert recorded_problems(opened.snapshot_at(parse_as_of("2023-09-26", opened.zone))) == ()


def test_a_part_that_adds_children_mends_nothing_of_the_others(office: MailboxOffice) -> None:
    others = [dropout_row(f"乙{n}", serial=200 + 2 * k) for k, n in enumerate("一二三四五")]
    office.receive(a_report(WRONG, *others))
    office.receive(a_report(dropout_row("丙一", serial=301)), hour=11)
    office.queue_receipts()

    text = office.sent_messages()[1].get_body(("plain",))
    assert text is not None
    assert "与上次相比\uff1a仍有1处" in text.get_content()


def test_a_mail_without_an_id_is_answered_without_naming_one(office: MailboxOffice) -> None:
    (office.folder / "mail" / "9.eml").write_bytes(
        b"Received: from a by b; 24 Sep 2023 10:00:00 +0800\r\n" + a_report(WRONG)
    )
    assert office.run_command("poll") == 0
    office.queue_receipts()

    (letter,) = office.sent_messages()
    assert (letter["In-Reply-To"], letter["Auto-Submitted"]) == (None, "auto-replied")


def test_what_is_off_queues_nothing(office: MailboxOffice) -> None:
    office.settings(on="false")
    office.receive(a_report(WRONG))

    assert (office.queue_receipts(), office.queue_reminders()) == (QueueResult(), QueueResult())
    assert office.run_command("receipts", "--queue", "--as-of", "2023-09-24") == 2
    assert office.run_command("remind", "--queue", "--as-of", "2023-09-26") == 2
    assert office.sent_messages() == []


def test_without_a_mail_server_nothing_is_queued(office: MailboxOffice) -> None:
    office.settings(port=None)
    office.receive(a_report(WRONG))

    with pytest.raises(ConfigError, match="smtp"):
        office.queue_receipts()
    assert office.sent_messages() == []


def test_the_commands_show_and_queue(office: MailboxOffice, capsys: pytest.CaptureFixture[str]) -> None:
    office.receive(a_report(WRONG))
    capsys.readouterr()

    assert office.run_command("receipts", "--as-of", "2023-09-24") == 0
    said = capsys.readouterr().out
    assert "第1封" in said  # the letter in full, and that it was not sent
    assert "有1处请更正" in said
    assert "没有发出\uff1a加 --yes" in said
    assert office.sent_messages() == []
    assert office.run_command("remind", "--yes", "--as-of", "2023-09-26") == 0
    said = capsys.readouterr().out
    assert "催不到的单位1个\uff1a西沱镇" in said
    assert "已放进发件箱1封" in said


def test_a_message_that_the_archive_lost_keeps_no_other_from_its_answer(office: MailboxOffice) -> None:
    office.receive(a_report(WRONG))
    office.receive(a_report(dropout_row("乙二", serial=203)), hour=11)
    next((office.folder / "archive").glob("*/*.z")).unlink()

    assert office.queue_receipts().queued == 1


def test_a_reminder_that_still_waits_is_taken_back_when_the_unit_has_settled_it(
    office: MailboxOffice,
) -> None:
    assert office.queue_reminders().queued == 1
    roll, nil = (
        xlsx(roll2(pupil_row(school="西沱中学"), unit="西沱中学")),
        xlsx(register4((1, "无", *[None] * 7))),
    )
    office.receive(mail({"附件2.xlsx": roll, "附件4.xlsx": nil}, sender=CLERK, subject="西沱中学材料"))

    assert (office.queue_reminders().cancelled, office.states()) == (1, [DeliveryStatus.CANCELLED])
    assert office.queue_reminders("2023-09-28").queued == 0


def test_a_reminder_that_could_not_be_sent_on_its_day_is_taken_back(office: MailboxOffice) -> None:
    office.queue_reminders("2023-09-26")

    assert (office.queue_reminders("2023-09-27").cancelled, office.states()) == (
        1,
        [DeliveryStatus.CANCELLED],
    )


def test_a_reminder_names_the_rows_that_are_wrong(office: MailboxOffice) -> None:
    office.receive(a_report(WRONG))
    office.queue_reminders()

    text = office.sent_messages()[0].get_body(("plain",))
    assert text is not None
    assert "附件4县内失学辍学台账有1处错误" in text.get_content()
    assert "第5行\uff08D5\uff09" in text.get_content()
    assert "身份证号不是18位\uff08填的是“*********203”" in text.get_content()


def test_no_reminder_goes_out_on_a_holiday(office: MailboxOffice) -> None:
    assert office.queue_reminders(HOLIDAY).queued == 0
    assert office.queue_reminders("2023-10-08").queued == 0  # worked, and not a day of the plan
    assert office.queue_reminders("2023-10-09").queued == 1


def test_a_unit_without_an_address_is_reminded_where_it_was_learned_from(office: MailboxOffice) -> None:
    office.roster("")
    office.receive(a_report(dropout_row(), sender="new@example.org"))
    with open_office(office.folder / "kongchuo.toml") as opened:
        (file,) = opened.store.files.arrived(datetime.now(UTC))
        opened.store.decisions.assign_file(
            file.file_id, "西沱中学", "附件4", "officer", datetime(2023, 9, 24, tzinfo=UTC)
        )
    office.run_command("rerun", "--all")
    with open_office(office.folder / "kongchuo.toml") as opened:
        when = parse_as_of("2023-09-26", opened.zone)
        found = {one.unit: one.to for one in find_due_reminders(opened, when)}

    assert found == {"西沱镇": (), "西沱中学": ("new@example.org",)}


def test_nothing_is_ever_sent_to_ourselves(office: MailboxOffice) -> None:
    office.roster(f"{OFFICE};{CLERK}")
    office.receive(a_report(dropout_row(), sender=OFFICE))

    assert office.queue_receipts().queued == 0
    office.queue_reminders()
    assert [letter["To"] for letter in office.sent_messages()] == [CLERK]


def test_the_same_letters_may_be_queued_any_number_of_times(office: MailboxOffice) -> None:
    office.receive(a_report(WRONG))
    with open_office(office.folder / "kongchuo.toml") as opened:
        when = parse_as_of("2023-09-26", opened.zone)
        sent_messages = [
            *compose_receipts(opened, when),
            *compose_reminder_mails(opened, find_due_reminders(opened, when), when),
        ]

        assert [queue_unit_mails(opened, sent_messages) for _ in range(3)] == [2, 0, 0]
