"""Decodes names, subjects and addresses from raw header bytes, in every way that Chinese mail encodes them.

A header is split before it is decoded: mail programs put raw GBK or UTF-8 between quotes, label GBK as ``gb2312``
or ``utf-8``, cut encoded words inside a character, and write a good ``filename*`` beside a broken ``filename``. So
all decodings are candidates, and the first with the least damage is used.
"""

import base64
import binascii
import quopri
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from parsers.mail.charsets import decode_bytes, undo_wrong_decoding
from parsers.mail.header_parameters import HeaderParameter, find_parameters, unfold

_NAME_EDGES = " \"',\uff0c<>"
_ENCODED_WORD = re.compile(
    rb"=\?([A-Za-z0-9_.:+\-]+)(?:\*[A-Za-z0-9\-]*)?\?([BbQq])\?(.{0,2000}?)\?=", re.DOTALL
)
_PERCENT_NON_ASCII = re.compile(rb"%[89A-Fa-f][0-9A-Fa-f]")
_PERCENT_ANY = re.compile(rb"%([0-9A-Fa-f]{2})")
_EXTENSION = re.compile(
    r"\.(?:xlsx?|xlsm|xlsb|et|csv|docx?|wps|pdf|ofd|pptx?|zip|rar|7z|jpe?g|png|bmp|gif|heic|tiff?|txt|eml|html?)$",
    re.IGNORECASE,
)
_ADDRESS_IN_ANGLES = re.compile(r"<\s*([^<>\s@]+@[^<>\s@]+)\s*>")
_ADDRESS = re.compile(
    "[^\\s<>\"'“”‘’,\uff0c;\uff1b:\uff1a()\uff08\uff09\\[\\]@]{1,64}@[A-Za-z0-9.\\-]{1,250}[A-Za-z0-9]"  # headers are searched as they came
)
_MAX_NAME_LENGTH = 200


class AttachmentName(NamedTuple):
    """The decoded name of an attachment, and the raw bytes it was decoded from."""

    text: str
    raw: bytes


def decode_header(raw: bytes) -> str:
    """Returns a header's text; encoded words are joined before they are decoded."""
    return _clean_line(undo_wrong_decoding(_decode_words(unfold(raw))))


def parse_sender(raw: bytes) -> tuple[str, str]:
    """Returns (address, display name) of a From header; the address in lower case, both may be empty."""
    text = decode_header(raw).replace("\uff20", "@")
    angled = list(_ADDRESS_IN_ANGLES.finditer(text))
    match = angled[-1] if angled else _ADDRESS.search(text)
    if match is None:
        return "", text.strip(" \"'<>")
    address = (match.group(1) if angled else match.group()).lower()
    name = text[: match.start()].strip(_NAME_EDGES) if angled else ""
    name = re.sub(r"\\(.)", r"\1", name)
    return address, _clean_line(_decode_words(name.encode("utf-8", "replace")) if "=?" in name else name)


def find_addresses(raw: bytes) -> tuple[str, ...]:
    """Returns the addresses in a header, in lower case: those in angle brackets, or the bare ones if there are none."""
    text = decode_header(raw)
    addresses = _ADDRESS_IN_ANGLES.findall(text) or _ADDRESS.findall(text)
    return tuple(dict.fromkeys(address.lower() for address in addresses))


def find_attachment_name(disposition: bytes | None, content_type: bytes | None) -> AttachmentName | None:
    """Returns the first name with the least damage that the two headers give; None if they give none."""
    names = [
        AttachmentName(name, parameter.raw)
        for header, key in ((disposition, b"filename"), (content_type, b"name"))
        for parameter in find_parameters(header or b"", key)
        for text in _candidate_texts(parameter)
        if (name := _clean_file_name(text))
    ]
    return min(names, key=lambda name: _signs_of_damage(name.text), default=None)


def _candidate_texts(parameter: HeaderParameter) -> Iterator[str]:
    for value in parameter.values:
        if _ENCODED_WORD.search(value):
            yield undo_wrong_decoding(_decode_words(value))
        elif _PERCENT_NON_ASCII.search(value) and not parameter.percent_encoded:
            yield decode_bytes(_percent_decode(value), parameter.charset)
        else:
            yield decode_bytes(value, parameter.charset)


def _signs_of_damage(name: str) -> tuple[bool, ...]:
    """Returns the kinds of damage of a name, worst first, as a sort key: the smaller tuple is the better name."""
    return (
        any(char == "\ufffd" or unicodedata.category(char) in ("Co", "Cn", "Cc") for char in name),
        "?" in name,
        _ENCODED_WORD.search(name.encode("utf-8", "replace")) is not None,
        _PERCENT_ANY.search(name.encode("utf-8", "replace")) is not None,
        any("\x80" <= char <= "\xff" and char != "\xb7" for char in name),
        not any("\u4e00" <= char <= "\u9fff" for char in name),
        _EXTENSION.search(name) is None,
    )


def _decode_words(raw: bytes) -> str:
    pieces: list[str] = []
    pending: list[tuple[bytes, bytes, bytes]] = []
    end = 0
    for match in _ENCODED_WORD.finditer(raw):
        gap = raw[end : match.start()]
        end = match.end()
        charset, encoding, text = match.group(1).lower(), match.group(2).lower(), match.group(3)
        if gap.strip() or not pending:
            pieces.append(_decode_pending_words(pending))
            pieces.append(decode_bytes(gap))
        elif pending[-1][0] != charset:
            pieces.append(_decode_pending_words(pending))
        pending.append((charset, encoding, text))
    pieces.append(_decode_pending_words(pending))
    pieces.append(decode_bytes(raw[end:]))
    return "".join(pieces)


def _decode_pending_words(pending: list[tuple[bytes, bytes, bytes]]) -> str:
    """Returns adjacent encoded words of one charset as one text, since they may be cut inside a character or base64 group."""
    if not pending:
        return ""
    octets, base64_text = b"", b""
    for _, encoding, text in pending:
        if encoding == b"b":
            base64_text += re.sub(rb"[^A-Za-z0-9+/=]", b"", text)
            if base64_text.endswith(b"=") or len(base64_text) % 4 == 0:
                octets, base64_text = octets + _decode_base64(base64_text), b""
        else:
            octets, base64_text = octets + _decode_base64(base64_text), b""
            octets += quopri.decodestring(text.replace(b" ", b"_"), header=True)
    octets += _decode_base64(base64_text)
    charset = pending[0][0].decode("ascii")
    pending.clear()
    return decode_bytes(octets, charset)


def _decode_base64(text: bytes) -> bytes:
    text = text.replace(b"=", b"")
    if len(text) % 4 == 1:
        text = text[:-1]
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4))
    except binascii.Error:
        return text


def _percent_decode(value: bytes) -> bytes:
    return _PERCENT_ANY.sub(lambda match: bytes([int(match.group(1), 16)]), value)


def _clean_file_name(text: str) -> str:
    name = re.split(r"[/\\]", _clean_line(text).rstrip("/\\"))[-1].strip(" \"'")
    if len(name) > _MAX_NAME_LENGTH:
        stem, dot, extension = name.rpartition(".")
        name = (
            f"{stem[: _MAX_NAME_LENGTH - len(extension)]}{dot}{extension}"
            if len(extension) < 10
            else name[:_MAX_NAME_LENGTH]
        )
    return name


def _clean_line(text: str) -> str:
    """Returns one line without control characters, lone surrogates and direction marks that hide text."""
    text = "".join(
        " " if char in "\r\n\t" else char
        for char in text
        if char in "\r\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )
    return unicodedata.normalize("NFC", re.sub(r" {2,}", " ", text)).strip()
