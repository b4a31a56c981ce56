"""Archives into their members, within limits that no bomb gets past (promise 4)."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from parsers.archives.containers import ContainerError, as_zip
from parsers.formats.sniff import sniff
from parsers.mail.header_names import decode_bytes
from parsers.mail.mime import Leaf
from parsers.records import FileKind

DEEPEST = 5
MOST_MEMBERS = 2_000
MOST_BYTES = 200_000_000
MOST_RATIO = 200  # real workbooks pack 20 to 1 at most; zeros pack 1000 to 1
SMALL = 1_000_000  # below this the ratio says nothing
_CHUNK = 1 << 16
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_LITTER = ("thumbs.db", "desktop.ini", ".ds_store")

_BOMB = ("archive-bomb", "压缩包展开后过大或层数过多,没有展开:请人工查看,或请对方直接发附件")
_LOCKED = ("encrypted", "压缩包加了密码,打不开:请对方去掉密码后重发")
_BROKEN = ("unreadable", "压缩包已损坏,打不开:请对方重新压缩后重发,或直接发附件")
_VACANT = ("unreadable", "压缩包是空的:请对方检查后重发")
_FOREIGN = ("unsupported", "这种压缩包在本机不能展开(rar需要安装unar):请人工查看,或请对方改用zip、直接发附件")
_FAILURES = {failure[0]: failure for failure in (_BOMB, _LOCKED, _BROKEN, _FOREIGN)}
_CONTAINERS = frozenset({FileKind.ARCHIVE, FileKind.TNEF, FileKind.MSG})


class _TooMuch(Exception):
    """The archive is beyond a limit."""


class _Budget:
    """What one message's archives may still unpack to."""

    def __init__(self) -> None:
        self.members = MOST_MEMBERS
        self.bytes = MOST_BYTES

    def take(self, size: int) -> None:
        self.bytes -= size
        if self.bytes < 0:
            raise _TooMuch


def unpack(leaves: Iterable[Leaf]) -> tuple[Leaf, ...]:
    """Every leaf, archives replaced by their members in order; what cannot be opened stays, with its failure."""
    budget = _Budget()
    return tuple(inner for leaf in leaves for inner in _opened(leaf, budget, 0))


def _opened(leaf: Leaf, budget: _Budget, depth: int) -> Iterator[Leaf]:
    kind = FileKind.UNKNOWN if leaf.failure else sniff(leaf.data)
    if kind in _CONTAINERS:
        yield from _container(leaf, budget, depth)
    elif kind is FileKind.ZIP:
        yield from _zip(leaf, leaf.data, budget, depth)
    else:
        yield leaf


def _container(leaf: Leaf, budget: _Budget, depth: int) -> Iterator[Leaf]:
    """A container that another process turns into a zip."""
    if depth >= DEEPEST:
        yield replace(leaf, failure=_BOMB)
        return
    try:
        packed = as_zip(leaf.data)
    except ContainerError as error:
        yield replace(leaf, failure=_FAILURES[error.code])
        return
    yield from _zip(leaf, packed, budget, depth)


def _zip(leaf: Leaf, packed: bytes, budget: _Budget, depth: int) -> Iterator[Leaf]:
    """The members of ``packed``; where it cannot be opened, the leaf with the bytes that were sent."""
    if depth >= DEEPEST:
        yield replace(leaf, failure=_BOMB)
        return
    try:
        found = list(_members(leaf, packed, budget))
    except _TooMuch:
        yield replace(leaf, failure=_BOMB)
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
        yield replace(leaf, failure=_BROKEN)
        return
    except RuntimeError:  # zipfile's way to say that a password is wanted
        yield replace(leaf, failure=_LOCKED)
        return
    if not found:
        yield replace(leaf, failure=_VACANT)
    for member in found:
        yield from _opened(member, budget, depth + 1)


def _members(leaf: Leaf, packed: bytes, budget: _Budget) -> Iterator[Leaf]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            name, raw = _name(info)
            if _is_litter(name):
                continue
            if info.flag_bits & _ENCRYPTED_FLAG:
                raise RuntimeError(name)
            budget.members -= 1
            if budget.members < 0:
                raise _TooMuch
            yield Leaf(path=(*leaf.path, name), data=_read(archive, info, budget), inline=False, raw_name=raw)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> bytes:
    """The member's bytes, counted while they come: the header's claim may be a lie."""
    chunks: list[bytes] = []
    size = 0
    with archive.open(info) as member:
        while chunk := member.read(_CHUNK):
            size += len(chunk)
            budget.take(len(chunk))
            if size > SMALL and size > MOST_RATIO * max(info.compress_size, 1):
                raise _TooMuch
            chunks.append(chunk)
    return b"".join(chunks)


def _name(info: zipfile.ZipInfo) -> tuple[str, bytes]:
    """The name and its bytes: UTF-8 where flagged, else what the packer's system used (GBK, mostly)."""
    if info.flag_bits & _UTF8_FLAG:
        raw = info.filename.encode("utf-8", "surrogateescape")
        text = info.filename
    else:
        raw = info.filename.encode("cp437", "replace")
        text = decode_bytes(raw)
    return text.replace("\\", "/").strip("/") or "未命名", raw


def _is_litter(name: str) -> bool:
    """What macOS and Windows add by themselves; nobody sent it."""
    last = name.rsplit("/", 1)[-1].lower()
    return name.startswith("__MACOSX/") or last in _LITTER
