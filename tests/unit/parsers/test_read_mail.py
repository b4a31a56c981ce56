"""Taking a mail apart never raises, whatever is done to its bytes."""

import io
import logging
import zipfile
from random import Random

import pytest

from bench.fuzz import mutated
from parsers.archives import unpack
from parsers.archives.containers import ContainerError
from parsers.mail import mime
from parsers.read_mail import take_apart
from tests.builders.clerk_files import mail, roll2, xls, xlsx


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
        _, attachments = take_apart(raw)
        assert attachments or kind == "mail"

    assert not caplog.records  # what is caught for the whole mail would cost its other files
