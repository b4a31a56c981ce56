"""Masks data that identify a child, by kind, as set by ``[privacy] mask``: on the terminal, in mails, in workbooks and in JSON."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Protocol

from config.text.masking import HALF_WIDTH, mask_id, mask_mobiles, mask_text
from config.text.punctuation import set_punctuation
from config.text.quoted_values import replace_quoted

TextFilter = Callable[[str], str]


class MaskLevel(StrEnum):
    """The levels of masking; each includes those before it."""

    NUMBERS = "id"
    PHONES = "id+phone"
    """Telephones, and addresses below the village."""
    NAMES = "id+phone+name"
    """Names of children and of their guardians."""


class Personal(StrEnum):
    """What a field reveals of a person."""

    NUMBER = "number"
    TELEPHONE = "telephone"
    ADDRESS = "address"
    NAME = "name"


_HIDDEN = "****"
_REGION_DIGITS = 6
_PHONE_DIGITS = re.compile(r"[0-9](?:[ \-]?[0-9]){4,}")
_VILLAGE = "村民委员会|居民委员会|村委会|居委会|社区|村"
_TOWN = "街道|镇|乡"
_PLACES = tuple(map(re.compile, (_VILLAGE, _TOWN, "县|(?<!小)区|市|旗")))
"""Patterns after which an address is cut: the village, else the town or the county."""
_HOUSE_NUMBER = r"[0-9\u4e00二三四五六七八九十百零]+\s?(?:组|社|队|号|栋|幢|单元|楼|室)"
_HOUSE = re.compile(rf"(?<=[村区会道镇乡路街巷])\s?(?:{_HOUSE_NUMBER}[-\u2014]?)+[0-9]*")
"""Matches a house in running text: its group, building and number after the name of a place."""
_HAN_NAME = re.compile("[\u3400-\u9fff\u00b7]{2,}")


def mask_telephone(text: str) -> str:
    """Returns a telephone number masked: ``138****0001``, a landline ``023****2222``, a shorter number by its end. Full-width digits are digits."""
    plain = text.translate(HALF_WIDTH)
    masked = _PHONE_DIGITS.sub(_mask_phone, mask_mobiles(plain))
    return text if masked == plain else masked


def _mask_phone(match: re.Match[str]) -> str:
    digits = "".join(filter(str.isdigit, match.group()))
    head = 3 if len(digits) >= 10 else 0
    tail = min(4, max(0, len(digits) - head - 4))
    return digits[:head] + _HIDDEN + digits[len(digits) - tail :]


def mask_address(text: str) -> str:
    """Returns an address down to the village: 西沱镇南坪村****; one without the name of a place is hidden altogether."""
    text = text.strip()
    for pattern in _PLACES:
        if match := pattern.search(text, 1):
            return text[: match.end()] + (_HIDDEN if text[match.end() :] else "")
    return _HIDDEN if text else ""


def mask_houses(text: str) -> str:
    """Returns running text with the houses after names of places masked."""
    plain = text.translate(HALF_WIDTH)
    masked = _HOUSE.sub(_HIDDEN, plain)
    return text if masked == plain else masked


def mask_name(name: str) -> str:
    """Returns a name masked: 谭** for three characters or more, 谭* for two."""
    name = name.strip()
    return name[:1] + "*" * min(2, max(1, len(name) - 1)) if name else "\uff08无姓名\uff09"


def build_name_masker(names: Iterable[str], show_name: TextFilter) -> TextFilter:
    """Returns a function that masks these names in a text by ``show_name``; longer names first, so that 李明华 is not 李*华."""
    known = frozenset(name for name in names if len(name) > 1)
    if not known or show_name is str:
        return str
    sizes = sorted({len(name) for name in known}, reverse=True)

    def mask(text: str) -> str:
        masked, start = [], 0
        while start < len(text):
            name = next((word for size in sizes if (word := text[start : start + size]) in known), None)
            masked.append(text[start] if name is None else show_name(name))
            start += 1 if name is None else len(name)
        return "".join(masked)

    return mask


def names_in_value(value: object) -> set[str]:
    """Returns the names that a cell of names holds: as it stands, and without what is written behind it (张三\uff08父亲\uff09)."""
    text = str(value or "").strip()
    found = _HAN_NAME.search(text)
    return {name for name in (text, found.group() if found else "") if len(name) > 1}


class CellProblem(Protocol):
    """Something wrong with a cell; its sentence may quote the value of the cell."""

    @property
    def field(self) -> str | None: ...
    @property
    def value(self) -> str | None: ...


@lru_cache(maxsize=64)
def _masker_of(names: frozenset[str]) -> TextFilter:
    return build_name_masker(names, mask_name)


@dataclass(frozen=True, slots=True)
class OutputMask:
    """How one answer shows data that identify a child; whole values are audited where they are requested."""

    reveal: bool = False
    level: MaskLevel = MaskLevel.PHONES
    kinds: Mapping[str, Personal] = field(
        default_factory=lambda: MappingProxyType(
            {"id_number": Personal.NUMBER, "student_number": Personal.NUMBER}
        )
    )
    """What a field reveals of a person, by its key and by its headings."""
    known_names: frozenset[str] = frozenset()
    """The names that are searched in running text, at the level that masks names."""

    def knowing_row(self, values: Mapping[str, object]) -> "OutputMask":
        """Returns a mask that searches running text for the names in a row, too."""
        return self.knowing(str(value) for key in self.name_keys if (value := values.get(key)))

    @property
    def name_keys(self) -> tuple[str, ...]:
        """The fields and headings that hold names."""
        return tuple(key for key, kind in self.kinds.items() if kind is Personal.NAME)

    @property
    def _hides_phones(self) -> bool:
        return not self.reveal and self.level is not MaskLevel.NUMBERS

    @property
    def hides_names(self) -> bool:
        """Whether names are masked."""
        return not self.reveal and self.level is MaskLevel.NAMES

    def knowing(self, names: Iterable[str]) -> "OutputMask":
        """Returns a mask that searches running text for these names, too."""
        added = {each for name in names for each in names_in_value(name)}
        return replace(self, known_names=self.known_names | added) if self.hides_names else self

    def number(self, text: str | None) -> str | None:
        """Returns an identity or student number as it may be shown."""
        return text if text is None or self.reveal else mask_id(text)

    def telephone(self, text: str | None) -> str | None:
        """Returns a telephone number in a field of its own, also a landline, as it may be shown."""
        return mask_telephone(self.text(text) or "") if text and self._hides_phones else self.text(text)

    def address(self, text: str | None) -> str | None:
        """Returns a child's address as it may be shown."""
        return mask_address(self.text(text) or "") if text and self._hides_phones else self.text(text)

    def name(self, text: str | None) -> str | None:
        """Returns the name of a child or of its guardian as it may be shown; a text without a letter is none (第7行: the row of a child's double)."""
        return mask_name(text) if text and self.hides_names and any(map(str.isalpha, text)) else text

    def text(self, text: str | None, quoted: Iterable[CellProblem] = ()) -> str | None:
        """Returns running text as it may be shown: it may have numbers, telephones, houses and names anywhere.

        Args:
            quoted: problems whose values the text quotes; each is masked by the kind of its field.
        """
        if text is None or self.reveal:
            return text
        masked = mask_text(self._mask_quoted(text, quoted))
        if self._hides_phones:
            masked = mask_houses(mask_mobiles(masked))
        return self.names(masked) if self.hides_names else masked

    def names(self, text: str) -> str:
        """Returns running text with only the names masked."""
        return _masker_of(self.known_names)(text) if self.hides_names else text

    def sentence(self, text: str | None, quoted: Iterable[CellProblem] = ()) -> str | None:
        """Returns a sentence by this program, masked and in Chinese punctuation; ``quoted`` as in :meth:`text`."""
        return None if text is None else set_punctuation(self.text(text, quoted) or "")

    def _mask_quoted(self, text: str, quoted: Iterable[CellProblem]) -> str:
        for one in quoted:
            if one.value and not self._is_no_number(one):
                text = replace_quoted(text, one.value, self.field(one.field, one.value) or "")
        return text

    def _is_no_number(self, problem: CellProblem) -> bool:
        """Returns whether a value is only the region of an identity number, which every mask shows."""
        is_number = self.kinds.get(problem.field or "") is Personal.NUMBER
        return is_number and len(problem.value or "") <= _REGION_DIGITS

    def field(self, key: str | None, text: str | None) -> str | None:
        """Returns the text of a field, or below a heading, as it may be shown: by the field's kind, else as running text."""
        match self.kinds.get(key or ""):
            case Personal.NUMBER:
                return self.number(text)
            case Personal.TELEPHONE:
                return self.telephone(text)
            case Personal.ADDRESS:
                return self.address(text)
            case Personal.NAME:
                return self.name(text) if self.hides_names else self.text(text)
            case None:
                return self.text(text)

    def nested(self, value: Any, key: str | None = None) -> Any:
        """Returns the value of a field as it may be shown, also the texts in lists and tables; under a heading by its kind."""
        if isinstance(value, str):
            return self.field(key, value)
        if isinstance(value, list):
            return [self.nested(item, key) for item in value]
        if isinstance(value, dict):
            return {each: self.nested(item, each) for each, item in value.items()}
        return value
