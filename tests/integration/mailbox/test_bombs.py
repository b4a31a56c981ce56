"""The quick ones of ``make bombs``, all in one reading process: each ends in a disposition, and costs itself only."""

import hashlib

import pytest

from bench.bombs import archives, documents, mails, words, workbooks
from parsers.mail.mail_budget import MAX_ENTRIES
from parsers.reading.mail_journal import MailJournal
from parsers.reading.reader_pool import ReaderPool
from parsers.reading.reading_job import MailReading
from tests.builders.files.clerk_files import SCHOOL, mail, pupil_row, roll2, xlsx
from tests.builders.values.form_tables import NOTICE, ROSTER

QUICK = {
    **{name: archives.BOMBS[name] for name in (
        "zips in zips, six deep", "zip that holds itself", "zip with overlapping zeros", "zip with zip64 lies", "tar of links in a ring",
        "tar of endless files", "7z with a dictionary of 4 GB", "rar of garbage", "saved mails in saved mails",
        "saved mail with a ring of entries", "compound file with a ring of sectors", "mails in zips in mails", "winmail.dat with wrong lengths",
    )},
    **{name: make for name, make in workbooks.BOMBS.items() if "laughs" in name or "foreign" in name},
    **{name: documents.BOMBS[name] for name in (
        "docx with tables 1,000 deep", "docx with a billion laughs", "docx with a billion laughs in its types", "docx with a foreign entity",
        "docx with a cell over a billion columns", "doc of zeros", "pdf with a ring of pages", "pdf with a form in itself",
        "tiff with a ring of pages", "bmp of a billion points",
    )},
    **{name: mails.BOMBS[name] for name in (
        "multiparts 1,000 deep", "multiparts 1,000 deep of one boundary", "multiparts whose boundaries begin alike",
        "mails in mails 1,000 deep", "names in 100,000 pieces",
    )},
    "a page with a form over a billion rows": words.BOMBS["a page with a form over a billion rows"],
}  # fmt: skip
FOREIGN_WORDS = "root:"  # of the file that foreign entities ask for


def read(pool: ReaderPool, raw: bytes) -> MailReading:
    journal = MailJournal.create([raw])
    return pool.submit(journal, hashlib.sha256(raw).hexdigest(), NOTICE.id, {}).result(timeout=120)


@pytest.fixture(scope="module")
def pool():
    with ReaderPool([NOTICE], ROSTER, workers=1) as pool:
        yield pool


@pytest.mark.parametrize("name", QUICK)
def test_a_bomb_ends_in_dispositions_and_the_next_mail_is_read(pool, name):
    reading = read(pool, QUICK[name]())
    sound = read(pool, mail({"附件2.xlsx": xlsx(roll2(pupil_row(), unit=SCHOOL))}))

    assert len(reading.readings) == len(reading.parts.attachments) <= MAX_ENTRIES + 2
    assert all(each.reason or each.outcome in ("forms", "evidence") for each in reading.readings)
    assert FOREIGN_WORDS not in repr(reading)
    assert [each.outcome for each in sound.readings] == ["forms"]
