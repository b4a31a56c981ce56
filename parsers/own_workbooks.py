"""Recognises workbooks that this program sent when they come back unchanged, for example forwarded.

Each has in the keywords of its properties its kind, the day it was made for, and the SHA-256 of all its other
parts. An unchanged workbook reports nothing; one that a unit changed is read like any other.
"""

import hashlib
import re
import zipfile
from collections.abc import Mapping
from datetime import date

from parsers.zip_files import share_zip_file

NOTE_PREFIX = "【回执】"
"""The beginning of our part of a cell's comment, and of the name of our sheet in a unit's workbook.

A receipt removes the marks of an earlier one; readers skip them.
"""
PROPERTIES = "docProps/core.xml"
_MOST_BYTES = 1 << 16
"""The most bytes of the properties that are read; ordinary ones have some hundred."""
_CHUNK = 1 << 18
_MARK = re.compile(rb"kongchuo:([0-9]{4}-[0-9]{2}-[0-9]{2}):([0-9a-f]{64})")
_KEYWORDS = re.compile(rb"<cp:keywords>([^<]*)</cp:keywords>|<cp:keywords\s*/>")


def mark_properties(properties: bytes, made_for: date, part_digests: Mapping[str, bytes]) -> bytes:
    """Returns the properties (``docProps/core.xml``) of a workbook with its mark among the keywords.

    Args:
        part_digests: maps each part except the properties to the SHA-256 of its bytes.
    """
    match = _KEYWORDS.search(properties)
    before = _MARK.sub(b"", (match[1] or b"") if match else b"").strip()
    mark = b"kongchuo:%s:%s" % (f"{made_for:%Y-%m-%d}".encode(), _fingerprint(part_digests))
    keywords = b"<cp:keywords>%s</cp:keywords>" % b" ".join(filter(None, (before, mark)))
    if match:
        return properties[: match.start()] + keywords + properties[match.end() :]
    return properties.replace(b"</cp:coreProperties>", keywords + b"</cp:coreProperties>")


def add_keyword(properties: bytes, keyword: str) -> bytes:
    """Returns the properties with one more keyword, which programs keep when they save the workbook."""
    match = _KEYWORDS.search(properties)
    before = (match[1] or b"") if match else b""
    keywords = b"<cp:keywords>%s</cp:keywords>" % b" ".join(filter(None, (before, keyword.encode())))
    if match:
        return properties[: match.start()] + keywords + properties[match.end() :]
    return properties.replace(b"</cp:coreProperties>", keywords + b"</cp:coreProperties>")


def day_of_unchanged(data: bytes) -> date | None:
    """Returns the day that a workbook of ours was made for; None if it is not ours or was changed."""
    try:
        with share_zip_file(data) as package:
            if package.getinfo(PROPERTIES).file_size > _MOST_BYTES:
                return None
            match = _MARK.search(package.read(PROPERTIES))
            if match is None:
                return None
            digests = {name: _digest_part(package, name) for name in package.namelist() if name != PROPERTIES}
            return date.fromisoformat(match[1].decode()) if _fingerprint(digests) == match[2] else None
    except (zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, ValueError, OSError, EOFError, RuntimeError):
        return None


def _digest_part(package: zipfile.ZipFile, name: str) -> bytes:
    digest = hashlib.sha256()
    with package.open(name) as part:
        while piece := part.read(_CHUNK):
            digest.update(piece)
    return digest.digest()


def _fingerprint(part_digests: Mapping[str, bytes]) -> bytes:
    total = hashlib.sha256()
    for name, digest in sorted(part_digests.items()):
        total.update(name.encode() + b"\0" + digest)
    return total.hexdigest().encode()
