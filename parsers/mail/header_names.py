"""Decodes names, subjects and addresses from raw header bytes, in every way that Chinese mail encodes them.

A header is never decoded before it is taken apart: clerks' programs put raw GBK or UTF-8 between
the quotes, label GBK as ``gb2312`` or even as ``utf-8``, cut encoded words inside a character, and
write a good ``filename*`` beside a broken ``filename``. So every reading is a candidate, and the
one that looks most like a Chinese file name wins.
"""

import base64
import binascii
import codecs
import quopri
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from parsers.mail.header_parameters import HeaderParameter, find_parameters, unfold

_NAME_EDGES = " \"',\uff0c<>"
_ENCODED_WORD = re.compile(rb"=\?([A-Za-z0-9_.:+\-]+)(?:\*[A-Za-z0-9\-]*)?\?([BbQq])\?(.*?)\?=", re.DOTALL)
_PERCENT_NON_ASCII = re.compile(rb"%[89A-Fa-f][0-9A-Fa-f]")
_PERCENT_ANY = re.compile(rb"%([0-9A-Fa-f]{2})")
_CHINESE_CODECS = {
    "gb2312",
    "gbk",
    "gb18030",
    "cp936",
    "hzgb2312",
    "euccn",
    "ms936",
    "windows936",
    "gb231280",
}
_EXTENSION = re.compile(
    r"\.(?:xlsx?|xlsm|xlsb|et|csv|docx?|wps|pdf|ofd|pptx?|zip|rar|7z|jpe?g|png|bmp|gif|heic|tiff?|txt|eml|html?)$",
    re.IGNORECASE,
)
_ADDRESS_IN_ANGLES = re.compile(r"<\s*([^<>\s@]+@[^<>\s@]+)\s*>")
_ADDRESS = re.compile(
    "[^\\s<>\"'“”‘’,\uff0c;\uff1b:\uff1a()\uff08\uff09\\[\\]@]+@[A-Za-z0-9.\\-]+[A-Za-z0-9]"  # headers are searched as they came
)
_MAX_NAME_LENGTH = 200


class AttachmentName(NamedTuple):
    """The name as a person should see it, and the bytes that said so."""

    text: str
    raw: bytes


def decode_bytes(data: bytes, label: str | None = None) -> str:
    """Text of ``data``: its label is one candidate among UTF-8, GB18030 and Big5; the likeliest wins."""
    if data.isascii() and (label or "").lower() not in ("utf-7", "hz-gb-2312", "iso-2022-cn", "iso-2022-jp"):
        return data.decode("ascii")
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8", "replace")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    labelled = _find_codec(label)
    best, best_score = "", -1e9
    for codec in dict.fromkeys(filter(None, (labelled, "utf-8", "gb18030", "big5"))):
        text = _decode_as(data, codec)
        # A label is worth a little; UTF-8 that decodes at all is hardly ever anything else.
        score = score_plausibility(text) + (0.05 if codec == labelled else 0.0)
        score += {"utf-8": 0.3, "gb18030": 0.1}.get(codec, 0.0)
        if score > best_score:
            best, best_score = text, score
    return best


def score_plausibility(text: str) -> float:
    """How much ``text`` looks like Chinese office writing, per character; mojibake goes below zero."""
    if not text:
        return 0.0
    sample = text[:2000]
    return sum(map(_score_character, sample)) / len(sample)


def decode_header(raw: bytes) -> str:
    """A header's text: encoded words joined before they are decoded, raw bytes by likelihood."""
    return _clean_line(_decode_words(unfold(raw)))


def parse_sender(raw: bytes) -> tuple[str, str]:
    """(address, display name) of a From header; the address in lower case, both perhaps empty."""
    text = decode_header(raw)
    angled = list(_ADDRESS_IN_ANGLES.finditer(text))
    match = angled[-1] if angled else _ADDRESS.search(text)
    if match is None:
        return "", text.strip(" \"'<>")
    address = (match.group(1) if angled else match.group()).lower()
    name = text[: match.start()].strip(_NAME_EDGES) if angled else ""
    name = re.sub(r"\\(.)", r"\1", name)
    return address, _clean_line(_decode_words(name.encode("utf-8", "replace")) if "=?" in name else name)


