"""One cell into one value: a normaliser for each kind of field (``forms.md``, "Keys every student row has").

A normaliser takes a cell and gives a :class:`Value`: what to keep, and what is wrong with it. Text
that repeats down a column is looked up, not read again.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from config.identity import read_identity
from config.notice import FieldSpec, Notice, Vocabulary
from config.text_folding import fold_text
from config.units.unit_names import UnitNames
from parsers.fields.dates import iso_date
from parsers.fields.ethnic_groups import ethnic_group
from parsers.fields.grades import read_class, read_grade
from parsers.formats.workbook import ERROR_TEXTS
from parsers.records import Json

_BLANKS = " \t\r\n\v\f\u00a0\u2002\u2003\u2009\u200b\u3000\ufeff"
_QUOTES = _BLANKS + "'`"  # an apostrophe before a number keeps Excel from rounding it
_LINES = re.compile(r"[ \t\u3000]*[\r\n]+[ \t\u3000]*")
_DOTS = re.compile("[·•．.・‧∙・●]")
_INNER = re.compile("[\\s\u00a0\u3000\u200b-\u200f\ufeff]+")
_ABSENT = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "、", "无", "〇", "_", "n/a", "空", "暂无", "。", "."}
)
DITTO = frozenset({"〃", "″", "同上", "同左", "“", "”", '"'})
"""What stands for the cell above."""
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0\d{2,3})[-—]?(\d{7,8})")
_PHONE_BREAK = re.compile(r"[、,,;;/\\\s|和或]+|(?<=\d)\(|\)")
_YES = frozenset(
    {
        "ü",  # a tick of the fonts Wingdings and Wingdings 2, read as a letter
        "p",
        "是",
        "√",
        "✓",
        "✔",
        "☑",
        "v",
        "y",
        "yes",
        "true",
        "1",
        "有",
        "对",
        "寄宿",
        "住读",
        "住校",
        "住宿",
        "寄宿生",
        "住宿生",
        "住读生",
        "住校生",
        "留守",
        "留守儿童",
        "属于",
        "○",
        "●",
        "■",
        "内宿",
    }
)
_NO = frozenset(
    {
        "û",
        "否",
        "×",
        "x",
        "n",
        "no",
        "false",
        "0",
        "无",
        "不是",
        "走读",
        "走读生",
        "通学",
        "通学生",
        "非留守",
        "非留守儿童",
        "不属于",
        "没有",
        "不住校",
        "不寄宿",
        "非寄宿",
        "外宿",
        "/",
        "-",
        "—",
        "□",
        "不",
    }
)
TICKS = frozenset({"√", "✓", "✔", "☑", "■", "●", "是", "1", "v", "y", "√是", "有", "对", "√√", "○", "ü", "p"})
"""What stands in a column to say that its heading holds (domain 2.3: four √ columns)."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell says: the value to keep, more values beside it, and the code of what is wrong."""

    value: Json = None
    fault: str | None = None
    beside: Mapping[str, Json] | None = None


NOTHING = Value()
FORMULA_ERROR = Value(None, "formula-error")
"""An error text where a table holds only text: a CSV, a page, a sheet pasted as values."""
Normaliser = Callable[[object], Value]


def text_of(cell: object) -> str:
    """A cell as a person reads it: numbers without a needless ``.0``, dates as ISO, no outer blanks."""
    if isinstance(cell, str):
        text = cell.strip(_BLANKS).lstrip(_QUOTES)
        return _LINES.sub("\n", text) if "\n" in text or "\r" in text else text
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


def is_absent(text: str) -> bool:
    """Whether a text only says that there is nothing."""
    return text in _ABSENT or fold_text(text) in _ABSENT


def is_ditto(text: str) -> bool:
    """Whether a text stands for what is above it."""
    return text in DITTO


def normalisers(notice: Notice, names: UnitNames) -> dict[str, Normaliser]:
    """For every field of the notice, how its cells are read."""
    return {key: _normaliser(spec, notice, names) for key, spec in notice.fields.items()}


