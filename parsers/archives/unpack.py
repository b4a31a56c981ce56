"""Unpacks archives into their members, within limits on count, size and depth (``ARCHITECTURE.md``, promise 4).

A mail that was saved as a file and packed is parsed as a mail. Workbooks and documents that were embedded in
others become leaves of their own.
"""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from config.installation.extras import Extra, how_to_install
from parsers.archives.containers import NOT_INSTALLED, ContainerError, convert_to_zip
from parsers.archives.embedded_files import find_embedded_files
from parsers.archives.member_names import decode_zip_name, open_zip
from parsers.formats.sniff import sniff
from parsers.mail.mail_budget import MAX_BODY_LENGTH, MailBudget
from parsers.mail.mail_contents import InnerMail, LoadedAttachment, LoadedMail
from parsers.mail.message_parts import starts_with_headers
from parsers.mail.mime import parse_mail
from parsers.mail.stated_passwords import MAX_PASSWORDS
from parsers.mail_time import processor_seconds
from parsers.records import FileKind
from parsers.zip_files import ZipDirectoryTooLarge

MAX_DEPTH = 5
MAX_RATIO = 200  # real workbooks pack 20 to 1 at most; zeros pack 1000 to 1
RATIO_CHECKED_FROM = 1_000_000  # below this the ratio says nothing
_CHUNK = 1 << 16
_ENCRYPTED_FLAG = 0x1
_SYSTEM_FILES = ("thumbs.db", "desktop.ini", ".ds_store")

_BOMB = ("archive-bomb", "压缩包展开后过大或层数过多,没有展开:请人工查看,或请对方直接发附件")
_LOCKED = ("encrypted", "压缩包加了密码,打不开:请对方去掉密码后重发")
_WRONG_PASSWORD = (
    "encrypted",
    "压缩包加了密码,邮件里写的密码打不开:请对方核对密码,或去掉密码后重发",
)
_BROKEN = ("unreadable", "压缩包已损坏,打不开:请对方重新压缩后重发,或直接发附件")
_BROKEN_DOCUMENT = ("unreadable", "文件已损坏,打不开:请对方用WPS打开另存后重发")
_PACKED_DOCUMENTS = (".xlsx", ".xlsm", ".xlsb", ".docx", ".et", ".wps", ".ods", ".odt", ".ofd")
"""The kinds of documents that are zips, which are not reported to their sender as archives."""
_NO_TIME = (
    "too-large",
    "这封邮件里要解压、解密的文件太多或太大,这个没有打开(原件已存档,未丢失):请人工查看,或请对方分几封邮件、直接发附件",
)
_EMPTY = ("unreadable", "压缩包是空的:请对方检查后重发")
_UNSUPPORTED = (
    "unsupported",
    "这种压缩包在本机不能展开(rar需要安装unar):请人工查看,或请对方改用zip、直接发附件",
)
_NO_SEVEN_ZIP = (
    "unsupported",
    f"本机没有装展开7z的部件:{how_to_install(Extra.ARCHIVES)},再运行 kongchuo rerun;急用的请对方改用zip、直接发附件",
)
_FAILURES = {failure[0]: failure for failure in (_BOMB, _LOCKED, _BROKEN, _UNSUPPORTED)} | {
    NOT_INSTALLED: _NO_SEVEN_ZIP
}
_CONTAINERS = frozenset({FileKind.ARCHIVE, FileKind.TNEF, FileKind.MSG})
_HOLD_FILES = frozenset({FileKind.XLSX, FileKind.DOCX})


class _LimitExceeded(Exception):
    """The archive exceeds a limit."""


@dataclass(frozen=True, slots=True)
class _Limits:
    """The remaining limits for the archives of one message, the passwords to try on them, and the mails found in them."""

    budget: MailBudget
    passwords: Sequence[str]
    inner: list[InnerMail] = field(default_factory=list)


class _NoTimeLeft(Exception):
    """Other containers of the same mail have used up its time."""


class _Locked(Exception):
    """A member is encrypted."""


