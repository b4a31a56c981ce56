"""The workbook as a zip that asks for a password (AES-256, as 7-Zip, WPS and Bandizip open it)."""

from collections.abc import Mapping
from io import BytesIO

from pyzipper.zipfile import ZIP_DEFLATED
from pyzipper.zipfile_aes import WZ_AES, AESZipFile


def encrypt_zip(members: Mapping[str, bytes], password: str) -> bytes:
    """A zip with these members, by name. Its salt is drawn anew each time (WinZip AE-2), so its bytes differ from run to run."""
    out = BytesIO()
    archive = AESZipFile(out, "w", compression=ZIP_DEFLATED, encryption=WZ_AES)
    with archive:
        archive.setpassword(password.encode("utf-8"))
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()
