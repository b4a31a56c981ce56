"""Normalises one cell into one value, by the kind of its field (``docs/forms.md``, Fields).

A normaliser takes a cell and gives a :class:`NormalisedValue`: what to keep, and what is wrong with it. Text
that repeats down a column is looked up, not read again.
"""

import re
from collections.abc import Callable, Mapping, Set
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from config.identity_numbers import read_identity
from config.notice import FieldSpec, Notice, Vocabulary
from config.records.record import Json
from config.text.text_folding import fold_text
from config.units.resolve_unit_names import UnitNames
from parsers.fields.dates import to_iso_date
from parsers.fields.ethnic_groups import find_ethnic_group
from parsers.fields.grades import read_class, read_grade
from parsers.formats.workbook import ERROR_TEXTS

_WHITESPACE_AND_QUOTES = " \t\n'`"  # an apostrophe before a number keeps Excel from rounding it
_LINE_BREAKS = re.compile(r"[ \t]*\n+[ \t]*")
_MIDDLE_DOTS = re.compile("[·•.・‧∙●]")
_INNER_WHITESPACE = re.compile(r"\s+")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_NUMBERING = re.compile(
    r"^(?:[(\[]?[0-9]{1,3}[)\]]?[.、,·:-]*|[\u2460-\u2473]|[一二三四五六七八九十]{1,2}[、.])(?=[(\[\u4e00-\u9fff])"
)
_BRACKETED = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_NUMBER_IN_NAME = re.compile(r"[:(\[,;、]*(?:身份证号?码?:?)?([0-9]{17}[0-9Xx])[)\]]?")
DITTO = frozenset({"〃", "″", "同上", "同左", "“", "”", '"'})
"""The texts that mean the cell above."""
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(0[0-9]{2,3})[-—]?([0-9]{7,8})")
_PHONE_SEPARATOR = re.compile(r"[、,;/\\\s|和或]+|(?<=[0-9])\(|\)")


class NormalisedValue(NamedTuple):
    """The result for one cell: the value to store, further values found in it, and the problem code if there is one."""

    value: Json = None
    problem_code: str | None = None
    implied: Mapping[str, Json] | None = None


BLANK_VALUE = NormalisedValue()
FORMULA_ERROR = NormalisedValue(None, "formula-error")
"""Matches the text of a formula's error in tables that contain only text: a CSV, a page, a sheet pasted as values."""
Normaliser = Callable[[object], NormalisedValue]


def cell_text(cell: object) -> str:
    """Returns a cell as text: whole numbers without ``.0``, dates as ISO, no outer blanks."""
    if isinstance(cell, str):
        text = cell.strip().lstrip(_WHITESPACE_AND_QUOTES)
        return _LINE_BREAKS.sub("\n", text) if "\n" in text else text
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e18:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


def is_placeholder(text: str, notice: Notice) -> bool:
    """Returns whether a text only means that there is nothing to enter."""
    return _is_blank(text, notice.placeholders)


def _is_blank(text: str, placeholders: Set[str]) -> bool:
    return text in placeholders or fold_text(text) in placeholders


def is_ditto(text: str) -> bool:
    """Returns whether a text repeats the cell above it (同上)."""
    return text in DITTO


def build_normalisers(notice: Notice, names: UnitNames) -> dict[str, Normaliser]:
    """Returns a normaliser for every field of the notice, by the field's key."""
    return {key: _build_normaliser(spec, notice, names) for key, spec in notice.fields.items()}


