"""Opens Outlook's containers as archives: .msg ([MS-OXMSG]) and winmail.dat ([MS-OXTNEF]).

The files of a mail are its members. Files of a mail inside it are too, under the inner mail's subject. A mail without
files has its text as its only member, so that the text is read.
"""

import io
import re
from collections.abc import Iterator, Sequence

import olefile
from tnefparse import TNEF

_MAX_DEPTH = 5
_SUBJECT, _BODY, _HTML = "0037", "1000", "1013"  # [MS-OXPROPS]: property ids in hexadecimal
_LONG_FILENAME, _FILENAME, _DISPLAY_NAME, _DATA = "3707", "3704", "3001", "3701"
_UNICODE, _BYTES_OF_CODEPAGE, _BINARY, _OBJECT = "001F", "001E", "0102", "000D"
_TABLE = re.compile("<table", re.IGNORECASE)

Members = Iterator[tuple[str, bytes]]


def open_msg(data: bytes) -> Members:
    """Returns the members of a mail that Outlook saved.

    Raises:
        OSError: the bytes are not a compound file, or it is damaged.
    """
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        yield from _message_members(file, (), 0)


def _message_members(file: olefile.OleFileIO, folder: Sequence[str], depth: int) -> Members:
    inside = [path for path in file.listdir(storages=True) if path[: len(folder)] == list(folder)]
    names = sorted({path[len(folder)] for path in inside if len(path) > len(folder)})
    attachments = [name for name in names if name.lower().startswith("__attach_version1.0_")]
    for number, name in enumerate(attachments, 1):
        place = (*folder, name)
        inner = (*place, f"__substg1.0_{_DATA}{_OBJECT}")
        if (content := _read(file, place, _DATA, _BINARY)) is not None:
            title = next(
                (
                    text
                    for key in (_LONG_FILENAME, _FILENAME, _DISPLAY_NAME)
                    if (text := _read_text(file, place, key))
                ),
                f"附件{number}.bin",
            )
            yield title, content
        elif depth < _MAX_DEPTH and file.exists(list(inner)):
            subject = _read_text(file, inner, _SUBJECT) or f"邮件{number}"
            for title, content in _message_members(file, inner, depth + 1):
                yield f"{subject.replace('/', ' ')}/{title}", content
    if not attachments:
        html = _read(file, folder, _HTML, _BINARY)
        html_text = _decode(html) if html is not None else _read_text(file, folder, _HTML)
        yield _text_member(_read_text(file, folder, _SUBJECT), _read_text(file, folder, _BODY), html_text)


def _read(file: olefile.OleFileIO, folder: Sequence[str], key: str, kind: str) -> bytes | None:
    path = [*folder, f"__substg1.0_{key}{kind}"]
    if not file.exists(path) or file.get_type(path) != olefile.STGTY_STREAM:
        return None
    return bytes(file.openstream(path).read())


def _read_text(file: olefile.OleFileIO, folder: Sequence[str], key: str) -> str:
    if (raw := _read(file, folder, key, _UNICODE)) is not None:
        return raw.decode("utf-16-le", "replace").strip("\x00")
    return _decode(_read(file, folder, key, _BYTES_OF_CODEPAGE) or b"")


def open_tnef(data: bytes) -> Members:
    """Returns the members of a winmail.dat."""
    yield from _tnef_members(TNEF(data, do_checksum=False), 0)


def _tnef_members(mail: TNEF, depth: int) -> Members:
    for number, attachment in enumerate(mail.attachments, 1):
        inner = getattr(attachment, "embed", None)
        if inner is not None and depth < _MAX_DEPTH:
            for title, content in _tnef_members(inner, depth + 1):
                yield f"邮件{number}/{title}", content
        else:
            yield _tnef_name(attachment) or f"附件{number}.bin", bytes(attachment.data)
    if not mail.attachments:
        subject = next((str(p.data) for p in mail.msgprops if p.name == TNEF.ATTSUBJECT), "")
        yield _text_member(subject, _as_text(mail.body), _as_text(mail.htmlbody))


def _tnef_name(attachment: object) -> str:
    """Returns the long name, else the short one, which is in the sender's code page."""
    long_name = [a.data for a in getattr(attachment, "mapi_attrs", ()) if a.name == 0x3707]
    return _as_text(long_name[0] if long_name else getattr(attachment, "_name", "")).strip("\x00")


def _as_text(value: object) -> str:
    return _decode(value) if isinstance(value, bytes) else str(value or "")


def _decode(raw: bytes) -> str:
    """Decodes bytes of an unknown code page: as UTF-8 if they are valid, else as GB18030."""
    try:
        return raw.decode("utf-8").strip("\x00")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace").strip("\x00")


def _text_member(subject: str, text: str, html: str) -> tuple[str, bytes]:
    """Returns the text of a mail without files as a member: its table as an HTML page, else its lines below the subject."""
    if _TABLE.search(html):
        return "正文表格.html", html.encode()
    return "正文.txt", f"{subject}\n{text}".strip().encode()