def _normaliser(spec: FieldSpec, notice: Notice, names: UnitNames) -> Normaliser:
    year = notice.opened.year
    match spec.kind:
        case "text" | "visits":
            return _text
        case "answer":
            return _answer
        case "name":
            return _by_text(_name)
        case "sex":
            return _by_text(_sex)
        case "ethnicity":
            return _by_text(_ethnicity)
        case "date" | "period":
            return lru_cache(maxsize=1 << 13, typed=True)(lambda cell: _date(cell, year))
        case "id":
            return _id
        case "student_number":
            return _by_text(_student_number)
        case "township":
            return _by_text(lambda text: _township(text, names))
        case "phone":
            return _by_text(_phone)
        case "int":
            return _by_text(_int)
        case "bool":
            return _by_text(_bool)
        case "grade":
            return _by_text(_grade)
        case "class":
            return _by_text(_class)
        case "choice" | "choices":
            assert spec.choices is not None  # checked when the notice was loaded
            chooser = Chooser(notice.vocabularies[spec.choices])
            return _by_text(chooser.one if spec.kind == "choice" else chooser.several)


def _by_text(read: Callable[[str], Value]) -> Normaliser:
    remembered = lru_cache(maxsize=1 << 12)(read)

    def normalise(cell: object) -> Value:
        if not (text := text_of(cell)):
            return NOTHING
        return remembered(text) if text[0] != "#" or text not in ERROR_TEXTS else FORMULA_ERROR

    return lru_cache(maxsize=1 << 13, typed=True)(normalise)


@lru_cache(maxsize=1 << 13, typed=True)
def _text(cell: object) -> Value:
    text = text_of(cell)
    if text in ERROR_TEXTS:
        return FORMULA_ERROR
    return Value(text) if text and text not in _ABSENT else NOTHING


@lru_cache(maxsize=1 << 10, typed=True)
def _answer(cell: object) -> Value:
    """A text in which 无 is an answer."""
    text = text_of(cell)
    return Value(text) if text else NOTHING


def _name(text: str) -> Value:
    """张 三 → 张三; the middle dot of minority names is made ``·``."""
    if len(text) <= 4 and text.isalpha() and text not in _ABSENT:  # isalpha: no blank, digit or mark
        return Value(unicodedata.normalize("NFKC", text))
    plain = unicodedata.normalize("NFKC", text)
    plain = _DOTS.sub("·", _INNER.sub("", plain)) if not plain.isascii() else " ".join(plain.split())
    plain = re.sub(r"\d+$", "", plain.strip("·*★、,。:;")) or plain
    return Value(plain) if not is_absent(plain) else NOTHING


def _sex(text: str) -> Value:
    plain = fold_text(text)
    if plain in {"男", "1", "01", "男性", "男生", "m", "male", "男孩"}:
        return Value("男")
    if plain in {"女", "2", "02", "女性", "女生", "f", "female", "女孩"}:
        return Value("女")
    return NOTHING if is_absent(text) else Value(text, "value-unknown")


def _ethnicity(text: str) -> Value:
    if is_absent(text):
        return NOTHING
    found = ethnic_group(fold_text(text))
    return Value(found) if found else Value(text, "value-unknown")


def _date(cell: object, year: int) -> Value:
    found = iso_date(cell, year)
    if found is not None:
        return Value(found)
    text = text_of(cell)
    return NOTHING if is_absent(text) else Value(text, "date-invalid")


def _id(cell: object) -> Value:
    found = read_identity(cell)
    return Value(found.number, found.fault)


def _student_number(text: str) -> Value:
    plain = _INNER.sub("", unicodedata.normalize("NFKC", text)).strip("'`").upper()
    return NOTHING if is_absent(plain) else Value(plain)


def _township(text: str, names: UnitNames) -> Value:
    if is_absent(text):
        return NOTHING
    unit = names.resolve(text)
    return Value(unit.name if unit is not None and unit.kind == "township" else text)


