"""Reads the directory of an OLE compound file ([MS-CFB]): which streams it really holds.

A file that was edited keeps the names of deleted streams as leftovers, and a document may embed a workbook, so
only the entries that the root reaches count. Everything is bounded by the size of the data.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_BYTES = 512
_ENTRY_BYTES = 128
_LAST_REGULAR_SECTOR = 0xFFFFFFFA  # [MS-CFB] 2.1: higher numbers are marks such as "end of chain"
_NO_ENTRY = 0xFFFFFFFF
_MAX_ENTRIES = 100_000
_MINI_CUTOFF = 4096


class BrokenCompound(ValueError):
    """The header or the directory cannot be read."""


class CutOffCompound(BrokenCompound):
    """The file refers to sectors beyond the end of the data."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A directory entry: ``left``, ``right`` and ``child`` are numbers of entries; ``first_sector`` and ``size`` (bytes) are its stream's."""

    name: str
    left: int
    right: int
    child: int
    first_sector: int
    size: int


class CompoundFile:
    """The root's entries by name, and the start of a stream.

    Raises:
        BrokenCompound: the directory cannot be read.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) < _HEADER_BYTES or not data.startswith(SIGNATURE):
            raise BrokenCompound("no header")
        self._data = data
        (shift,) = struct.unpack_from("<H", data, 30)
        if shift not in (9, 12):
            raise BrokenCompound("sector size")
        self._sector_bytes = 1 << shift
        (directory_sector,) = struct.unpack_from("<I", data, 48)
        self._next_sectors = self._read_allocation_table()
        raw = b"".join(self._chain(directory_sector, _MAX_ENTRIES * _ENTRY_BYTES))
        self._entries = [
            _read_entry(raw, offset) for offset in range(0, len(raw) - _ENTRY_BYTES + 1, _ENTRY_BYTES)
        ]
        if not self._entries:
            raise BrokenCompound("no root")
        self.root = {entry.name: entry for entry in self._children(self._entries[0])}

    def first_bytes(self, name: str, size: int) -> bytes:
        """Returns at most the first ``size`` bytes of a stream of the root; empty if it is missing or smaller than 4096 bytes."""
        entry = self.root.get(name)
        if entry is None or entry.size < _MINI_CUTOFF:  # small streams lie in another stream
            return b""
        return b"".join(self._chain(entry.first_sector, size))[:size]

    def is_whole(self, name: str) -> bool:
        """Returns whether every sector of a stream of the root lies inside the data."""
        entry = self.root[name]
        if entry.size < _MINI_CUTOFF:
            return True
        try:
            return sum(map(len, self._chain(entry.first_sector, entry.size))) >= entry.size
        except BrokenCompound:
            return False

    def _read_allocation_table(self) -> list[int]:
        data, count = self._data, self._sector_bytes // 4
        sectors = list(struct.unpack_from("<109I", data, 76))
        (more,) = struct.unpack_from("<I", data, 68)
        seen: set[int] = set()
        while more < _LAST_REGULAR_SECTOR and more not in seen:
            seen.add(more)
            numbers = struct.unpack_from(f"<{count}I", self._sector(more))
            sectors += numbers[:-1]
            more = numbers[-1]
        table: list[int] = []
        for sector in dict.fromkeys(sectors):  # each is there once: the table is no longer than the data
            if sector < _LAST_REGULAR_SECTOR:
                table += struct.unpack(f"<{count}I", self._sector(sector))
        return table

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._sector_bytes
        sector = self._data[start : start + self._sector_bytes]
        if not sector:
            raise CutOffCompound("cut off")
        return sector.ljust(self._sector_bytes, b"\x00")  # some writers cut the last one short

    def _chain(self, sector: int, most_bytes: int) -> Iterator[bytes]:
        seen: set[int] = set()
        while sector < _LAST_REGULAR_SECTOR and sector not in seen:
            seen.add(sector)
            yield self._sector(sector)
            if len(seen) * self._sector_bytes >= most_bytes:
                return
            if sector >= len(self._next_sectors):
                raise BrokenCompound("allocation table")
            sector = self._next_sectors[sector]

    def _children(self, parent: Entry) -> Iterator[Entry]:
        waiting, seen = [parent.child], set[int]()
        while waiting:
            number = waiting.pop()
            if number == _NO_ENTRY or number in seen or number >= len(self._entries):
                continue
            seen.add(number)
            entry = self._entries[number]
            yield entry
            waiting += [entry.left, entry.right]


def _read_entry(raw: bytes, offset: int) -> Entry:
    """Returns the directory entry at ``offset`` ([MS-CFB] 2.6.1): UTF-16 name, its length, colour, siblings and stream."""
    (length,) = struct.unpack_from("<H", raw, offset + 64)
    name = raw[offset : offset + min(max(length - 2, 0), 62)].decode("utf-16-le", "replace")
    left, right, child = struct.unpack_from("<3I", raw, offset + 68)
    first_sector, size = struct.unpack_from("<2I", raw, offset + 116)
    return Entry(name, left, right, child, first_sector, size)