def find_attachment_name(disposition: bytes | None, content_type: bytes | None) -> AttachmentName | None:
    """The best of all names that the two headers offer, or None where they offer none."""
    best: AttachmentName | None = None
    best_score = 0.0
    for header, key in ((disposition, b"filename"), (content_type, b"name")):
        for parameter in find_parameters(header or b"", key):
            for text in _candidate_texts(parameter):
                name = _clean_file_name(text)
                if name and (best is None or _score_name(name) > best_score + 1e-9):
                    best, best_score = AttachmentName(name, parameter.raw), _score_name(name)
    return best


def _candidate_texts(parameter: HeaderParameter) -> Iterator[str]:
    for value in parameter.values:
        if _ENCODED_WORD.search(value):
            yield _decode_words(value)
        elif _PERCENT_NON_ASCII.search(value) and not parameter.percent_encoded:
            yield decode_bytes(_percent_decode(value), parameter.charset)
        elif twice := _undo_double_utf8(value):
            yield twice
        else:
            text = decode_bytes(value, parameter.charset)
            yield text
            yield from _undo_latin1(text)


def _undo_double_utf8(value: bytes) -> str | None:
    """UTF-8 taken for Latin-1 and made UTF-8 again; that it can be undone without a fault is no chance."""
    if value.isascii():
        return None
    try:
        return value.decode("utf-8").encode("latin-1").decode("utf-8")
    except UnicodeError:
        return None


def _undo_latin1(text: str) -> Iterator[str]:
    """UTF-8 or GBK bytes that a program on the way took for Latin-1."""
    if any("\x80" <= char <= "\xff" for char in text) and all(char <= "\xff" for char in text):
        yield decode_bytes(text.encode("latin-1"))


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
    """Neighbouring words of one charset are one text: cut inside a character, or inside a base64 group."""
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


def _find_codec(label: str | None) -> str | None:
    if not label:
        return None
    folded = re.sub(r"[^a-z0-9]", "", label.lower()).removeprefix("x")
    if folded in _CHINESE_CODECS:
        return "hz" if folded == "hzgb2312" else "gb18030"
    if folded in ("utf8", "unicode11utf8"):
        return "utf-8"
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    # rot13, zip and other non-text codecs are not charsets; Latin-1 fits any bytes and says nothing.
    text_codec = getattr(info, "_is_text_encoding", True) and info.name not in (
        "idna",
        "punycode",
        "undefined",
    )
    return info.name if text_codec else None


def _decode_as(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec, "replace")
    except (UnicodeError, ValueError, LookupError):
        return "\ufffd" * len(data)


def _score_character(char: str) -> float:
    code = ord(char)
    if code < 0x80:
        if char.isalnum() or char in "\r\n\t .-_()[]+,&@#%'~":
            return 0.6
        return -1.0 if code < 32 or code == 127 or char == "?" else 0.3
    if 0x4E00 <= code <= 0x9FFF:
        return _score_hanzi(char)
    if char == "\ufffd":
        return -3.0
    if code in range(0x3000, 0x3040) or code in range(0xFF01, 0xFF5F) or code in range(0x2010, 0x2030):
        return 0.8
    if 0x3400 <= code <= 0x4DBF or code >= 0x20000:
        return 0.1
    if unicodedata.category(char) in ("Co", "Cn", "Cc"):
        return -2.0
    if char in "·×÷°—…“”‘’№℃①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢ■□●○◆★☆√\u00a0":
        return 0.6
    return -0.6  # Latin supplements, kana, Greek, Cyrillic: what GBK and UTF-8 look like misread


def _score_hanzi(char: str) -> float:
    """GB 2312 orders its first 3755 characters by use; misread bytes seldom fall among them."""
    try:
        lead = char.encode("gb2312")[0]
    except UnicodeEncodeError:
        return 0.15
    return 1.0 if lead <= 0xD7 else 0.5


def _score_name(name: str) -> float:
    score = score_plausibility(name)
    if "%" in name and _PERCENT_ANY.search(name.encode("utf-8", "replace")):
        score -= 0.5
    if any("\u4e00" <= char <= "\u9fff" for char in name):
        score += 0.5
    return score + (0.3 if _EXTENSION.search(name) else 0.0)


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
    """One line without control characters, lone surrogates and what hides (RLO tricks)."""
    text = "".join(
        " " if char in "\r\n\t" else char
        for char in text
        if char in "\r\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )
    return unicodedata.normalize("NFC", re.sub(r" {2,}", " ", text)).strip()