def unpack(
    attachments: Iterable[LoadedAttachment], passwords: Sequence[str] = (), budget: MailBudget | None = None
) -> tuple[LoadedAttachment, ...]:
    """Returns every leaf, with archives replaced by their members in order; an archive that cannot be opened stays, with its failure.

    Encrypted files are tried with the ``passwords`` that the mail gives in its text. An encrypted workbook that one of them
    opens is the same leaf, decrypted. Files that systems add to archives come last, so that the others keep their order.
    """
    return _expand_all(attachments, _Limits(budget or MailBudget(), passwords))


def unpack_mail(mail: LoadedMail, budget: MailBudget, passwords: Sequence[str] = ()) -> LoadedMail:
    """Returns the mail with every leaf, and with the text of the mails inside its archives.

    Args:
        passwords: from other sources; tried after the mail's own, up to a limit.
    """
    limits = _Limits(budget, tuple(dict.fromkeys((*mail.passwords, *passwords)))[:MAX_PASSWORDS])
    attachments = _expand_all(mail.attachments, limits)
    inner = list(mail.inner)
    rest = MAX_BODY_LENGTH - len(mail.body) - sum(len(one.body) for one in inner)
    for packed in limits.inner:
        inner.append(replace(packed, body=packed.body[: max(rest, 0)]))
        rest -= len(inner[-1].body)
    return replace(mail, attachments=attachments, inner=tuple(inner), left_out=budget.left_out)


def _expand_all(attachments: Iterable[LoadedAttachment], limits: _Limits) -> tuple[LoadedAttachment, ...]:
    leaves = [inner for attachment in attachments for inner in _expand(attachment, limits, 0)]
    return tuple(sorted(leaves, key=lambda leaf: leaf.litter))


def _expand(attachment: LoadedAttachment, limits: _Limits, depth: int) -> Iterator[LoadedAttachment]:
    kind = FileKind.UNKNOWN if attachment.failure or attachment.litter else sniff(attachment.data)
    if kind in _CONTAINERS:
        yield from _expand_container(attachment, limits, depth)
    elif kind is FileKind.ZIP:
        yield from _expand_zip(attachment, attachment.data, limits, depth)
    elif kind is FileKind.ENCRYPTED and limits.passwords:
        yield _unlock_document(attachment, limits)
    elif kind in _HOLD_FILES:
        yield attachment
        yield from _expand_embedded(attachment, limits, depth)
    elif (
        depth and attachment.clean_path[-1].lower().endswith(".eml") and starts_with_headers(attachment.data)
    ):
        yield from _expand_mail(attachment, limits, depth)
    else:
        yield attachment


def _expand_mail(attachment: LoadedAttachment, limits: _Limits, depth: int) -> Iterator[LoadedAttachment]:
    """Yields the files of a mail that was saved and packed; a mail without files is itself a leaf, so that its text is read."""
    if depth >= MAX_DEPTH:
        yield replace(attachment, failure=_BOMB)
        return
    mail = parse_mail(attachment.data, limits.budget)
    limits.inner.append(InnerMail(path=attachment.path, head=mail.head, body=mail.body))
    limits.inner.extend(replace(inner, path=(*attachment.path, *inner.path)) for inner in mail.inner)
    if not mail.attachments:
        yield replace(attachment, inner_heads=(*attachment.inner_heads, mail.head))
        return
    for leaf in mail.attachments:
        inner = replace(
            leaf,
            path=(*attachment.path, *leaf.path),
            inner_heads=(*attachment.inner_heads, mail.head, *leaf.inner_heads),
        )
        yield from _expand(inner, limits, depth + 1)


def _expand_embedded(attachment: LoadedAttachment, limits: _Limits, depth: int) -> Iterator[LoadedAttachment]:
    """Yields the files that were inserted into a document as objects."""
    if depth >= MAX_DEPTH:
        return
    for name, data in find_embedded_files(attachment.data, limits.budget):
        inner = replace(attachment, path=(*attachment.path, name), data=data, raw_name=None, inline=False)
        yield from _expand(inner, limits, depth + 1)


def _unlock_document(attachment: LoadedAttachment, limits: _Limits) -> LoadedAttachment:
    """Returns the workbook decrypted, or unchanged, so that its reader reports that it is encrypted."""
    try:
        packed = _convert(attachment, limits)
        (unlocked,) = _zip_members(attachment, packed, limits)
    except (ContainerError, _LimitExceeded, _NoTimeLeft):
        return attachment
    return replace(attachment, data=unlocked.data)


