"""Reads 送达书 from running text: the letter that orders a guardian to send the child back (附件6, first part)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from config.identity_numbers import read_identity
from config.notice import FormSpec, Notice
from config.notice.sections.wording import LetterWords
from config.records.record import Json, Record
from parsers.checks.row_checks import RowChecks
from parsers.fields.dates import find_dates
from parsers.fields.normalise import Normaliser

_NAME = r"([\u4e00-\u9fff][\u4e00-\u9fff·]{1,9}?)"
_LONGEST_DATE_LINE = 24
_ID = re.compile(r"身份证(?:件)?号码?[:\s]*([0-9]{17}[0-9Xx])")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patterns:
    title: re.Pattern[str]
    receipt: re.Pattern[str]
    no_name: re.Pattern[str]
    student: re.Pattern[str]
    grade: re.Pattern[str]
    since: re.Pattern[str]
    served: re.Pattern[str]
    received: re.Pattern[str]
    guardian: re.Pattern[str]


@lru_cache(maxsize=8)
def _compile_patterns(words: LetterWords) -> _Patterns:
    schools = "|".join((*words.schools, r"[\u4e00-\u9fff]{2,12}?(?:学校|小学|中学)"))
    return _Patterns(
        title=re.compile("|".join(words.titles)),
        receipt=re.compile("|".join(words.receipts)),
        no_name=re.compile("|".join(words.no_name)),
        student=re.compile(
            rf"(?:{'|'.join(words.before_child)})[\s:_]*{_NAME}(?:同学)?[\s_]*(?={'|'.join(words.behind_child)})"
        ),
        grade=re.compile(
            rf"(?:{schools})[\s_]*"
            r"([一二三四五六七八九初1-9][\u4e00-\u9fff0-9() ]{1,10}?班|[一二三四五六七八九]年级)"
        ),
        since=re.compile(
            rf"(?:自|从|于)\s{{0,4}}(.{{4,14}}?)\s{{0,4}}(?:日)?起?(?:至今)?(?:{'|'.join(words.absent)})"
        ),
        served=re.compile(rf"(?:{'|'.join(words.served)})[:\s]*(.{{4,16}})"),
        received=re.compile(
            rf"(?:{'|'.join(words.received)})[:\s_]*{_NAME}(?={'|'.join(words.behind_received)})"
        ),
        guardian=re.compile(
            rf"^(?:尊敬的)?{_NAME}(?:{'|'.join(words.behind_guardian)})?(?:\(家长\))?\s*:\s*$"
        ),
    )


def is_served_notice(lines: Sequence[str], notice: Notice) -> bool:
    """Returns whether one of the first eight lines is the title of a 送达书."""
    title = _compile_patterns(notice.wording.letters).title
    return any(title.search(line) for line in lines[:8])


def is_receipt(line: str, notice: Notice) -> bool:
    """Returns whether a line is the title of the 回执, the part of the letter that comes back signed."""
    return _compile_patterns(notice.wording.letters).receipt.search(line) is not None


def read_served_notices(
    lines: Sequence[str], form: FormSpec, notice: Notice, normalisers: Mapping[str, Normaliser], sheet: str
) -> list[Record]:
    """Returns one record a letter; a letter without a student's name is the template and gives none."""
    title = _compile_patterns(notice.wording.letters).title
    starts = [n for n, line in enumerate(lines) if title.search(line) and len(line) < 40] or [0]
    letters: list[tuple[int, dict[str, Json]]] = []
    closing_dates: list[str | None] = []
    for first, end in pairwise([*starts, len(lines)]):
        values = _extract_values(lines[first:end], notice, normalisers)
        if values.get("name") or values.get("id_number"):
            letters.append((first + 1, values))
            closing_dates.append(_find_closing_date(lines[first:end], notice))
        elif letters:  # a 回执 with only a signature belongs to the letter before it
            before = letters[-1][1]
            before.update({key: value for key, value in values.items() if key not in before})
    records = []
    for (row, values), closing_date in zip(letters, closing_dates, strict=True):
        if closing_date is not None:
            values.setdefault("notice_served_on", closing_date)
        id_valid = read_identity(values.get("id_number")).fault is None
        problems = RowChecks(form, notice, sheet, lambda key, row: None).check(values, row, id_valid=id_valid)
        records.append(Record(sheet=sheet, row=row, values=values, problems=tuple(problems)))
    return _merge_by_student(records)


def _extract_values(
    lines: Sequence[str], notice: Notice, normalisers: Mapping[str, Normaliser]
) -> dict[str, Json]:
    patterns = _compile_patterns(notice.wording.letters)
    text = "\n".join(lines)
    values: dict[str, Json] = {}

    def keep_value(key: str, result: re.Match[str] | None) -> None:
        if (
            result
            and (read := normalisers[key](result[1])).value is not None
            and read.problem_code in (None, "id-checksum")
        ):
            values.setdefault(key, read.value)
            values.update({k: v for k, v in (read.implied or {}).items() if k not in values})

    named = (match for match in patterns.student.finditer(text) if not patterns.no_name.search(match[1]))
    keep_value("name", next(named, None))
    keep_value("id_number", _ID.search(text))
    keep_value("grade", patterns.grade.search(text))
    keep_value("since", patterns.since.search(text))
    for line in lines:
        keep_value("guardian", patterns.guardian.match(line.strip()))
    keep_value("notice_served_on", patterns.served.search(text))
    keep_value("notice_received_by", patterns.received.search(text))
    return values


def _find_closing_date(lines: Sequence[str], notice: Notice) -> str | None:
    """Returns the date at the end of a letter (ISO), used where no date of service is given; None if there is none.

    The days that the letter gives the guardian are no such date.
    """
    dates = [
        result.iso
        for line in lines[-6:]
        if len(line.strip()) <= _LONGEST_DATE_LINE
        for result in find_dates(line, notice.opened.year)
        if len(result.iso) == 10
    ]
    return dates[-1] if dates else None


def _merge_by_student(records: Sequence[Record]) -> list[Record]:
    """Returns the records with 存根, letter and 回执 of one student merged into one."""
    result: dict[str, Record] = {}
    for record in records:
        key = str(record.values.get("name") or record.values.get("id_number"))
        if key in result:
            values = {**record.values, **result[key].values}
            result[key] = replace(result[key], values=values)
        else:
            result[key] = record
    return list(result.values())
