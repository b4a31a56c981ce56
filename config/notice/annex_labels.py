"""Finds the labels of forms (附件4, 附表四, 表2) in text; the keys of the notice's forms define the labels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

_NUMERALS = "零一二三四五六七八九"
_KEY = re.compile("(?P<prefix>.*?)(?P<number>[0-9]{1,2}|[一二三四五六七八九十]{1,3})")
_ANNEX = "附[件表]?"
_LIST_ENDS = ("、", ",", "~", "和", "及", "至", "到", "+", "&")


@dataclass(frozen=True)
class FormLabels:
    """The labels of one notice's forms, by their keys.

    Forms are counted in Arabic or Chinese numerals; 附件, 附表 and 附 are one word.
    """

    keys: tuple[str, ...]

    def find(self, text: str) -> tuple[str, ...]:
        """Returns the forms that a text names by their labels; of a list or range (附件1、3) nothing is taken."""
        labels = sorted(pair for family in self._families for pair in family.find(text))
        return tuple(dict.fromkeys(key for _, key in labels))

    def leave_out_lists(self, text: str) -> str:
        """Returns the text without lists of labels (附件2、4, 附件1-6), which name no single form."""
        for family in self._families:
            text = family.lists.sub("", text)
        return text

    def stand_in(self, text: str) -> bool:
        """Returns whether a text contains a label, alone or in a list."""
        return any(family.label_start.search(text) for family in self._families)

    @cached_property
    def _families(self) -> tuple["_Family", ...]:
        numbered: dict[str, dict[int, str]] = {}
        for key in self.keys:
            match = _KEY.fullmatch(key)
            if match is not None:
                prefix = _ANNEX if match["prefix"] in ("附件", "附表", "附") else re.escape(match["prefix"])
                numbered.setdefault(prefix, {})[_read_number(match["number"])] = key
        return tuple(_Family(prefix, keys) for prefix, keys in numbered.items())


class _Family:
    """The labels with one word before their number."""

    def __init__(self, prefix: str, keys: dict[int, str]) -> None:
        self._keys = keys
        numbers = [
            text for number in sorted(keys, reverse=True) for text in (str(number), spell_number(number))
        ]
        number = f"(?:{'|'.join(sorted(numbers, key=len, reverse=True))})"
        before = "" if prefix == _ANNEX else "(?<![附计记录报名])"
        # 附件4-5.22 is a form and a day.
        another = rf"\s*[、,~和及至到—+&-]\s*(?:{prefix})?\s*{number}(?![0-9]*(?:[年月]|\.[0-9]))"
        self.label_start = re.compile(rf"{before}{prefix}\s*{number}")
        self.lists = re.compile(rf"{before}{prefix}\s*{number}(?:{another})+")
        self._label = re.compile(rf"{before}{prefix}\s*({number})(?![0-9])(?!{another})")

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """Returns the position of each label, with its form's key."""
        for match in self._label.finditer(text):
            before = text[: match.start()].rstrip()
            if before.endswith(_LIST_ENDS) and self._label.search(before) is None:
                continue
            yield match.start(), self._keys[_read_number(match[1])]


def spell_number(number: int) -> str:
    """Returns a number below 100 as Chinese numerals: 四, 十二, 二十."""
    tens, ones = divmod(number, 10)
    spelled = f"{_NUMERALS[tens] if tens > 1 else ''}{'十' if tens else ''}{_NUMERALS[ones] if ones else ''}"
    return spelled or _NUMERALS[0]


def _read_number(text: str) -> int:
    if text.isascii():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _NUMERALS.find(text)
    return (_NUMERALS.find(tens) if tens else 1) * 10 + (_NUMERALS.find(ones) if ones else 0)
