"""Cleans and checks identity numbers (GB 11643-1999), and reads birth date and sex from them."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import mul

from config.text.text_folding import clean_text

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999, 4.2
_CHECK_CHARACTERS = "10X98765432"
_ZERO = ord("0") * sum(_WEIGHTS)
_PRODUCTS = [
    bytes((char - ord("0")) * weight % 11 if char in b"0123456789" else 0 for char in range(256))
    for weight in _WEIGHTS
]
"""For each weight, by a digit's byte its product modulo 11: seventeen of them are less than a byte holds."""
_CHECK_BYTES = bytes(ord(_CHECK_CHARACTERS[total % 11]) for total in range(256))
_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_PLACE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9")
"""Matches the beginning of a number: a province (GB/T 2260-2007), 81 to 83 for residents of 港澳台, or 9 for foreigners who settled."""
_NOISE = re.compile("[\\s'\"`‘’“”´.·。、,_\\-—;:]+")
_LABEL = re.compile("^(?:公民|居民)?(?:身份证|身份)(?:证)?(?:号码|号|件号)?")
_ROUNDED = re.compile(
    r"[0-9](?:\.[0-9]+)?E\+?[0-9]{2}|[0-9]{15}000"
)  # Excel keeps 15 digits; 5.0024E+17 where narrow
_MISREAD_DIGITS = str.maketrans("OIL〇", "0110")
_NO_NUMBER_YET = re.compile(
    "未上户|无户口|待办|办理中|待补|未办|暂无|没有身份证|无身份证|黑户|未入户|正在办|出生证|护照|港澳|无$"
)


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity number as read from a cell, with its problem.

    ``number`` is the text to keep (18 characters when all is well), ``fault`` one of the identity
    problem codes of :mod:`config.problem_codes` or None.
    """

    number: str | None
    fault: str | None = None

    @property
    def birth_date(self) -> str:
        """The ISO date in digits 7–14; defined only for a number without ``fault``."""
        assert self.number is not None
        return birth_date_of(self.number)

    @property
    def sex(self) -> str:
        """男 or 女, by digit 17 of the number (GB 11643), which must be valid."""
        assert self.number is not None
        return sex_of(self.number)


def birth_date_of(number: str) -> str:
    """Returns the birth date in digits 7–14 of a valid number, as an ISO date."""
    return f"{number[6:10]}-{number[10:12]}-{number[12:14]}"


def sex_of(number: str) -> str:
    """Returns the sex in digit 17 of a valid number."""
    return "男" if number[16] in "13579" else "女"


def has_known_place(number: str) -> bool:
    """Returns whether a number begins with the code of a province, or is that of a foreigner.

    Only the province is checked: codes of counties change, and a number keeps the code of the year it was issued.
    """
    return _PLACE.match(number) is not None


def check_digit(first17: str) -> str:
    """Returns the 18th character that belongs to 17 digits."""
    return _CHECK_CHARACTERS[(sum(map(mul, _WEIGHTS, first17.encode())) - _ZERO) % 11]


def read_identity(cell: object) -> Identity:
    """Cleans and checks one cell. A cell of numeric type has lost digits (``id-precision``)."""
    if cell is None:
        return Identity(None, "id-missing")
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return _read_number(cell)
    return _read_text(str(cell))


def _read_number(cell: float | int) -> Identity:
    text = str(cell) if isinstance(cell, int) else f"{cell:.0f}"
    if isinstance(cell, int) and is_valid_number(text):
        return Identity(text)  # a program wrote all digits, and the reader kept them
    return Identity(text, "id-precision" if len(text) >= 17 else "id-length")


@lru_cache(maxsize=1 << 12)
def _read_text(raw: str) -> Identity:
    if len(raw) == 18 and _NUMBER.fullmatch(raw):  # which is so of nearly every cell
        return Identity(raw, None if is_valid_number(raw) else _fault_of_digits(raw))
    text = _clean(raw)
    if not text:
        return Identity(None, "id-missing")
    if _NO_NUMBER_YET.search(text):
        return Identity(None, "id-missing")
    return Identity(
        text, None if _NUMBER.fullmatch(text) and is_valid_number(text) else _fault_of_digits(text)
    )


def _fault_of_digits(text: str) -> str:
    """Returns the problem code of an invalid number."""
    if _ROUNDED.fullmatch(text):
        return "id-precision"
    return "id-checksum" if len(text) == 18 else "id-length"


def _clean(raw: str) -> str:
    text = unicodedata.normalize(
        "NFKC", clean_text(raw)
    )  # Ⅹ and ① are digits here, whatever they are elsewhere
    if re.fullmatch(r"\s*[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{2}\s*", text):
        return text.strip().upper()
    text = _LABEL.sub("", _NOISE.sub("", text)).upper().replace("×", "X")
    if len(text) == 18 and text[17] == "*" and text[:17].isdigit():
        text = text[:17] + "X"
    if len(text) == 18 and not _NUMBER.fullmatch(text):
        corrected = text.translate(_MISREAD_DIGITS)
        if _NUMBER.fullmatch(corrected) and corrected[17] == check_digit(corrected[:17]):
            return corrected
    return text


def is_valid_number(text: str) -> bool:
    """Returns whether a text is 18 characters with a date and the check digit that belongs to them."""
    return len(text) == 18 and _is_date(text[6:14]) and text[17] == check_digit(text[:17])


def are_valid_numbers(texts: Collection[str]) -> bool:
    """Returns whether all of these texts, each 17 digits and a digit or X, are valid numbers.

    They are checked a place at a time: the bytes of one place of all numbers are one long integer, and the sum of such
    integers has the sum of each number in a byte of its own.
    """
    columns = "".join(texts).encode()
    totals = sum(
        int.from_bytes(columns[place::18].translate(products)) for place, products in enumerate(_PRODUCTS)
    )
    return totals.to_bytes(len(texts)).translate(_CHECK_BYTES) == columns[17::18] and all(
        map(_is_date, {text[6:14] for text in texts})
    )


@lru_cache(maxsize=1 << 13)
def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


UNUSABLE_NUMBER_CODES = frozenset({"id-missing", "id-length", "id-checksum", "id-precision"})
"""Problems after which a number no longer identifies a student."""


def valid_id_number(values: Mapping[str, object], codes: Collection[str]) -> str | None:
    """Returns the row's identity number if nothing is wrong with it; else the one that its 学籍号 repeats (G + number)."""
    number = values.get("id_number")
    if isinstance(number, str) and number and (not codes or UNUSABLE_NUMBER_CODES.isdisjoint(codes)):
        return number
    student_number = values.get("student_number")
    if (
        isinstance(student_number, str)
        and len(student_number) == 19
        and student_number[0] == "G"
        and is_valid_number(student_number[1:])
    ):
        return student_number[1:]
    return None