def _expand_container(
    attachment: LoadedAttachment, limits: _Limits, depth: int
) -> Iterator[LoadedAttachment]:
    """Expands a container that another process converts to a zip."""
    if depth >= MAX_DEPTH:
        yield replace(attachment, failure=_BOMB)
        return
    try:
        packed = _convert(attachment, limits)
    except _NoTimeLeft:
        yield replace(attachment, failure=_NO_TIME)
        return
    except ContainerError as error:
        yield replace(attachment, failure=_failure(error.code, limits))
        return
    yield from _expand_zip(attachment, packed, limits, depth)


def _convert(attachment: LoadedAttachment, limits: _Limits) -> bytes:
    """Converts a container to a zip in another process; the time counts against the limit of the mail.

    Raises:
        ContainerError: the container cannot be opened.
        _NoTimeLeft: the mail's time is used up.
    """
    if limits.budget.container_seconds <= 0:
        raise _NoTimeLeft
    before = processor_seconds()
    try:
        return convert_to_zip(attachment.data, limits.passwords)
    finally:
        limits.budget.container_seconds -= processor_seconds() - before


def _expand_zip(
    attachment: LoadedAttachment, packed: bytes, limits: _Limits, depth: int
) -> Iterator[LoadedAttachment]:
    """Yields the members of ``packed``; where it cannot be opened, the leaf with the bytes that were sent."""
    if depth >= MAX_DEPTH:
        yield replace(attachment, failure=_BOMB)
        return
    try:
        members = list(_zip_members(attachment, packed, limits))
    except _LimitExceeded:
        yield replace(attachment, failure=_BOMB)
        return
    except _Locked:
        if limits.passwords and packed is attachment.data:
            yield from _expand_container(attachment, limits, depth)
        else:
            yield replace(attachment, failure=_LOCKED)
        return
    except ZipDirectoryTooLarge:
        yield replace(attachment, failure=_BOMB)
        return
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  damaged bytes raise whatever they like in the libraries
        is_document = attachment.clean_path[-1].lower().endswith(_PACKED_DOCUMENTS)
        yield replace(attachment, failure=_BROKEN_DOCUMENT if is_document else _BROKEN)
        return
    if all(member.litter for member in members):
        yield replace(attachment, failure=_EMPTY)
    for member in members:
        yield from _expand(member, limits, depth + 1)


def _failure(code: str, limits: _Limits) -> tuple[str, str]:
    return _WRONG_PASSWORD if code == "encrypted" and limits.passwords else _FAILURES[code]


def _zip_members(attachment: LoadedAttachment, packed: bytes, limits: _Limits) -> Iterator[LoadedAttachment]:
    with open_zip(packed) as archive:
        for info in archive.infolist():
            if info.filename.endswith("/"):  # a folder; the library's own question fails on an empty name
                continue
            name, raw = decode_zip_name(info)
            if info.flag_bits & _ENCRYPTED_FLAG:
                raise _Locked
            if not limits.budget.take_entry():
                continue
            data = _read_member(archive, info, limits.budget)
            if data is None:
                limits.budget.left_out += 1
                continue
            yield LoadedAttachment(
                litter=_is_system_file(name),
                inner_heads=attachment.inner_heads,
                path=(*attachment.path, name or "未命名"),
                data=data,
                inline=False,
                raw_name=raw,
            )


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: MailBudget) -> bytes | None:
    """Returns the member's bytes, or None beyond the budget. They are counted while reading, since the size in the header may be false.

    Raises:
        _LimitExceeded: the compression ratio is higher than any real file has.
    """
    chunks: list[bytes] = []
    size = 0
    with archive.open(info) as member:
        while chunk := member.read(_CHUNK):
            size += len(chunk)
            if size > RATIO_CHECKED_FROM and size > MAX_RATIO * max(info.compress_size, 1):
                raise _LimitExceeded
            if size > budget.unfolded_bytes:
                return None
            chunks.append(chunk)
    budget.unfolded_bytes -= size
    return b"".join(chunks)


def _is_system_file(name: str) -> bool:
    """Returns whether macOS, Windows or an open Office program added the member (``._``, ``~$``)."""
    file_name = name.rsplit("/", 1)[-1].lower()
    return "__MACOSX/" in name or file_name in _SYSTEM_FILES or file_name.startswith(("~$", "._"))
