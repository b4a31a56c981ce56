"""A guardian's telephone leaves in a workbook with a password, and lies open nowhere."""

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from pyzipper import AESZipFile

from tests.builders.answers.answering_office import (
    OFFICER,
    AnsweringOffice,
    body_of,
    page_of,
)
from tests.builders.files.clerk_files import dropout_row

PASSWORD, PHONE = "石柱2023", "13800000001"


@pytest.fixture
def office(answering_office: AnsweringOffice) -> AnsweringOffice:
    answering_office.put_register(dropout_row("谭晓雨"))
    answering_office.poll()
    return answering_office


def cells_of(workbook: bytes) -> set[str]:
    sheets = openpyxl.load_workbook(BytesIO(workbook))
    return {str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row}


def test_a_workbook_with_a_password_has_it_and_an_open_copy_has_not(
    office: AnsweringOffice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KONGCHUO_WORKBOOK_PASSWORD", PASSWORD)
    office.configure("\n[digest]\nencrypt = true\n")

    mail = office.digests()[OFFICER]

    (attached,) = mail.iter_attachments()
    with AESZipFile(BytesIO(attached.get_content())) as archive:
        archive.setpassword(PASSWORD.encode())
        assert PHONE in cells_of(archive.read(archive.namelist()[0]))
    assert PHONE not in body_of(mail) + page_of(mail)
    assert office.run("digest", "--out", str(tmp_path / "out")) in (0, 1)
    (copy,) = (tmp_path / "out").rglob("*.xlsx")
    found = cells_of(copy.read_bytes())
    assert "谭晓雨" in found
    assert PHONE not in found


def test_a_workbook_without_a_password_says_only_whether_there_is_one(office: AnsweringOffice) -> None:
    mail = office.digests()[OFFICER]

    (attached,) = mail.iter_attachments()
    found = cells_of(attached.get_content())
    assert "谭晓雨" in found
    assert PHONE not in found
