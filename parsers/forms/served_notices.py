"""Reads 送达书, the notice that tells a guardian to send the child back, from running text (附件6, first part)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from config.identity_numbers import read_identity
from config.notice import FormSpec, Notice
from parsers.checks.row_checks import RowChecks
from parsers.fields.dates import find_dates
from parsers.fields.normalise import Normaliser
from parsers.records import Json, Record

_NAME = r"([\u4e00-\u9fff][\u4e00-\u9fff·]{1,9}?)"
_STUDENT = re.compile(
    rf"(?:您的孩子|你的孩子|贵子女|子女|被监护人|学生姓名:|学生)[\s:_]*{_NAME}(?:同学)?[\s_]*(?=[,、。(]|系|同学|现|自|在|于|性别|身份证|从|已|$)"
)
_LONGEST_DATE_LINE = 24
_NOT_A_NAME = re.compile("[书证表]|家长|学校|教育|义务|情况|[辍失休复返入就]学|劝|姓名|签|监护")
_ID = re.compile(r"身份证(?:件)?号码?[:\s]*([0-9]{17}[0-9Xx])")
_GRADE = re.compile(
    r"(?:我校|本校|[\u4e00-\u9fff]{2,12}?(?:学校|小学|中学))[\s_]*"
    r"([一二三四五六七八九初1-9][\u4e00-\u9fff0-9() ]{1,10}?班|[一二三四五六七八九]年级)"
)
_SINCE = re.compile(
    r"(?:自|从|于)\s{0,4}(.{4,14}?)\s{0,4}(?:日)?起?(?:至今)?(?:未到校|未返校|未入学|辍学|离校|无故|一直)"
)
_SERVED = re.compile(r"(?:送达时间|送达日期|送达于|签收时间|签收日期)[:\s]*(.{4,16})")
_RECEIVED = re.compile(
    rf"(?:受送达人(?:\(?签[字名收]\)?)?|签收人|收件人|家长\(?签[字名]\)?|监护人\(?签[字名]\)?)[:\s_]*{_NAME}(?=[\s,。_(]|$|年|送达|签)"
)
_GUARDIAN = re.compile(rf"^(?:尊敬的)?{_NAME}(?:同志|家长|先生|女士|监护人)?(?:\(家长\))?\s*:\s*$")
_TITLE = re.compile("送达书|送达回证|(?:返校|劝返|劝学|催学|复学|入学)通知书|(?:责令|限期).{0,20}通知书")


def is_served_notice(lines: Sequence[str]) -> bool:
    """Whether running text is such a letter."""
    return any(_TITLE.search(line) for line in lines[:8])


def read_served_notices(
    lines: Sequence[str], form: FormSpec, notice: Notice, normalisers: Mapping[str, Normaliser], sheet: str
) -> list[Record]:
    """One record a letter; a letter whose student is left blank is the template and gives none."""
    starts = [n for n, line in enumerate(lines) if _TITLE.search(line) and len(line) < 40] or [0]
    letters: list[tuple[int, dict[str, Json]]] = []
    closing_dates: list[str | None] = []
    for first, end in pairwise([*starts, len(lines)]):
        values = _extract_values(lines[first:end], notice, normalisers)
        if values.get("name") or values.get("id_number"):
            letters.append((first + 1, values))
            closing_dates.append(_find_closing_date(lines[first:end], notice))
        elif letters:  # a 回执 that names only who signed is of the letter before it
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

    named = (match for match in _STUDENT.finditer(text) if not _NOT_A_NAME.search(match[1]))
    keep_value("name", next(named, None))
    keep_value("id_number", _ID.search(text))
    keep_value("grade", _GRADE.search(text))
    keep_value("since", _SINCE.search(text))
    for line in lines:
        keep_value("guardian", _GUARDIAN.match(line.strip()))
    keep_value("notice_served_on", _SERVED.search(text))
    keep_value("notice_received_by", _RECEIVED.search(text))
    return values


def _find_closing_date(lines: Sequence[str], notice: Notice) -> str | None:
    """The day below a letter, where nobody wrote when it was served; not the days that it gives the guardian."""
    dates = [
        result.iso
        for line in lines[-6:]
        if len(line.strip()) <= _LONGEST_DATE_LINE
        for result in find_dates(line, notice.opened.year)
        if len(result.iso) == 10
    ]
    return dates[-1] if dates else None


def _merge_by_student(records: Sequence[Record]) -> list[Record]:
    """存根, letter and 回执 of one student on one page are one record."""
    result: dict[str, Record] = {}
    for record in records:
        key = str(record.values.get("name") or record.values.get("id_number"))
        if key in result:
            values = {**record.values, **result[key].values}
            result[key] = replace(result[key], values=values)
        else:
            result[key] = record
    return list(result.values())