def _build_normaliser(spec: FieldSpec, notice: Notice, names: UnitNames) -> Normaliser:
    year, blanks = notice.opened.year, notice.placeholders
    match spec.kind:
        case "text" | "visits":
            return _text_normaliser(blanks)
        case "answer":
            return _answer
        case "name":
            return _cache_by_text(lambda text: _name(text, blanks))
        case "sex":
            return _cache_by_text(lambda text: _sex(text, blanks))
        case "ethnicity":
            return _cache_by_text(lambda text: _ethnicity(text, blanks))
        case "date" | "period":
            return lru_cache(maxsize=1 << 13, typed=True)(lambda cell: _date(cell, year, blanks))
        case "id":
            return _id
        case "student_number":
            return _cache_by_text(lambda text: _student_number(text, blanks))
        case "township":
            return _cache_by_text(lambda text: _township(text, names, blanks))
        case "phone":
            return _cache_by_text(lambda text: _phone(text, blanks))
        case "int":
            return _cache_by_text(lambda text: _int(text, blanks))
        case "bool":
            yes, no = frozenset(notice.wording.answers.yes), frozenset(notice.wording.answers.no)
            return _cache_by_text(lambda text: _bool(text, yes, no, blanks))
        case "grade":
            return _cache_by_text(lambda text: _grade(text, blanks))
        case "class":
            return _cache_by_text(lambda text: _class(text, blanks))
        case "choice" | "choices":
            assert spec.choices is not None  # checked when the notice was loaded
            matcher = VocabularyMatcher(notice.vocabularies[spec.choices], blanks)
            return _cache_by_text(matcher.match_one if spec.kind == "choice" else matcher.match_several)


def _cache_by_text(read: Callable[[str], NormalisedValue]) -> Normaliser:
    cached = lru_cache(maxsize=1 << 12)(read)

    def normalise(cell: object) -> NormalisedValue:
        if not (text := cell_text(cell)):
            return BLANK_VALUE
        return cached(text) if text[0] != "#" or text not in ERROR_TEXTS else FORMULA_ERROR

    return lru_cache(maxsize=1 << 13, typed=True)(normalise)


@lru_cache(maxsize=8)
def _text_normaliser(blanks: frozenset[str]) -> Normaliser:
    """Returns the normaliser of all text columns; they share its cache, since the same words occur in many columns."""
    return lru_cache(maxsize=1 << 13, typed=True)(lambda cell: _text(cell, blanks))


def _text(cell: object, blanks: Set[str]) -> NormalisedValue:
    text = cell_text(cell)
    if text in ERROR_TEXTS:
        return FORMULA_ERROR
    return NormalisedValue(text) if text and text not in blanks else BLANK_VALUE


@lru_cache(maxsize=1 << 10, typed=True)
def _answer(cell: object) -> NormalisedValue:
    """Normalises a text in which 无 is an answer."""
    text = cell_text(cell)
    return NormalisedValue(text) if text else BLANK_VALUE


def _name(text: str, blanks: Set[str]) -> NormalisedValue:
    """Normalises a name: blanks and numbering removed (``1.张 三`` becomes 张三), the middle dot unified as ``·``.

    A class, sex, number or remark in the same cell is returned as an implied value.
    """
    if len(text) <= 4 and text.isalpha() and text not in blanks:  # isalpha: no blank, digit or mark
        return NormalisedValue(text)
    if text.isascii():
        plain = re.sub(r"[0-9]+$", "", " ".join(text.split()).strip("*,.:;"))
        return NormalisedValue(plain or text) if not _is_blank(plain or text, blanks) else BLANK_VALUE
    plain, implied = _split_name(_INNER_WHITESPACE.sub("", text))
    plain = _MIDDLE_DOTS.sub("·", plain)
    plain = re.sub(r"[0-9]+$", "", plain.strip("·*★、,。:;")) or plain
    return NormalisedValue(plain, None, implied or None) if not _is_blank(plain, blanks) else BLANK_VALUE


def _split_name(text: str) -> tuple[str, dict[str, Json]]:
    """Splits a cell into the name and the other values in it: 1.张三(一班) → 张三, 1班."""
    implied: dict[str, Json] = {}
    if number := _NUMBER_IN_NAME.search(text):
        identity = read_identity(number[1])
        if identity.number is not None:
            implied["id_number"] = identity.number
            text = text.replace(number[0], "")
    bare = _NUMBERING.sub("", text)
    name = _BRACKETED.sub("", bare)
    if not _CHINESE.search(name):
        return text, implied
    for match in _BRACKETED.finditer(bare):
        remark = match[1]
        if remark in ("男", "女"):
            implied["sex"] = remark
        elif remark.endswith("班"):
            grade, implied["class_name"] = read_class(remark)
            implied |= {"grade": grade} if grade else {}
        elif _CHINESE.search(remark):
            implied["remark"] = remark
    return name, implied


