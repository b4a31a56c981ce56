"""Mails as Outlook saves them: a compound file with a storage per attachment, and winmail.dat."""

import struct
from collections.abc import Mapping, Sequence

_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
Tree = Mapping[str, "bytes | Tree"]


def compound_file(tree: Tree) -> bytes:
    """Returns an OLE compound file of these streams and storages; every stream is padded to 4096 bytes."""
    entries: list[bytes] = []
    chains: list[bytes] = []

    def add(name: str, content: "bytes | Tree", kind: int) -> int:
        number = len(entries)
        entries.append(b"")
        child, start, size = _FREE, _END, 0
        if isinstance(content, bytes):
            padded = content.ljust(4096, b"\x00") if len(content) < 4096 else content
            start, size = sum(-(-len(chain) // 512) for chain in chains), len(padded)
            chains.append(padded)
        else:
            right = _FREE
            for inner, value in reversed(list(content.items())):
                right = add_sibling(inner, value, right)
            child = right
        raw = name.encode("utf-16-le")
        entries[number] = (
            raw.ljust(64, b"\x00") + struct.pack("<HBB3I", len(raw) + 2, kind, 1, _FREE, _FREE, child)
            + bytes(36) + struct.pack("<IQ", start, size)
        )  # fmt: skip
        return number

    def add_sibling(name: str, content: "bytes | Tree", right: int) -> int:
        number = add(name, content, 2 if isinstance(content, bytes) else 1)
        entries[number] = entries[number][:72] + struct.pack("<I", right) + entries[number][76:]
        return number

    add("Root Entry", tree, 5)
    chains.append(b"".join(entries))
    directory = sum(-(-len(chain) // 512) for chain in chains[:-1])
    table: list[int] = []
    for chain in chains:
        length = -(-len(chain) // 512)
        table += [*range(len(table) + 1, len(table) + length), _END]
    count = next(n for n in range(1, 110) if n * 128 >= len(table) + n)
    first = len(table)
    table += [_FAT] * count
    table += [_FREE] * (count * 128 - len(table))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
        + struct.pack("<IIIIIIIII", 0, count, directory, 0, 4096, _END, 0, _END, 0)
        + struct.pack("<109I", *range(first, first + count), *[_FREE] * (109 - count))
    )  # fmt: skip
    body = b"".join(chain.ljust(-(-len(chain) // 512) * 512, b"\x00") for chain in chains)
    return header + body + struct.pack(f"<{len(table)}I", *table)


def msg(subject: str, body: str, attachments: Sequence[tuple[str, bytes]] = (), mails: Sequence[Tree] = ()) -> Tree:  # fmt: skip
    """Returns the tree of a saved mail, for :func:`compound_file` or for another mail to contain."""
    tree: dict[str, bytes | Tree] = {
        "__properties_version1.0": bytes(32),
        "__substg1.0_0037001F": subject.encode("utf-16-le"),
        "__substg1.0_1000001F": body.encode("utf-16-le"),
    }
    held: list[Tree] = [
        {"__substg1.0_3707001F": name.encode("utf-16-le"), "__substg1.0_37010102": data}
        for name, data in attachments
    ]
    held += [{"__substg1.0_3701000D": mail} for mail in mails]
    return tree | {f"__attach_version1.0_#{number:08X}": storage for number, storage in enumerate(held)}


def tnef(body: bytes, attachments: Sequence[tuple[bytes, bytes]] = ()) -> bytes:
    """Returns a winmail.dat with this text and these files, all in the sender's code page."""
    out = struct.pack("<IH", 0x223E9F78, 1) + _attribute(1, 0x00069007, struct.pack("<II", 936, 0))
    out += _attribute(1, 0x0002800C, body + b"\x00")
    for name, data in attachments:
        out += _attribute(2, 0x00069002, bytes(14)) + _attribute(2, 0x00018010, name + b"\x00")
        out += _attribute(2, 0x0006800F, data)
    return out


def _attribute(level: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
