"""Finds the kind of a file from its bytes; its name is not used.

Units rename files: an ``.xls`` may hold OOXML, HTML or tab-separated text, and an ``.et`` either kind of workbook.
"""

import re
import struct
import zipfile
from functools import lru_cache

from parsers.formats.compound import SIGNATURE as _OLE
from parsers.formats.compound import CompoundFile
from parsers.records import FileKind
from parsers.zip_files import MAX_SHARED_BYTES, open_zip_file, share_zip_file

_BLANKS = b"\x00 \t\r\n"
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00")
_TNEF = b"\x78\x9f\x3e\x22"  # [MS-OXTNEF] 2.1.3.1: the signature
_BIFF_STARTS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
_HTML_WORDS = (b"<html", b"<table", b"<!doctype html", b"<body", b"<tr", b"<meta")
_FILEPASS = 0x2F  # [MS-XLS] 2.4.117: the rest of the stream is encrypted
_TEXT_SAMPLE_BYTES = 65_536
_CONTROL_BYTES = bytes(set(range(32)).difference((9, 10, 11, 12, 13, 26, 27)))
_KNOWN_STARTS = (
    (b"MZ", "电脑程序"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "桌面快捷方式(不是文件本身)"),
    (b"#!AMR", "录音"),
    (b"ID3", "录音"),
    (b"AC10", "CAD图纸"),
    (b"\x00\x00\x01\xba", "视频"),
)
_COMPOUND_STREAMS = (
    ("powerpoint document", "演示文稿(PPT)"),
    ("visiodocument", "Visio图"),
    ("matost", "Works文档"),
)
_PACKAGE_WORDS = (
    (b"presentation", "演示文稿(PPT)"),
    (b"opendocument.text", "ODT文档"),
    (b"opendocument.graphics", "绘图文件"),
)
_MAX_PART_BYTES = 1_000_000
_MAIN_PART_TYPE = re.compile(rb'ContentType\s*=\s*["\']([^"\']*\bmain(?:\+xml)?)["\']')
_MAIN_CONTENT_TYPES = (
    (b"sheet.binary", FileKind.XLSB),
    (b"spreadsheetml", FileKind.XLSX),
    (b"ms-excel", FileKind.XLSX),  # with macros
    (b"wordprocessingml", FileKind.DOCX),
    (b"ms-word", FileKind.DOCX),
)


def sniff(data: bytes) -> FileKind:
    """Returns the kind of ``data``; ``UNKNOWN`` if it is not recognised."""
    if not data[:64].strip(_BLANKS) and not data.strip(_BLANKS):  # the second strip copies the file
        return FileKind.EMPTY
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return _zip_kind(data)
    if data.startswith(_OLE):
        return _ole_kind(data)
    if _starts_biff(data):
        return FileKind.XLS
    if b"%PDF-" in data[:1024]:
        return FileKind.PDF
    if _is_image(data):
        return FileKind.IMAGE
    if data.startswith(_TNEF):
        return FileKind.TNEF
    if data.startswith(_ARCHIVES) or data[257:262] == b"ustar":
        return FileKind.ARCHIVE
    if data[:64].lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"{\\rtf"):
        return FileKind.RTF
    return _text_kind(data)


def _zip_kind(data: bytes) -> FileKind:
    """Returns the kind of a zip; small ones are cached, since they are asked about repeatedly while a mail is read."""
    try:
        return _kind_of_small_zip(data) if len(data) <= MAX_SHARED_BYTES else _look_into_zip(data)
    except Exception:  # noqa: BLE001  damaged bytes raise whatever they like in the libraries
        return _broken_zip_kind(data)


@lru_cache(maxsize=1)
def _kind_of_small_zip(data: bytes) -> FileKind:
    return _look_into_zip(data)