def _phone(text: str) -> Value:
    if _MOBILE.fullmatch(text):
        return Value(text)
    plain = unicodedata.normalize("NFKC", text)
    if is_absent(plain):
        return NOTHING
    found: list[str] = []
    for piece in _PHONE_BREAK.split(re.sub(r"(?<=\d)[ -](?=\d{4}(?!\d))", "", plain)):
        digits = re.sub(r"^(?:\+?86)(?=1\d{10})|[^\d-]", "", piece)
        if not digits.strip("-"):
            continue
        line = _LANDLINE.fullmatch(digits)
        bare = digits.replace("-", "")
        if _MOBILE.fullmatch(bare):
            found.append(bare)
        elif line:
            found.append(f"{line[1]}-{line[2]}")
        elif len(bare) == 22 and _MOBILE.fullmatch(bare[:11]) and _MOBILE.fullmatch(bare[11:]):
            found += [bare[:11], bare[11:]]
        else:
            return Value(text, "phone-invalid")
    if not found:
        return Value(text, "phone-invalid")
    return Value("、".join(dict.fromkeys(found)))


def _int(text: str) -> Value:
    plain = fold_text(text)
    if match := re.search(r"\d+", plain):
        return Value(int(match.group())) if len(match.group()) < 10 else Value(text)
    if match := re.fullmatch("第?([一二三四五六七八九十])[次人个]?", plain):
        return Value("〇一二三四五六七八九十".index(match[1]))
    return NOTHING if is_absent(text) else Value(text, "value-unknown")


def _bool(text: str) -> Value:
    plain = fold_text(text)
    if plain in _YES:
        return Value(True)
    if plain in _NO:
        return Value(False)
    return NOTHING if is_absent(text) else Value(text, "value-unknown")


def _grade(text: str) -> Value:
    if is_absent(text):
        return NOTHING
    grade, class_name = read_grade(text)
    if grade is None:
        return Value(text, "value-unknown")
    return Value(grade, None, {"class_name": class_name} if class_name else None)


def _class(text: str) -> Value:
    if is_absent(text):
        return NOTHING
    grade, class_name = read_class(text)
    return Value(class_name, None, {"grade": grade} if grade else None)


class Chooser:
    """Finds a vocabulary's values in what clerks write for them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._exact: dict[str, str] = {}
        for value, synonyms in vocabulary.values.items():
            for spelling in (value, *synonyms):
                self._exact.setdefault(fold_text(spelling), value)
        # Longest first: 未返校 is seen before the 返校 inside it.
        self._inside = sorted((s for s in self._exact if len(s) > 1), key=lambda s: (-len(s), s))
        self._other = vocabulary.other

    def one(self, text: str) -> Value:
        """The value that a cell means: exactly, or the only one inside it, or the first with ``other`` set."""
        found = self.match(text)
        if found is not None:
            return Value(found)
        if is_absent(text):
            return NOTHING
        if self._other:
            return Value(self._other)
        return Value(text, "value-unknown")

    def several(self, text: str) -> Value:
        """All values named, joined by 、; what is unknown among them is a fault of the whole."""
        found: list[str] = []
        unknown = False
        plain = unicodedata.normalize("NFKC", text)
        whole = self._exact.get(fold_text(plain))
        for piece in [plain] if whole else re.split(r"[、,;/\\+\n和及]+", plain):
            if not piece.strip():
                continue
            value = self.match(piece)
            if value:
                found.append(value)
            elif not is_absent(piece):
                unknown = True
        if unknown or not found:
            return NOTHING if is_absent(text) and not found else Value(text, "value-unknown")
        return Value("、".join(dict.fromkeys(found)))

    def match(self, text: str) -> str | None:
        plain = fold_text(text)
        if plain in self._exact:
            return self._exact[plain]
        bare = re.sub(r"[((].*?[))]|[。.;;!!]", "", plain)
        if bare in self._exact:
            return self._exact[bare]
        found: dict[str, int] = {}
        rest = plain
        for spelling in self._inside:
            place = rest.find(spelling)
            if place >= 0:
                found.setdefault(self._exact[spelling], place)
                rest = rest.replace(spelling, "\0" * len(spelling))
        if len(found) == 1 or (found and self._other):
            return min(found, key=lambda value: found[value])
        return None
