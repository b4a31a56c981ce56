"""The workbook as a zip that asks for a password (AES-256, as 7-Zip, WPS and Bandizip open it)."""

from io import BytesIO

from pyzipper.zipfile import ZIP_DEFLATED
from pyzipper.zipfile_aes import WZ_AES, AESZipFile


def encrypt_zip(name: str, data: bytes, password: str) -> bytes:
    """A zip with one member. Its salt is drawn anew each time (WinZip AE-2), so its bytes differ from run to run."""
    out = BytesIO()
    archive = AESZipFile(out, "w", compression=ZIP_DEFLATED, encryption=WZ_AES)
    with archive:
        archive.setpassword(password.encode("utf-8"))
        archive.writestr(name, data)
    return out.getvalue()
