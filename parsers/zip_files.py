"""Opens zips; one whose list of members is itself a bomb is refused before the library reads it."""

import io
import struct
import zipfile
from functools import lru_cache

MAX_DIRECTORY_BYTES = 4_000_000
"""A hundred times what 500 members with long names need; the library makes an object of each."""
MAX_SHARED_BYTES = 1_000_000
"""Of a file whose list of members is kept until another is asked for."""
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_END_SEARCHED = 65_557  # the end record with the longest comment
_END_64_SIZE = 56 + 20  # with the record that says where it is; the library looks for it here


class ZipDirectoryTooLarge(zipfile.BadZipFile):
    """It lists more members than anybody packs."""


def open_zip_file(data: bytes) -> zipfile.ZipFile:
    """The zip.

    Raises:
        ZipDirectoryTooLarge: its list of members is too long.
        zipfile.BadZipFile: it is none, or is broken.
    """
    if _directory_bytes(data) > MAX_DIRECTORY_BYTES:
        raise ZipDirectoryTooLarge
    return zipfile.ZipFile(io.BytesIO(data))


def share_zip_file(data: bytes) -> zipfile.ZipFile:
    """The zip, opened once for all who look into the same small file one after the other; for reading alone.

    Raises:
        zipfile.BadZipFile: as :func:`open_zip_file`.
    """
    return _open_shared(data) if len(data) <= MAX_SHARED_BYTES else open_zip_file(data)


class _SharedZipFile(zipfile.ZipFile):
    def close(self) -> None:
        """It stays open for the next who asks; it holds nothing but memory."""


@lru_cache(maxsize=1)
def _open_shared(data: bytes) -> zipfile.ZipFile:
    if _directory_bytes(data) > MAX_DIRECTORY_BYTES:
        raise ZipDirectoryTooLarge
    return _SharedZipFile(io.BytesIO(data))


def _directory_bytes(data: bytes) -> int:
    """What the end of the zip says of its directory (APPNOTE 4.3.16 and 4.3.14); the library reads as much."""
    end = data.rfind(_END, max(len(data) - _END_SEARCHED, 0))
    if end < 0 or end + 16 > len(data):
        return 0
    (size,) = struct.unpack_from("<I", data, end + 12)
    end_64 = end - _END_64_SIZE
    if end_64 >= 0 and data.startswith(_END_64, end_64):
        (size,) = struct.unpack_from("<Q", data, end_64 + 40)
    return int(min(size, end))
