import os

import pytest

from parsers.mail.mail_contents import EMPTY_HEAD, Mail
from parsers.reading.mail_journal import FileReading, MailJournal, MailParts
from parsers.records import FileKind, ParsedFile

PARTS = MailParts(mail=Mail(head=EMPTY_HEAD, body="x"), attachments=())
READING = FileReading(0, ParsedFile(kind=FileKind.TEXT, outcome="ignored"))


@pytest.mark.parametrize("raw", [b"", b"a", bytes(3_000_001)])
def test_the_mail_and_each_result_come_back(raw):
    with (
        MailJournal.create([raw]) as journal,
        MailJournal.from_descriptor(os.dup(journal.fileno())) as reader,
    ):
        for entry in (EMPTY_HEAD, PARTS, READING):
            reader.append(entry)

        assert (reader.read_mail(), reader.read_mail(2), journal.mail_size) == (raw, raw[:2], len(raw))
        assert journal.entries() == [EMPTY_HEAD, PARTS, READING]


@pytest.mark.parametrize("cut", [1, 7, 9, 40])
def test_a_result_that_a_dying_reader_began_is_removed(cut):
    with MailJournal.create([b"mail"]) as journal:
        journal.append(EMPTY_HEAD)
        whole = os.fstat(journal.fileno()).st_size
        journal.append(PARTS)
        os.ftruncate(journal.fileno(), whole + cut)

        assert journal.entries() == [EMPTY_HEAD]
        journal.append(READING)

        assert journal.entries() == [EMPTY_HEAD, READING]
