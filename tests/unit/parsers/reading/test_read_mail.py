"""Taking a mail apart never raises, whatever is done to its bytes."""

import io
import logging
import subprocess
import sys
import zipfile
from random import Random

import pytest

from bench.fuzz import mutated
from parsers.archives import unpack
from parsers.archives.containers import ContainerError
from parsers.mail import mime
from parsers.mail.mail_budget import MAX_BODY_LENGTH, MAX_ENTRIES, MAX_UNFOLDED_BYTES
from parsers.reading.mail_journal import FileReading, MailJournal
from parsers.reading.read_mail import Ending, ReadingOrder, Turn, read_mail, take_apart
from parsers.records import FileKind, ParsedFile
from tests.builders.files.clerk_files import mail, roll2, xls, xlsx
from tests.builders.values.form_tables import NAMES, NOTICE


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


BOOK = xlsx(roll2())
FILES = {
    "zip": packed({"附件2.xlsx": BOOK, "夹/说明.txt": b"x" * 3000}),
    "xlsx": BOOK,
    "xls": xls(roll2()),
    "ods": packed(
        {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet" * 20, "content.xml": b"<x/>"}
    ),
}


@pytest.fixture
def no_other_process(monkeypatch):
    def convert_to_zip(data, passwords=()):
        raise ContainerError("unreadable")

    monkeypatch.setattr(unpack, "convert_to_zip", convert_to_zip)


@pytest.mark.parametrize("kind", [*FILES, "mail"])
def test_a_mail_with_a_damaged_file_is_taken_apart_all_the_same(no_other_process, caplog, kind):
    random = Random(kind)
    caplog.set_level(logging.ERROR, mime.log.name)
    whole = mail({"附件.zip": FILES["zip"], "附件.xls": FILES["xls"]}, body="请查收")

    for _ in range(150):
        raw = mutated(whole, random) if kind == "mail" else mail({"附件.bin": mutated(FILES[kind], random)})
        assert take_apart(raw).attachments or kind == "mail"

    assert not caplog.records  # what is caught for the whole mail would cost its other files


def parts(count: int) -> bytes:
    head = b'From: a@example.org\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary="BB"\r\n\r\n'
    part = b'--BB\r\nContent-Type: application/octet-stream; name="%d.csv"\r\n\r\na,%d\r\n'
    return head + b"".join(part % (number, number) for number in range(count)) + b"--BB--\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        parts(MAX_ENTRIES + 1500),
        mail({"a.zip": packed({f"{number}.csv": b"a,b" for number in range(MAX_ENTRIES + 1499)})}),
    ],
    ids=["parts", "members"],
)
def test_what_is_beyond_the_budget_of_a_mail_is_counted(raw):
    apart = take_apart(raw)

    assert (len(apart.attachments), apart.left_out) in {(MAX_ENTRIES, 1500), (MAX_ENTRIES - 1, 1500)}


def test_a_mail_unfolds_to_no_more_bytes_than_its_budget():
    noise = Random(1).randbytes(200_000)
    members = {f"{number}.bin": noise * 150 for number in range(5)}  # 30 MB each, packed 150 to one

    apart = take_apart(mail({"a.zip": packed(members)}))

    assert sum(len(each.data) for each in apart.attachments) <= MAX_UNFOLDED_BYTES
    assert len(apart.attachments) + apart.left_out == 5 or apart.attachments[0].failure


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_body_beyond_its_length_is_cut_and_said_to_be(kind):
    raw = b"From: a@example.org\r\nContent-Type: text/" + kind.encode() + b"\r\n\r\n" + b"abc " * 1_000_000

    apart = take_apart(raw)

    assert len(apart.body) <= MAX_BODY_LENGTH
    assert [(each.path, each.failure and each.failure[0]) for each in apart.attachments] == [
        (("正文的其余部分.txt",), "too-large")
    ]


def test_a_header_of_a_million_folds_is_read_in_time():
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (60, 60))\n"
        "from parsers.reading.read_mail import take_apart\n"
        "take_apart(b'Subject: a\\r\\n' + b' b\\r\\n' * 1_000_000 + b'\\r\\nx')\n"
        "take_apart(b'Content-Type: text/plain' + b';' * 1_000_000 + b'\\r\\n\\r\\nx')\n"
        "take_apart(b'Content-Type: multipart/mixed\\r\\n\\r\\n' + b''.join(b'--%d\\r\\n' % n for n in range(200_000)))\n"
        "take_apart(b'Subject: a\\r\\n\\r\\n' + b'begin 644 a\\r\\n' * 100_000)\n"
    )
    assert subprocess.run([sys.executable, "-P", "-c", program], check=False).returncode == 0


def test_a_file_for_which_memory_ran_out_is_too_large_whatever_the_other_reader_says():
    def short_of_memory(data, file_name, subject, notice, names, choices):
        if not choices.second_reader:
            raise MemoryError
        return ParsedFile(kind=FileKind.DOCX, outcome="quarantined", reason_code="unreadable", reason="x")

    with MailJournal.create([mail({"a.docx": b"a"})]) as journal:
        order = ReadingOrder(
            message_id="ab" * 32,
            notice=NOTICE.id,
            decided_forms={},
            failed_attempts={},
            seconds=5,
            turn=Turn.FILES,
        )
        assert read_mail(journal, order, NOTICE, NAMES, short_of_memory) is Ending.DONE
        (result,) = [entry for entry in journal.entries() if isinstance(entry, FileReading)]

    assert (result.position, result.reading.reason_code) == (0, "too-large")