def _look_into_zip(data: bytes) -> FileKind:
    with share_zip_file(data) as archive:
        members = {info.filename.replace("\\", "/").lower(): info for info in archive.infolist()}
        main_type = _main_content_type(archive, members)
        mimetype = _read_start(archive, members, "mimetype", 80)
        is_locked = b":encryption-data" in _read_start(
            archive, members, "meta-inf/manifest.xml", _MAX_PART_BYTES
        )
    for word, kind in _MAIN_CONTENT_TYPES:
        if word in main_type:
            return kind
    if "xl/workbook.bin" in members:
        return FileKind.XLSB
    is_ooxml = "[content_types].xml" in members
    if "xl/workbook.xml" in members or (is_ooxml and any(name.startswith("xl/") for name in members)):
        return FileKind.XLSX
    if "word/document.xml" in members or (is_ooxml and any(name.startswith("word/") for name in members)):
        return FileKind.DOCX
    if mimetype.startswith(b"application/vnd.oasis") and is_locked:
        return FileKind.ENCRYPTED
    if b"opendocument.spreadsheet" in mimetype:
        return FileKind.ODS
    if is_ooxml or mimetype.startswith(b"application/") or "ofd.xml" in members:
        return FileKind.UNKNOWN  # slides, .odt, .ofd: documents of one piece, not archives
    return FileKind.ZIP


