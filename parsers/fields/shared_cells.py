"""Splits cells that hold two fields (姓名及身份证号, 监护人及电话) into the part of each kind of field."""

import re
from collections.abc import Sequence

from config.notice import FieldKind

_PATTERNS: dict[FieldKind, re.Pattern[str]] = {
    "id": re.compile(r"(?<![0-9A-Za-z])[0-9]{14,19}[0-9Xx*](?![0-9])"),
    "phone": re.compile(r"(?<![0-9])(?:1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8})(?![0-9])"),
    "student_number": re.compile(r"[GJL][0-9]{17}[0-9Xx]"),
}
EXTRACTABLE_KINDS = frozenset(_PATTERNS)
"""The kinds whose texts are recognisable by their pattern."""
_LABEL = re.compile(r"(?:身份证号?码?|联系电话|电话|手机号?码?|学籍号)\s*:?")
_EDGES = " \t\n,;:、/|()[]-"


def take_shared_part(text: str, kind: FieldKind, others: Sequence[FieldKind]) -> str:
    """Returns the part of a cell for this kind of field: what its pattern matches, else what the other patterns leave."""
    if (pattern := _PATTERNS.get(kind)) is not None:
        return "、".join(pattern.findall(text))
    for other in others:
        if (pattern := _PATTERNS.get(other)) is not None:
            text = pattern.sub(" ", text)
    return _LABEL.sub(" ", text).strip(_EDGES)
