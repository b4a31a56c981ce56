"""Reads grades and classes as schools write them."""

import re

from config.text.text_folding import fold_text

_ORDINALS = "〇一二三四五六七八九"
_CHINESE_NUMERALS = {char: n for n, char in enumerate(_ORDINALS)} | {"十": 10}
_GRADES = {n: f"{_ORDINALS[n]}年级" for n in range(1, 10)}
_PRESCHOOL = {
    "小班": "小班",
    "中班": "中班",
    "大班": "大班",
    "学前班": "大班",
    "幼小": "小班",
    "幼中": "中班",
    "幼大": "大班",
    "托班": "托班",
    "幼儿园": "学前",
    "学前": "学前",
    "幼儿": "学前",
}
PRESCHOOL_GRADES = frozenset(_PRESCHOOL.values())
LAST_GRADES = frozenset({_GRADES[9], "高三", "中职三年级"})
"""The grades after which a child may leave school."""
LAST_OF_SCHOOL = frozenset({_GRADES[6], "大班"})
"""The grades after which a child changes to another school."""
GRADES_IN_ORDER = (
    "托班", "小班", "中班", "大班", "学前", *_GRADES.values(),
    *(f"高{n}" for n in "一二三"), *(f"中职{n}年级" for n in "一二三"), "大学",
)  # fmt: skip
_DIGIT_PATTERN = "([一二三四五六七八九]|[1-9])"
_NUMBER_PATTERN = "[0-9]{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]"
_CLASS_PATTERN = rf"(?:[(\[【]?\s*({_NUMBER_PATTERN})\s*[)\]】]?\s*(班)?)?"
_GRADE_PATTERNS = tuple(
    (re.compile(pattern), first_grade_offset)
    for pattern, first_grade_offset in (
        (rf"(?:小学)?{_DIGIT_PATTERN}年级{_CLASS_PATTERN}", 0),
        (rf"小学?{_DIGIT_PATTERN}{_CLASS_PATTERN}", 0),
        (rf"(?:初中|初级中学|初){_DIGIT_PATTERN}(?:年级)?{_CLASS_PATTERN}", 6),
        (rf"{_DIGIT_PATTERN}[(\[【]{_CLASS_PATTERN}", 0),
        (rf"{_DIGIT_PATTERN}年?[-.]{_CLASS_PATTERN}", 0),
        (rf"{_DIGIT_PATTERN}级?()", 0),
    )
)
_HIGH_SCHOOL = re.compile(rf"(?:高中|高级中学|高){_DIGIT_PATTERN}(?:年级)?{_CLASS_PATTERN}")
_VOCATIONAL = re.compile(rf"(?:中职|职高|职教|职业|技校|中专){_DIGIT_PATTERN}(?:年级)?{_CLASS_PATTERN}")
_COHORT = re.compile(r"[0-9]{4}级|(?:初|高)[0-9]{2,4}级")


def read_grade(text: str) -> tuple[str | None, str | None]:
    """Returns the grade and, if the text holds both, the class: 七(2)班 → (七年级, 2班). A cohort by year (2021级) is not a grade."""
    plain = fold_text(text)
    if _COHORT.search(plain):
        return None, None
    if match := re.fullmatch(
        r"20[0-9]{2}-0([1-9])-([0-9]{2})", plain
    ):  # 7-2, which Excel took for the 2nd of July
        return _GRADES[int(match[1])], f"{int(match[2])}班"
    if match := re.fullmatch(r"([小中大])\(?([一二三四五六0-9])\)?班", plain):
        return f"{match[1]}班", _class_label(match[2])
    for word, grade in _PRESCHOOL.items():
        if plain.startswith(word):
            return grade, _read_class_suffix(plain[len(word) :])
    for pattern, name in ((_HIGH_SCHOOL, "高{}"), (_VOCATIONAL, "中职{}年级")):
        if match := pattern.fullmatch(plain):
            return name.format(_ORDINALS[_parse_number(match[1])]), _class_label(match[2])
    for word, grade in (
        ("大学", "大学"),
        ("大专", "大学"),
        ("本科", "大学"),
        ("高职", "大学"),
        ("大", "大学"),
    ):
        if plain.startswith(word):
            return grade, None
    for pattern, first_grade_offset in _GRADE_PATTERNS:
        match = pattern.fullmatch(plain)
        if match is None:
            continue
        number = _parse_number(match[1])
        if first_grade_offset == 6:
            number = number + 6 if number <= 3 else number
        if number not in _GRADES:
            return None, None
        return _GRADES[number], _class_label(match[2])
    if match := re.fullmatch(r"([1-9])(0[1-9]|[1-9][0-9]?)班?", plain):  # 701, 72班
        return _GRADES[int(match[1])], f"{int(match[2])}班"
    if match := re.fullmatch("([一二三四五六七八九])([一二三四五六七八九])班", plain):  # 八一班
        return _GRADES[_parse_number(match[1])], _class_label(match[2])
    return None, None


_CLASS_IN_LINE = re.compile(
    rf"(?:[一二三四五六七八九1-9]年级|初[一二三]|高[一二三]|[一二三四五六七八九](?=[(\[]))[(\[]?(?:{_NUMBER_PATTERN})[)\]]?班"
)


def find_class(text: str) -> tuple[str | None, str | None]:
    """Returns grade and class of a line that names one class: 班级:三年级2班  班主任:甲一 → (三年级, 2班)."""
    classes = {read_grade(match) for match in _CLASS_IN_LINE.findall(fold_text(text))}
    return classes.pop() if len(classes) == 1 else (None, None)


_SCHOOL_AND_GRADE = re.compile(
    r"(?P<school>.*?(?:学校|小学校?|中学校?|校|幼儿园|教学点))[、,\s]*(?P<grade>(?:[一二三四五六七八九初高1-9小]|学前|中职|职高).*)"
)


def split_school_and_grade(text: str) -> tuple[str, str | None, str | None]:
    """Returns (school, grade, class) of 西沱中学七年级2班; the unchanged text with two Nones where no grade follows."""
    match = _SCHOOL_AND_GRADE.fullmatch(text.strip())
    grade, class_name = read_grade(match["grade"]) if match else (None, None)
    return (match["school"], grade, class_name) if match and grade else (text, None, None)


def read_class(text: str) -> tuple[str | None, str]:
    """Returns the class as 2班, and the grade if the text holds it too; a class with a proper name is kept as written."""
    plain = fold_text(text)
    if match := re.fullmatch(rf"[(\[]?(?:第)?({_NUMBER_PATTERN})[)\]]?班?", plain):
        return None, f"{_parse_number(match[1])}班"
    grade, class_name = read_grade(plain)
    if grade is not None and class_name is not None:
        return grade, class_name
    return None, " ".join(text.split())


def _read_class_suffix(suffix: str) -> str | None:
    match = re.fullmatch(_CLASS_PATTERN, suffix)
    return _class_label(match[1]) if match else None


def _class_label(number: str | None) -> str | None:
    return f"{_parse_number(number)}班" if number else None


def _parse_number(text: str) -> int:
    if text.isdigit():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (_CHINESE_NUMERALS[tens] if tens else 1) * 10 + (_CHINESE_NUMERALS[ones] if ones else 0)
    return _CHINESE_NUMERALS[text]
