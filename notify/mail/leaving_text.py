"""Reads all the words that a mail carries out of the office: its head, its pages and every file that goes with it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from io import BytesIO
from urllib.parse import unquote
from zipfile import BadZipFile, ZipFile

_MOST_BYTES = 400_000_000
"""The most unpacked bytes that are read of a file's parts; a workbook that one mail may carry (12 MB) has fewer."""
_ENCRYPTED = 0x1
"""The flag of a zip's member whose content asks for a password (APPNOTE 4.4.4)."""
_BLOCK_ENDS = re.compile(
    r"</(?:\w+:)?(?:si|c|v|t(?:d|h|r|itle)?|p|row|div|li|h[1-6]|comment|f|string|definedName|oddHeader|oddFooter)>|<br[^>]*>"
)
_RUN_ENDS = re.compile(r"</(?:\w+:)?t>(?=\s*</(?:\w+:)?r>)")
"""The ends of text runs in a cell or a paragraph; a number may continue in the next run."""
_TAG = re.compile(r"<[^>]*>")
_SAID_IN_A_TAG = re.compile(r'="([^"<>]*(?:[0-9]{11}|[^\x00-\x7f]|%[0-9A-F]{2}|&#)[^"<>]*)"')
"""Attributes with text for readers: a sheet's name, a hint, the body of a mailto address."""
_SILENT_PARTS = re.compile(r"\.(?:bin|png|jpe?g|gif|emf|wmf|vml|rels)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LeavingPart:
    """The text of one part of a mail; None if it is encrypted with a password."""

    name: str
    """The file's name; empty for the mail's own words."""
    text: str | None
    is_readable: bool = True
    """False if the file is broken or of an unknown kind."""


def read_leaving_parts(raw: bytes) -> Iterator[LeavingPart]:
    """Yields the text of the subject and of each part of a mail, including the text inside attached files."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    yield LeavingPart("", str(mail["Subject"] or ""))
    for part in mail.walk():
        if part.is_multipart():
            continue
        name, kind = part.get_filename(), part.get_content_type()
        if kind == "text/html" and name is None:
            yield LeavingPart("", words_of_markup(part.get_content()))
        elif kind == "text/plain" and name is None:
            yield LeavingPart("", part.get_content())
        elif kind == "image/png":  # the course that the program has drawn
            continue
        else:
            content = part.get_payload(decode=True)
            yield _read_file(name or "", content if isinstance(content, bytes) else b"")


def words_of_markup(markup: str) -> str:
    """Returns the words of HTML or of Office's XML; what is one word for its reader is one word here."""
    hidden = "\n".join(unquote(match) for match in _SAID_IN_A_TAG.findall(markup))
    return unescape(f"{_TAG.sub('', _BLOCK_ENDS.sub(chr(10), _RUN_ENDS.sub('', markup)))}\n{hidden}")


def words_of_file(data: bytes) -> str:
    """Returns the words of a workbook or a Word document, hidden ones, comments and properties among them.

    Raises:
        BadZipFile: it is none.
    """
    words = []
    with ZipFile(BytesIO(data)) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members) > _MOST_BYTES:
            raise BadZipFile
        for member in members:
            words.append(member.filename)
            if not _SILENT_PARTS.search(member.filename):
                words.append(words_of_markup(archive.read(member).decode("utf-8", "replace")))
    return "\n".join(words)


def _read_file(name: str, data: bytes) -> LeavingPart:
    try:
        if name.lower().endswith(".zip"):
            with ZipFile(BytesIO(data)) as archive:
                members = archive.infolist()
            closed = bool(members) and all(member.flag_bits & _ENCRYPTED for member in members)
            return LeavingPart(name, None, is_readable=closed)
        return LeavingPart(name, f"{name}\n{words_of_file(data)}")
    except (BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError):
        return LeavingPart(name, name, is_readable=False)