def _main_content_type(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> bytes:
    """Returns the content type of the package's main part (ECMA-376 part 2, 10.1.2.2), which may be in any folder."""
    types = _read_start(archive, members, "[content_types].xml", _MAX_PART_BYTES)
    return b" ".join(_MAIN_PART_TYPE.findall(types))


def _read_start(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str, size: int) -> bytes:
    if name not in members:
        return b""
    with archive.open(members[name]) as member:
        return member.read(size)


def _broken_zip_kind(data: bytes) -> FileKind:
    """Returns the kind of a truncated zip by its local headers."""
    for name, kind in (
        (b"xl/workbook.bin", FileKind.XLSB),
        (b"xl/w", FileKind.XLSX),
        (b"word/", FileKind.DOCX),
    ):
        if name in data:
            return kind
    return FileKind.ZIP


def _ole_kind(data: bytes) -> FileKind:
    """Returns the kind of an OLE file by the root's streams; if its directory is broken, by the names found in the bytes.

    Small ones are cached, as small zips are.
    """
    try:
        return _kind_of_small_ole(data) if len(data) <= MAX_SHARED_BYTES else _whole_ole_kind(data)
    except Exception:  # noqa: BLE001  as for a zip
        return _broken_ole_kind(data)


@lru_cache(maxsize=1)
def _kind_of_small_ole(data: bytes) -> FileKind:
    return _whole_ole_kind(data)


def _whole_ole_kind(data: bytes) -> FileKind:
    names = {name.lower() for name in CompoundFile(data).root}
    if "encryptedpackage" in names:
        return FileKind.ENCRYPTED
    if "worddocument" in names:
        return FileKind.ENCRYPTED if _is_locked_word(data) else FileKind.DOC
    if names & {"workbook", "book"}:
        return FileKind.ENCRYPTED if _has_filepass(data) else FileKind.XLS
    return FileKind.MSG if "__properties_version1.0" in names else FileKind.OLE


def _is_locked_word(data: bytes) -> bool:
    """Returns whether a Word document is encrypted ([MS-DOC] 2.5.2, flag fEncrypted)."""
    header = CompoundFile(data).first_bytes("WordDocument", 12)
    return len(header) == 12 and bool(header[11] & 0x01)


def _broken_ole_kind(data: bytes) -> FileKind:
    """Returns the kind of a truncated OLE file by the first stream name in its bytes."""
    if _find_directory_entry(data, "EncryptedPackage") >= 0:
        return FileKind.ENCRYPTED
    workbook_offsets = [
        offset for name in ("Workbook", "Book") if (offset := _find_directory_entry(data, name)) >= 0
    ]
    document_offset = _find_directory_entry(data, "WordDocument")
    if document_offset >= 0 and not (workbook_offsets and min(workbook_offsets) < document_offset):
        return FileKind.DOC
    if not workbook_offsets:
        return FileKind.MSG if _find_directory_entry(data, "__properties_version1.0") >= 0 else FileKind.OLE
    return FileKind.ENCRYPTED if _has_filepass(data) else FileKind.XLS


def _find_directory_entry(data: bytes, name: str) -> int:
    """Returns the offset of the directory entry with this name ([MS-CFB] 2.6.1: 64 bytes of name, then its length)."""
    raw = name.encode("utf-16-le")
    for spelled in (raw, name.upper().encode("utf-16-le")):
        offset = data.find(spelled.ljust(64, b"\x00") + struct.pack("<H", len(raw) + 2))
        if offset >= 0:
            return offset
    return -1


def _has_filepass(data: bytes) -> bool:
    for start in (b"\x09\x08\x10\x00\x00\x06\x05\x00", b"\x09\x08\x08\x00\x00\x05\x05\x00"):
        offset = data.find(start)
        for _ in range(8):  # FILEPASS stands right behind BOF and a few protection records
            if offset < 0 or offset + 4 > len(data):
                break
            record, size = struct.unpack_from("<HH", data, offset)
            if record == _FILEPASS:
                return True
            offset += 4 + size
    return False


def _starts_biff(data: bytes) -> bool:
    if not data.startswith(_BIFF_STARTS) or len(data) < 16:
        return False
    size = struct.unpack_from("<H", data, 2)[0]
    kind = struct.unpack_from("<H", data, 6)[0]
    return size in (4, 6, 8, 16) and kind in (0x05, 0x10, 0x20, 0x40, 0x100)


def _is_image(data: bytes) -> bool:
    if data.startswith(_IMAGES):
        return True
    if (
        data.startswith(b"BM")
        and len(data) > 26
        and data[14:18] in (b"\x28\0\0\0", b"\x0c\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0")
    ):
        return True
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return True
    return data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS


def _text_kind(data: bytes) -> FileKind:
    text = _decode_sample(data[:_TEXT_SAMPLE_BYTES])
    if text is None:
        return FileKind.UNKNOWN
    start = text.lstrip("\ufeff \t\r\n")[:4096].lower()
    if "urn:schemas-microsoft-com:office:spreadsheet" in start[:2048]:
        return FileKind.XML_SHEET
    if start.startswith("<") and any(word.decode() in start for word in _HTML_WORDS):
        return FileKind.HTML
    return FileKind.TEXT


def _decode_sample(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    if b"\x00" in head:
        return None
    if len(head) - len(head.translate(None, _CONTROL_BYTES)) > len(head) // 200:
        return None
    for codec in ("utf-8", "gb18030"):
        for cut in range(4):  # the look may end inside a character
            try:
                return head[: len(head) - cut].decode(codec)
            except UnicodeDecodeError:
                if len(head) < _TEXT_SAMPLE_BYTES:
                    break
    return None


def describe_unsupported(data: bytes) -> str | None:
    """Returns in Chinese what an unsupported file is, by its bytes; None if they do not show it."""
    if data.startswith(_OLE):
        return _describe_compound(data)
    if data.startswith(b"PK"):
        return _describe_package(data)
    if data[4:8] == b"ftyp":
        return "视频或录音"
    for start, what in _KNOWN_STARTS:
        if data.startswith(start):
            return what
    return "视频或录音" if data.startswith(b"RIFF") else None


def holds_pictures(data: bytes) -> bool:
    """Returns whether a document or workbook contains pictures; names of parts are plain text in a package."""
    if data.startswith(b"PK"):
        return b"/media/" in data or b"Pictures/" in data
    if data.startswith(_OLE):
        return b"\x89PNG\r\n\x1a\n" in data or b"\xff\xd8\xff" in data
    return b"\\pict" in data


def _describe_compound(data: bytes) -> str | None:
    try:
        names = {name.lower() for name in CompoundFile(data).root}
    except Exception:  # noqa: BLE001  as above
        return None
    return next((what for name, what in _COMPOUND_STREAMS if name in names), None)


def _describe_package(data: bytes) -> str | None:
    try:
        with open_zip_file(data) as archive:
            members = {info.filename.lower(): info for info in archive.infolist()}
            words = _main_content_type(archive, members) + _read_start(archive, members, "mimetype", 80)
    except Exception:  # noqa: BLE001  as above
        return None
    if "ofd.xml" in members:
        return "OFD版式文件"
    return next((what for word, what in _PACKAGE_WORDS if word in words), None)
