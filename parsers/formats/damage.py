"""Finds from the bytes of an unreadable file why it cannot be opened, for the sentence to its sender."""

import struct
import zipfile
import zlib
from enum import StrEnum

from parsers.formats.compound import SIGNATURE, BrokenCompound, CompoundFile, CutOffCompound
from parsers.formats.sniff import sniff
from parsers.records import FileKind
from parsers.zip_files import open_zip_file

WITH_SECOND_READER = frozenset({FileKind.XLSX, FileKind.XLS})
"""The kinds of files that two libraries read; if both fail, the file is damaged."""

_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_END_OF_ARCHIVE = b"PK\x05\x06"  # APPNOTE 4.3.16: at most 64 KB from the end
_ARCHIVE_TAIL_BYTES = 65_557
_PDF_TAIL_BYTES = 4096
_MIN_COMPOUND_BYTES = 1536  # the header, one sector of allocation table, one of directory


class Damage(StrEnum):
    """The kinds of damage that the bytes prove."""

    CUT_OFF = "cut-off"
    CORRUPT = "corrupt"


def explain_unreadable(data: bytes, kind: FileKind) -> str:
    """Returns a sentence that says why no reader opens a file, and what to do."""
    damage = find_damage(data)
    if damage is Damage.CUT_OFF:
        return "文件不完整(后面一截没有传过来),打不开:请对方重新发送"
    if damage is Damage.CORRUPT or kind in WITH_SECOND_READER:
        return "文件已损坏,打不开:请对方用WPS打开另存后重发"
    return "这个文件程序打不开:请人工查看,或请对方用WPS另存为xlsx后重发"


def find_damage(data: bytes) -> Damage | None:
    """Returns the damage that the bytes prove; None for a whole file or a kind whose damage cannot be proven."""
    if data.startswith(_ZIP_STARTS):
        return _zip_damage(data)
    if data.startswith(SIGNATURE):
        return _compound_damage(data)
    if b"%PDF-" in data[:1024] and b"%%EOF" not in data[-_PDF_TAIL_BYTES:]:
        return Damage.CUT_OFF
    if sniff(data) is FileKind.RTF and not data.rstrip(b"\x00\r\n\t ").endswith(b"}"):
        return Damage.CUT_OFF
    return None


def _zip_damage(data: bytes) -> Damage | None:
    if _END_OF_ARCHIVE not in data[-_ARCHIVE_TAIL_BYTES:]:
        return Damage.CUT_OFF
    try:
        with open_zip_file(data) as archive:
            return Damage.CORRUPT if archive.testzip() is not None else None
    except RuntimeError:  # a member wants a password
        return None
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError):
        return Damage.CORRUPT


def _compound_damage(data: bytes) -> Damage | None:
    try:
        file = CompoundFile(data)
        whole = all(file.is_whole(name) for name in file.root)
    except CutOffCompound:
        return Damage.CUT_OFF
    except (BrokenCompound, struct.error):
        return Damage.CUT_OFF if len(data) < _MIN_COMPOUND_BYTES else Damage.CORRUPT
    return None if whole else Damage.CUT_OFF
