"""Opens zips, and refuses one whose directory is too large before the library reads it."""

import io
import struct
import zipfile
from functools import lru_cache

MAX_DIRECTORY_BYTES = 4_000_000
"""The most bytes of a zip's directory, a hundred times what 500 members with long names need; the library makes an object of each member."""
MAX_SHARED_BYTES = 1_000_000
"""The most bytes of a file that stays open for its next reader."""
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_END_SEARCHED = 65_557  # the end record with the longest comment
_END_64_SIZE = 56 + 20  # with the record that says where it is; the library looks for it here


class ZipDirectoryTooLarge(zipfile.BadZipFile):
    """The zip lists more members than any real archive."""


def open_zip_file(data: bytes) -> zipfile.ZipFile:
    """Returns the opened zip.

    Raises:
        ZipDirectoryTooLarge: its directory is too long.
        zipfile.BadZipFile: the bytes are not a zip, or it is damaged.
    """
    if _directory_bytes(data) > MAX_DIRECTORY_BYTES:
        raise ZipDirectoryTooLarge
    return zipfile.ZipFile(io.BytesIO(data))


def share_zip_file(data: bytes) -> zipfile.ZipFile:
    """Returns a zip that is opened once for successive readers of the same small file; only for reading.

    Raises:
        zipfile.BadZipFile: as in :func:`open_zip_file`.
    """
    return _open_shared(data) if len(data) <= MAX_SHARED_BYTES else open_zip_file(data)


class _SharedZipFile(zipfile.ZipFile):
    def close(self) -> None:
        """Does nothing, so that the zip stays open for the next reader; it only uses memory."""


@lru_cache(maxsize=1)
def _open_shared(data: bytes) -> zipfile.ZipFile:
    if _directory_bytes(data) > MAX_DIRECTORY_BYTES:
        raise ZipDirectoryTooLarge
    return _SharedZipFile(io.BytesIO(data))


def _directory_bytes(data: bytes) -> int:
    """Returns the size of the directory by the end record (APPNOTE 4.3.16 and 4.3.14), as the library does."""
    end = data.rfind(_END, max(len(data) - _END_SEARCHED, 0))
    if end < 0 or end + 16 > len(data):
        return 0
    (size,) = struct.unpack_from("<I", data, end + 12)
    end_64 = end - _END_64_SIZE
    if end_64 >= 0 and data.startswith(_END_64, end_64):
        (size,) = struct.unpack_from("<Q", data, end_64 + 40)
    return int(min(size, end))
