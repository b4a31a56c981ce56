"""Decodes names of archive members. Their bytes are UTF-8 or GBK, and the archive's own flag is often wrong."""

import re
import zipfile

from parsers.mail.charsets import decode_bytes
from parsers.zip_files import open_zip_file

_UTF8_FLAG = 0x800
_RAR_UNICODE_FLAG = 0x200
_LOCAL_HEADER, _CENTRAL_HEADER = re.compile(b"PK\x03\x04"), re.compile(b"PK\x01\x02")
_FLAG_OFFSETS = ((_LOCAL_HEADER, 6), (_CENTRAL_HEADER, 8))


def open_zip(packed: bytes) -> zipfile.ZipFile:
    """Returns the opened zip. Where GBK names are flagged as UTF-8, which the library refuses, the flags are cleared first.

    Raises:
        zipfile.BadZipFile: the bytes are not a zip, or it is damaged.
    """
    try:
        return open_zip_file(packed)
    except UnicodeDecodeError:
        return open_zip_file(drop_utf8_flags(packed))


def drop_utf8_flags(packed: bytes) -> bytes:
    """Returns the zip with the flag for UTF-8 names cleared (APPNOTE 4.4.4, bit 11)."""
    changed = bytearray(packed)
    for signature, offset in _FLAG_OFFSETS:
        for match in signature.finditer(packed):
            if match.start() + offset + 1 < len(changed):
                changed[match.start() + offset + 1] &= ~(_UTF8_FLAG >> 8) & 0xFF
    return bytes(changed)


def decode_zip_name(info: zipfile.ZipInfo) -> tuple[str, bytes]:
    """Returns the name and its bytes: UTF-8 where flagged, else the encoding of the system that packed it (mostly GBK)."""
    if info.flag_bits & _UTF8_FLAG:
        raw = info.filename.encode("utf-8", "surrogateescape")
        return clean_path(info.filename), raw
    raw = info.filename.encode("cp437", "replace")
    return clean_path(decode_bytes(raw)), raw


def decode_rar_name(name: str, raw: bytes, flags: int) -> str:
    """Returns the name as the library decoded it if the archive marks it as Unicode, else decoded from its bytes."""
    is_unicode = flags & _RAR_UNICODE_FLAG and "\ufffd" not in name
    return clean_path(name if is_unicode else decode_bytes(raw))


def decode_tar_name(name: str) -> str:
    """Decodes a name of a tar; the library gives its bytes as surrogate escapes."""
    return decode_bytes(name.encode("utf-8", "surrogateescape"))


def clean_path(name: str) -> str:
    """Returns the path with forward slashes only, and none at its ends."""
    return name.replace("\\", "/").strip("/")
