"""Unpacks archives into their members, within limits on count, size and depth (promise 4)."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from parsers.archives.containers import ContainerError, convert_to_zip
from parsers.formats.sniff import sniff
from parsers.mail.charsets import decode_bytes
from parsers.mail.mime import Attachment
from parsers.records import FileKind

MAX_DEPTH = 5
MAX_MEMBERS = 2_000
MAX_TOTAL_BYTES = 200_000_000
MAX_RATIO = 200  # real workbooks pack 20 to 1 at most; zeros pack 1000 to 1
RATIO_CHECKED_FROM = 1_000_000  # below this the ratio says nothing
_CHUNK = 1 << 16
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_SYSTEM_FILES = ("thumbs.db", "desktop.ini", ".ds_store")

_BOMB = ("archive-bomb", "压缩包展开后过大或层数过多,没有展开:请人工查看,或请对方直接发附件")
_LOCKED = ("encrypted", "压缩包加了密码,打不开:请对方去掉密码后重发")
_BROKEN = ("unreadable", "压缩包已损坏,打不开:请对方重新压缩后重发,或直接发附件")
_EMPTY = ("unreadable", "压缩包是空的:请对方检查后重发")
_UNSUPPORTED = (
    "unsupported",
    "这种压缩包在本机不能展开(rar需要安装unar):请人工查看,或请对方改用zip、直接发附件",
)
_FAILURES = {failure[0]: failure for failure in (_BOMB, _LOCKED, _BROKEN, _UNSUPPORTED)}
_CONTAINERS = frozenset({FileKind.ARCHIVE, FileKind.TNEF, FileKind.MSG})


class _LimitExceeded(Exception):
    """The archive is beyond a limit."""


class _Budget:
    """What one message's archives may still unpack to."""

    def __init__(self) -> None:
        self.members = MAX_MEMBERS
        self.bytes = MAX_TOTAL_BYTES

    def take(self, size: int) -> None:
        self.bytes -= size
        if self.bytes < 0:
            raise _LimitExceeded


def unpack(attachments: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Every leaf, archives replaced by their members in order; what cannot be opened stays, with its failure."""
    budget = _Budget()
    return tuple(inner for attachment in attachments for inner in _expand(attachment, budget, 0))


def _expand(attachment: Attachment, budget: _Budget, depth: int) -> Iterator[Attachment]:
    kind = FileKind.UNKNOWN if attachment.failure else sniff(attachment.data)
    if kind in _CONTAINERS:
        yield from _expand_container(attachment, budget, depth)
    elif kind is FileKind.ZIP:
        yield from _expand_zip(attachment, attachment.data, budget, depth)
    else:
        yield attachment


def _expand_container(attachment: Attachment, budget: _Budget, depth: int) -> Iterator[Attachment]:
    """A container that another process turns into a zip."""
    if depth >= MAX_DEPTH:
        yield replace(attachment, failure=_BOMB)
        return
    try:
        packed = convert_to_zip(attachment.data)
    except ContainerError as error:
        yield replace(attachment, failure=_FAILURES[error.code])
        return
    yield from _expand_zip(attachment, packed, budget, depth)


def _expand_zip(attachment: Attachment, packed: bytes, budget: _Budget, depth: int) -> Iterator[Attachment]:
    """The members of ``packed``; where it cannot be opened, the leaf with the bytes that were sent."""
    if depth >= MAX_DEPTH:
        yield replace(attachment, failure=_BOMB)
        return
    try:
        members = list(_zip_members(attachment, packed, budget))
    except _LimitExceeded:
        yield replace(attachment, failure=_BOMB)
        return
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        struct.error,
        EOFError,
        OSError,
        ValueError,
        KeyError,
        NotImplementedError,
    ):
        yield replace(attachment, failure=_BROKEN)
        return
    except RuntimeError:  # zipfile's way to say that a password is wanted
        yield replace(attachment, failure=_LOCKED)
        return
    if not members:
        yield replace(attachment, failure=_EMPTY)
    for member in members:
        yield from _expand(member, budget, depth + 1)


def _zip_members(attachment: Attachment, packed: bytes, budget: _Budget) -> Iterator[Attachment]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            name, raw = _decode_member_name(info)
            if _is_system_file(name):
                continue
            if info.flag_bits & _ENCRYPTED_FLAG:
                raise RuntimeError(name)
            budget.members -= 1
            if budget.members < 0:
                raise _LimitExceeded
            yield Attachment(
                path=(*attachment.path, name),
                data=_read_member(archive, info, budget),
                inline=False,
                raw_name=raw,
            )


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> bytes:
    """The member's bytes, counted while they come: the header's claim may be a lie."""
    chunks: list[bytes] = []
    size = 0
    with archive.open(info) as member:
        while chunk := member.read(_CHUNK):
            size += len(chunk)
            budget.take(len(chunk))
            if size > RATIO_CHECKED_FROM and size > MAX_RATIO * max(info.compress_size, 1):
                raise _LimitExceeded
            chunks.append(chunk)
    return b"".join(chunks)


def _decode_member_name(info: zipfile.ZipInfo) -> tuple[str, bytes]:
    """The name and its bytes: UTF-8 where flagged, else what the packer's system used (GBK, mostly)."""
    if info.flag_bits & _UTF8_FLAG:
        raw = info.filename.encode("utf-8", "surrogateescape")
        text = info.filename
    else:
        raw = info.filename.encode("cp437", "replace")
        text = decode_bytes(raw)
    return text.replace("\\", "/").strip("/") or "未命名", raw


def _is_system_file(name: str) -> bool:
    """What macOS and Windows add by themselves; nobody sent it."""
    file_name = name.rsplit("/", 1)[-1].lower()
    return name.startswith("__MACOSX/") or file_name in _SYSTEM_FILES
