"""Decodes bytes whose charset label is missing or wrong, by strict decodings in a fixed order.

The order is: UTF-8 with Chinese text (no other charset looks so by chance), the label, its superset, UTF-8,
GB18030, Big5. The first that decodes without error is used; a lossy decoding only if none does. There are no
statistics, so a page of ASCII before two Chinese words does not matter.
"""

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache

_CHINESE_LABELS = frozenset(
    {"gb2312", "gbk", "gb18030", "cp936", "euccn", "ms936", "windows936", "gb231280", "gb", "chinese", "936"}
)
_SUPERSETS = {"big5": "cp950", "cp950": "big5hkscs", "shift_jis": "cp932", "euc_kr": "cp949"}
_NOT_CHARSETS = frozenset({"idna", "punycode", "undefined", "raw_unicode_escape", "unicode_escape"})
_SEVEN_BIT_CODECS = frozenset({"hz", "utf-7", "iso2022_jp", "iso2022_kr", "iso2022_jp_2"})
_HAN = re.compile("[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_PAIR_OF_HIGH_BYTES = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
_HIGH_LATIN = re.compile("[\u0080-\u00ff]")
_UNUSED_LETTERS = re.compile("[\u0180-\u036f\u0400-\u040f\u0450-\u07ff]")
"""Matches characters of two bytes in UTF-8 that no office writes; Greek, Latin and basic Russian letters occur as list marks."""
_LONGEST_CHARACTER = 3  # bytes of one that a cut may leave incomplete


def decode_bytes(data: bytes, label: str | None = None) -> str:
    """Returns the text of ``data``, also where an earlier program decoded it wrongly and encoded it again."""
    return undo_wrong_decoding(_decode(data, label))


def undo_wrong_decoding(text: str) -> str:
    """Returns the intended text where Chinese bytes were once read as Latin-1 or UTF-8 as GBK; else ``text``."""
    if _HIGH_LATIN.search(text) and (latin := _encode_as_latin(text)) is not None:
        meant = _decode_utf8_chinese(latin, may_be_cut=False) or _decode_gb_behind_latin(latin)
        return meant or text
    if _HAN.search(text) and (meant := _undo_utf8_read_as_gbk(text)):
        return meant
    return text


def _decode(data: bytes, label: str | None) -> str:
    codec = find_codec(label)
    if data.isascii():
        text = _decode_strictly(data, codec) if codec in _SEVEN_BIT_CODECS else None
        return text if text is not None else data.decode("ascii")
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
        codec = "utf-8"
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if (text := _decode_utf8_chinese(data, may_be_cut=True)) is not None:
        return text
    order = list(dict.fromkeys(_codec_order(data, codec)))
    for candidate in order:
        if (text := _decode_strictly(data, candidate)) is not None:
            return text
    for candidate in order:  # a text that was cut in the middle of its last character
        for cut in range(1, _LONGEST_CHARACTER + 1):
            if (text := _decode_strictly(data[:-cut], candidate)) is not None:
                return f"{text}\ufffd"
    readings = [data.decode(candidate, "replace") for candidate in order]
    return min(readings, key=lambda reading: reading.count("\ufffd"))


def _codec_order(data: bytes, codec: str | None) -> Iterator[str]:
    """Yields the codecs to try; a single-byte label fits any bytes and proves nothing, so Chinese comes before it."""
    says_nothing = codec is not None and _is_single_byte(codec)
    if codec is not None and not says_nothing:
        yield codec
        if codec in _SUPERSETS:
            yield _SUPERSETS[codec]
    if not _UNUSED_LETTERS.search(data.decode("utf-8", "ignore")):
        yield "utf-8"
    if not says_nothing or _PAIR_OF_HIGH_BYTES.search(data):
        yield "gb18030"
    if says_nothing and codec is not None:
        yield codec
    yield "gb18030"
    yield "utf-8"
    yield "big5"


def find_codec(label: str | None) -> str | None:
    """Returns the codec of a label, widened for Chinese ones (gb2312 as gb18030); None if it is no charset."""
    if not label:
        return None
    folded = re.sub(r"[^a-z0-9]", "", label.lower()).removeprefix("x")
    if folded in _CHINESE_LABELS:
        return "gb18030"
    if folded == "hzgb2312":
        return "hz"
    if folded in ("utf8", "unicode11utf8"):
        return "utf-8"
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    # rot13, zip and other codecs that are no charsets
    return info.name if getattr(info, "_is_text_encoding", True) and info.name not in _NOT_CHARSETS else None


@lru_cache(maxsize=64)
def _is_single_byte(codec: str) -> bool:
    decodable = [_decode_strictly(bytes([byte]), codec) is not None for byte in range(0xA1, 0xFF)]
    return codec == "ascii" or sum(decodable) > len(decodable) // 2


def _decode_strictly(data: bytes, codec: str | None) -> str | None:
    if codec is None:
        return None
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError, LookupError):
        return None


def _decode_utf8_chinese(data: bytes, *, may_be_cut: bool) -> str | None:
    """Returns the text if the bytes are UTF-8 with Chinese characters, whatever the label says; else None."""
    for cut in range(_LONGEST_CHARACTER + 1 if may_be_cut else 1):
        text = _decode_strictly(data[: len(data) - cut], "utf-8")
        if text is not None:
            found = _HAN.search(text) is not None and (not cut or data[len(data) - cut] >= 0xC2)
            return text + "\ufffd" * bool(cut) if found else None
    return None


def _decode_gb_behind_latin(data: bytes) -> str | None:
    text = _decode_strictly(data, "gb18030") if _PAIR_OF_HIGH_BYTES.search(data) else None
    return text if text is not None and _HAN.search(text) else None


def _encode_as_latin(text: str) -> bytes | None:
    """Returns the bytes of a text that was decoded as Latin-1 or Windows-1252; None if it was not."""
    encoded = bytearray()
    for char in text:
        if ord(char) <= 0xFF:
            encoded.append(ord(char))
            continue
        try:
            encoded += char.encode("cp1252")
        except UnicodeEncodeError:
            return None
    return bytes(encoded)


def _undo_utf8_read_as_gbk(text: str) -> str | None:
    try:
        data = text.encode("gb18030")
    except UnicodeEncodeError:
        return None
    return _decode_utf8_chinese(data, may_be_cut=False)