def _sex(text: str, blanks: Set[str]) -> NormalisedValue:
    plain = fold_text(text)
    if plain in {"男", "1", "01", "男性", "男生", "m", "male", "男孩"}:
        return NormalisedValue("男")
    if plain in {"女", "2", "02", "女性", "女生", "f", "female", "女孩"}:
        return NormalisedValue("女")
    return BLANK_VALUE if _is_blank(text, blanks) else NormalisedValue(text, "value-unknown")


def _ethnicity(text: str, blanks: Set[str]) -> NormalisedValue:
    if _is_blank(text, blanks):
        return BLANK_VALUE
    matched = find_ethnic_group(fold_text(text))
    return NormalisedValue(matched) if matched else NormalisedValue(text, "value-unknown")


def _date(cell: object, year: int, blanks: Set[str]) -> NormalisedValue:
    matched = to_iso_date(cell, year)
    if matched is not None:
        return NormalisedValue(matched)
    text = cell_text(cell)
    return BLANK_VALUE if _is_blank(text, blanks) else NormalisedValue(text, "date-invalid")


def _id(cell: object) -> NormalisedValue:
    matched = read_identity(cell)
    return NormalisedValue(matched.number, matched.fault)


def _student_number(text: str, blanks: Set[str]) -> NormalisedValue:
    plain = _INNER_WHITESPACE.sub("", text).strip("'`").upper()
    return BLANK_VALUE if _is_blank(plain, blanks) else NormalisedValue(plain)


def _township(text: str, names: UnitNames, blanks: Set[str]) -> NormalisedValue:
    if _is_blank(text, blanks):
        return BLANK_VALUE
    unit = names.resolve(text)
    return NormalisedValue(unit.name if unit is not None and unit.kind == "township" else text)


def _phone(text: str, blanks: Set[str]) -> NormalisedValue:
    if _MOBILE.fullmatch(text):
        return NormalisedValue(text)
    if _is_blank(text, blanks):
        return BLANK_VALUE
    matched: list[str] = []
    for piece in _PHONE_SEPARATOR.split(re.sub(r"(?<=[0-9])[ -](?=[0-9]{4}(?![0-9]))", "", text)):
        digits = re.sub(r"^(?:\+?86)(?=1[0-9]{10})|[^0-9-]", "", piece)
        if not digits.strip("-"):
            continue
        line = _LANDLINE.fullmatch(digits)
        bare = digits.replace("-", "")
        if _MOBILE.fullmatch(bare):
            matched.append(bare)
        elif line:
            matched.append(f"{line[1]}-{line[2]}")
        elif len(bare) == 22 and _MOBILE.fullmatch(bare[:11]) and _MOBILE.fullmatch(bare[11:]):
            matched += [bare[:11], bare[11:]]
        else:
            return NormalisedValue(text, "phone-invalid")
    if not matched:
        return NormalisedValue(text, "phone-invalid")
    return NormalisedValue("、".join(dict.fromkeys(matched)))


def _int(text: str, blanks: Set[str]) -> NormalisedValue:
    plain = fold_text(text)
    if match := re.search(r"[0-9]+", plain):
        return NormalisedValue(int(match.group())) if len(match.group()) < 10 else NormalisedValue(text)
    if match := re.fullmatch("第?([一二三四五六七八九十])[次人个]?", plain):
        return NormalisedValue("〇一二三四五六七八九十".index(match[1]))
    return BLANK_VALUE if _is_blank(text, blanks) else NormalisedValue(text, "value-unknown")


