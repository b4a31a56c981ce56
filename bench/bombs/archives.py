"""Archives that unpack to more than they declare, contain themselves, or never end."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zlib
from collections.abc import Callable
from random import Random

import py7zr
import pyzipper
from msoffcrypto.format.ooxml import OOXMLFile

from bench.bombs.raw_mails import Bombs, attached, file_part, mixed, packed, plain_part
from tests.builders.files.clerk_files import MIDDLE, dropout_row, mail, register4, xlsx
from tests.builders.files.outlook_files import Tree, compound_file, msg, tnef

_ZEROS = bytes(100 << 20)


def _book() -> bytes:
    return xlsx(register4(dropout_row(), unit=MIDDLE))


def _nested_zip(depth: int, width: int) -> bytes:
    data = packed({"0": bytes(10 << 20)})
    for _ in range(depth):
        data = packed({f"{number}.zip": data for number in range(width)})
    return data


def _local_header(name: bytes, packed_size: int, size: int, extra: bytes = b"") -> bytes:
    return (
        struct.pack("<IHHHHHIIIHH", 0x04034B50, 45, 0, 8, 0, 0, 0, packed_size, size, len(name), len(extra))
        + name
        + extra
    )


def _directory_entry(name: bytes, packed_size: int, size: int, offset: int, extra: bytes = b"") -> bytes:
    return (
        struct.pack("<IHHHHHHIII", 0x02014B50, 45, 45, 0, 8, 0, 0, 0, packed_size, size)
        + struct.pack("<HHHHHII", len(name), len(extra), 0, 0, 0, 0, offset)
        + name
        + extra
    )


def _end(count: int, size: int, offset: int) -> bytes:
    return struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, min(count, 0xFFFF), min(count, 0xFFFF), size, offset, 0)


def overlapping(count: int, kernel: bytes) -> bytes:
    """Returns a zip whose directory has many entries for the same few bytes."""
    deflated = zlib.compress(kernel, 9)[2:-4]
    body = _local_header(b"a.csv", len(deflated), len(kernel)) + deflated
    directory = _directory_entry(b"a.csv", len(deflated), len(kernel), 0) * count
    return body + directory + _end(count, len(directory), len(body))


def _holds_itself() -> bytes:
    """Returns a zip with a stored member that spans the whole archive."""
    name = b"a.zip"
    directory_size = 46 + len(name)
    size = 30 + len(name) + directory_size + 22
    body = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 0, 0, 0, 0, size, size, len(name), 0) + name
    entry = struct.pack("<IHHHHHHIII", 0x02014B50, 20, 20, 0, 0, 0, 0, 0, size, size)
    entry += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
    return body + entry + _end(1, len(entry), len(body))


def zip64_lies(directory_bytes: int | None = None) -> bytes:
    """Returns a zip whose ZIP64 records declare a member of 4 EiB, and a directory of so many bytes if given."""
    deflated = zlib.compress(bytes(1 << 20), 9)[2:-4]
    extra = struct.pack("<HHQQQ", 1, 24, 1 << 62, 1 << 62, 0)
    body = _local_header(b"a.csv", 0xFFFFFFFF, 0xFFFFFFFF, extra[:20]) + deflated
    directory = _directory_entry(b"a.csv", 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, extra)
    end64 = struct.pack(
        "<IQHHIIQQQQ",
        0x06064B50,
        44,
        45,
        45,
        0,
        0,
        1 << 60,
        1 << 60,
        directory_bytes or len(directory),
        len(body),
    )
    locator = struct.pack("<IIQI", 0x07064B50, 0, len(body) + len(directory), 1)
    return body + directory + end64 + locator + _end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)


def _many_names() -> bytes:
    return packed({f"{'夹/' * 4000}{number}.csv": b"a,b" for number in range(400)})


def _locked_with_many_passwords() -> bytes:
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"nobody-knows")
        archive.writestr("a.xlsx", _book())
    words = "\n".join(f"密码:{number:06}" for number in range(20_000))
    return mixed(plain_part(words), *(file_part(f"{number}.zip", out.getvalue()) for number in range(30)))


def _slow_password() -> bytes:
    """Returns an encrypted workbook that requires a million rounds for each password tried."""
    plain, locked = io.BytesIO(_book()), io.BytesIO()
    OOXMLFile(plain).encrypt("nobody-knows", locked)
    data = locked.getvalue().replace(b'spinCount="100000"', b'spinCount="999999"')
    words = "\n".join(f"密码:{number:06}" for number in range(50))
    return mixed(plain_part(words), *(file_part(f"{number}.xlsx", data) for number in range(20)))


def _tar(count: int, change: Callable[[tarfile.TarInfo, int], None]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for number in range(count):
            info = tarfile.TarInfo(f"{number}.csv")
            change(info, number)
            archive.addfile(info)
    return out.getvalue()


def _link(info: tarfile.TarInfo, number: int) -> None:
    info.type, info.linkname = tarfile.SYMTYPE, f"{1 - number % 2}.csv"


def _huge(info: tarfile.TarInfo, number: int) -> None:
    info.size = 1 << 60


def _seven_zip(data: bytes, count: int = 1) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.set_encoded_header_mode(False)
        for number in range(count):
            archive.writestr(data, f"{number}.csv")
    return out.getvalue()


def _seven_zip_of_large_dictionary() -> bytes:
    """Returns a 7z archive whose LZMA2 property declares a dictionary of 4 GB, with matching checksums."""
    data = bytearray(_seven_zip(b"a,b,c\n" * 1000))
    start = 32 + struct.unpack("<Q", data[12:20])[0]
    header = (
        bytes(data[start:])
        .replace(b"\x21\x21\x01\x16", b"\x21\x21\x01\x28")
        .replace(b"\x21\x21\x01\x18", b"\x21\x21\x01\x28")
    )
    data[start:] = header
    data[28:32] = struct.pack("<I", zlib.crc32(header))
    data[8:12] = struct.pack("<I", zlib.crc32(bytes(data[12:32])))
    return bytes(data)


def _mails_in_mails(depth: int) -> bytes:
    tree: Tree = msg("附件4", "请查收", [("附件4.xlsx", _book())])
    for number in range(depth):
        tree = msg(f"转发{number}", "请查收", mails=[tree])
    return compound_file(tree)


def _looping_directory() -> bytes:
    """Returns a saved mail whose attachments link to each other in a ring."""
    data = bytearray(compound_file(msg("附件4", "请查收", [("附件4.xlsx", _book())] * 2)))
    start = 512 * (1 + struct.unpack("<I", data[48:52])[0])
    for number in range(1, 6):
        entry = start + 128 * number
        data[entry + 68 : entry + 80] = struct.pack("<III", 1, number + 1, 1)
    return bytes(data)


def _with_chain(data: bytes, table: Callable[[int], int]) -> bytes:
    """Returns a compound file with its first allocation sector replaced."""
    changed = bytearray(data)
    sector = 512 * (1 + struct.unpack("<I", data[76:80])[0])
    changed[sector : sector + 512] = struct.pack("<128I", *map(table, range(128)))
    return bytes(changed)


def _compound() -> bytes:
    return compound_file({"Workbook": Random(3).randbytes(20_000), "\5SummaryInformation": bytes(4096)})


def _eml_in_zip(depth: int) -> bytes:
    raw = mail({"附件4.xlsx": _book()})
    for _ in range(depth):
        raw = mail({f"{number}.zip": packed({"a.eml": raw}) for number in range(3)})
    return raw


def _tnef_of_many() -> bytes:
    return tnef(b"hello", [(b"%d.csv" % number, b"a,b") for number in range(3_000)])


def _tnef_with_wrong_lengths() -> bytes:
    attribute = struct.pack("<BII", 2, 0x0006800F, 0xFFFFFFFF)
    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute * 100_000
        + struct.pack("<BII", 1, 0x00069003, 0) * 100_000
    )


BOMBS: Bombs = {
    "zip of 1,900 tables": lambda: attached(
        "a.zip", packed({f"{number}.csv": b"%d,a,b,c,d,e\n" % number * 5000 for number in range(1900)})
    ),
    "zips in zips, six deep": lambda: attached("a.zip", _nested_zip(6, 8)),
    "zips in zips, three wide": lambda: attached("a.zip", _nested_zip(3, 10)),
    "zip that holds itself": lambda: attached("a.zip", _holds_itself()),
    "zip with overlapping entries": lambda: attached("a.zip", overlapping(60_000, b"a,b,c,d\n" * 100_000)),
    "zip with overlapping zeros": lambda: attached("a.zip", overlapping(1000, bytes(20 << 20))),
    "zip of a million entries": lambda: attached("a.zip", overlapping(1_000_000, b"")),
    "zip with zip64 lies": lambda: attached("a.zip", zip64_lies()),
    "zip of zeros called a document": lambda: attached(
        "a.ods", packed({"mimetype": bytes(600 << 20), "content.xml": b"<x/>"})
    ),
    "zip with names of 12,000 characters": lambda: attached("a.zip", _many_names()),
    "locked zips and 20,000 passwords": _locked_with_many_passwords,
    "locked workbooks of a million rounds": _slow_password,
    "gzip of 1 GB": lambda: attached("a.gz", gzip.compress(_ZEROS) * 10),
    "gzip in gzip in gzip": lambda: attached("a.gz", gzip.compress(gzip.compress(gzip.compress(_ZEROS)))),
    "bzip2 of 5 GB": lambda: attached("a.bz2", bz2.compress(_ZEROS) * 50),
    "xz of 5 GB": lambda: attached("a.xz", lzma.compress(_ZEROS) * 50),
    "tar of 190,000 files": lambda: attached(
        "a.tar.gz", gzip.compress(_tar(190_000, lambda info, number: None))
    ),
    "tar of links in a ring": lambda: attached("a.tar", _tar(2000, _link)),
    "tar of endless files": lambda: attached("a.tar", _tar(1000, _huge)),
    "7z of zeros": lambda: attached("a.7z", _seven_zip(bytes(300 << 20))),
    "7z of 5,000 files": lambda: attached("a.7z", _seven_zip(b"a,b", 5000)),
    "7z with a dictionary of 4 GB": lambda: attached("a.7z", _seven_zip_of_large_dictionary()),
    "rar of garbage": lambda: attached("a.rar", b"Rar!\x1a\x07\x01\x00" + Random(4).randbytes(1 << 20)),
    "saved mails in saved mails": lambda: attached("a.msg", _mails_in_mails(120)),
    "saved mail with a ring of entries": lambda: attached("a.msg", _looping_directory()),
    "compound file with a chain to itself": lambda: attached("a.xls", _with_chain(_compound(), lambda n: n)),
    "compound file with a ring of sectors": lambda: attached(
        "a.doc", _with_chain(_compound(), lambda n: (n + 1) % 40)
    ),
    "compound file that is a million sectors": lambda: attached(
        "a.xls",
        _compound()[:44]
        + struct.pack("<I", 1_000_000)
        + _compound()[48:68]
        + struct.pack("<II", 0, 0xFFFFFF)
        + _compound()[76:],
    ),
    "mails in zips in mails": lambda: _eml_in_zip(4),
    "winmail.dat of 3,000 files": lambda: attached("winmail.dat", _tnef_of_many()),
    "winmail.dat with wrong lengths": lambda: attached("winmail.dat", _tnef_with_wrong_lengths()),
    "attachment of 50 MB": lambda: attached("a.xls", Random(2).randbytes(50 << 20)),
}
