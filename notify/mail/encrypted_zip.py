"""Encrypts files as a zip with a password (AES-256, as 7-Zip, WPS and Bandizip open it)."""

from collections.abc import Mapping
from io import BytesIO

from pyzipper.zipfile import ZIP_DEFLATED
from pyzipper.zipfile_aes import WZ_AES, AESZipFile


def encrypt_zip(members: Mapping[str, bytes], password: str) -> bytes:
    """Returns a zip with these members, by name; its bytes differ each time, because the salt is random (WinZip AE-2)."""
    out = BytesIO()
    archive = AESZipFile(out, "w", compression=ZIP_DEFLATED, encryption=WZ_AES)
    with archive:
        archive.setpassword(password.encode("utf-8"))
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()