def _bool(text: str, yes: frozenset[str], no: frozenset[str], blanks: Set[str]) -> NormalisedValue:
    plain = fold_text(text)
    if plain in yes:
        return NormalisedValue(True)
    if plain in no:
        return NormalisedValue(False)
    return BLANK_VALUE if _is_blank(text, blanks) else NormalisedValue(text, "value-unknown")


def _grade(text: str, blanks: Set[str]) -> NormalisedValue:
    if _is_blank(text, blanks):
        return BLANK_VALUE
    grade, class_name = read_grade(text)
    if grade is None:
        return NormalisedValue(text, "value-unknown")
    return NormalisedValue(grade, None, {"class_name": class_name} if class_name else None)


def _class(text: str, blanks: Set[str]) -> NormalisedValue:
    if _is_blank(text, blanks):
        return BLANK_VALUE
    grade, class_name = read_class(text)
    return NormalisedValue(class_name, None, {"grade": grade} if grade else None)


_AROUND_A_FACT = re.compile(
    r"^(?:(?:该|学)生|孩子|本人|现|目前|已经?|[于在]|(?:20[0-9]{2}[-./年])?[0-9]{1,2}[-./月][0-9]{1,2}日?|[0-9]{1,2}月|[,:、])+"
    "|了$"
)
"""Matches the words around a fact that are ignored: 已于9月20日返校, 返校了."""


class VocabularyMatcher:
    """Finds the values of a vocabulary in what clerks write."""

    def __init__(self, vocabulary: Vocabulary, placeholders: Set[str]) -> None:
        self._placeholders = placeholders
        self._exact: dict[str, str] = {}
        for value, synonyms in vocabulary.values.items():
            for spelling in (value, *synonyms):
                self._exact.setdefault(fold_text(spelling), value)
        # Longest first: 未返校 is seen before the 返校 inside it.
        whole = frozenset(map(fold_text, vocabulary.whole))
        self._longest_first = sorted(
            (s for s in self._exact.keys() - whole if len(s) > 1), key=lambda s: (-len(s), s)
        )
        self._other = vocabulary.other

    def match_one(self, text: str) -> NormalisedValue:
        """Returns the value of a cell: an exact match, else the only value in the text, else the first with ``other`` set."""
        matched = self.match(text)
        if matched is not None:
            return NormalisedValue(matched)
        if _is_blank(text, self._placeholders):
            return BLANK_VALUE
        if self._other:
            return NormalisedValue(self._other)
        return NormalisedValue(text, "value-unknown")

    def match_several(self, text: str) -> NormalisedValue:
        """Returns all values in a cell, joined by 、; one unknown value makes the whole cell a problem."""
        matched: list[str] = []
        unknown = False
        whole = self._exact.get(fold_text(text))
        for piece in [text] if whole else re.split(r"[、,;/\\+\n和及]+", text):
            if not piece.strip():
                continue
            value = self.match(piece)
            if value:
                matched.append(value)
            elif not _is_blank(piece, self._placeholders):
                unknown = True
        if unknown or not matched:
            return (
                BLANK_VALUE
                if _is_blank(text, self._placeholders) and not matched
                else NormalisedValue(text, "value-unknown")
            )
        return NormalisedValue("、".join(dict.fromkeys(matched)))

    def match(self, text: str) -> str | None:
        """Returns the value that a text means, or None if it means none."""
        plain = fold_text(text)
        if plain in self._exact:
            return self._exact[plain]
        bare = re.sub(r"\(.*?\)|[。.;!]", "", plain)
        if bare in self._exact:
            return self._exact[bare]
        if (undated := _AROUND_A_FACT.sub("", plain)) in self._exact:
            return self._exact[undated]
        matched: dict[str, int] = {}
        remaining = plain
        for spelling in self._longest_first:
            position = remaining.find(spelling)
            if position >= 0:
                matched.setdefault(self._exact[spelling], position)
                remaining = remaining.replace(spelling, "\0" * len(spelling))
        if len(matched) == 1 or (matched and self._other):
            return min(matched, key=lambda value: matched[value])
        return None
