from io import BytesIO

import pytest
from pyzipper.zipfile_aes import AESZipFile

from notify.mail.encrypted_zip import encrypt_zip


def test_the_workbook_opens_with_the_password_and_not_without() -> None:
    with AESZipFile(BytesIO(encrypt_zip({"简报.xlsx": b"rows"}, "石柱2023"))) as archive:
        assert archive.namelist() == ["简报.xlsx"]
        with pytest.raises(RuntimeError):
            archive.read("简报.xlsx")
        archive.setpassword("石柱2023".encode())
        assert archive.read("简报.xlsx") == b"rows"
