"""Reads 送达书, the notice that tells a guardian to send the child back, from running text (附件6, first part)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from config.identity import read_identity
from config.notice import FormSpec, Notice
from parsers.checks.row_checks import check_row
from parsers.fields.dates import find_dates
from parsers.fields.normalise import Normaliser
from parsers.records import Json, Record

_NAME = r"([\u4e00-\u9fff][\u4e00-\u9fff·]{1,9}?)"
_STUDENT = re.compile(
    rf"(?:您的孩子|你的孩子|贵子女|子女|被监护人|学生姓名:|学生)[\s:_]*{_NAME}(?:同学)?[\s_]*(?=[,、。(]|系|同学|现|自|在|于|性别|身份证|从|已|$)"
)
_ID = re.compile(r"身份证(?:件)?号码?[:\s]*([0-9]{17}[0-9Xx])")
_GRADE = re.compile(
    r"(?:我校|本校|[\u4e00-\u9fff]{2,12}?(?:学校|小学|中学))[\s_]*"
    r"([一二三四五六七八九初1-9][\u4e00-\u9fff0-9() ]{1,10}?班|[一二三四五六七八九]年级)"
)
_SINCE = re.compile(
    r"(?:自|从)\s*(.{4,14}?)\s*(?:日)?起?(?:至今)?(?:未到校|未返校|未入学|辍学|离校|无故|一直)"
)
_SERVED = re.compile(r"(?:送达时间|送达日期|送达于|签收时间|签收日期)[:\s]*(.{4,16})")
_RECEIVED = re.compile(
    rf"(?:受送达人(?:\(?签[字名收]\)?)?|签收人|收件人|家长\(?签[字名]\)?|监护人\(?签[字名]\)?)[:\s_]*{_NAME}(?=[\s,。_(]|$|年|送达|签)"
)
_GUARDIAN = re.compile(rf"^(?:尊敬的)?{_NAME}(?:同志|家长|先生|女士|监护人)?(?:\(家长\))?\s*:\s*$")
_TITLE = re.compile("送达书|返校通知书|劝返通知书|复学通知书|入学通知书")


def is_served_notice(lines: Sequence[str]) -> bool:
    """Whether running text is such a letter."""
    return any(_TITLE.search(line) for line in lines[:8])


def read_served_notices(
    lines: Sequence[str], form: FormSpec, notice: Notice, normalisers: Mapping[str, Normaliser], sheet: str
) -> list[Record]:
    """One record a letter; a letter whose student is left blank is the template and gives none."""
    starts = [n for n, line in enumerate(lines) if _TITLE.search(line) and len(line) < 40] or [0]
    bounds = [*starts, len(lines)]
    records = []
    for first, end in pairwise(bounds):
        values = _extract_values(lines[first:end], notice, normalisers)
        if values.get("name") or values.get("id_number"):
            problems = check_row(
                values,
                form,
                notice,
                sheet,
                first + 1,
                lambda key, row: None,
                {},
                id_valid=read_identity(values.get("id_number")).fault is None,
            )
            records.append(Record(sheet=sheet, row=first + 1, values=values, problems=tuple(problems)))
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

    keep_value("name", _STUDENT.search(text))
    keep_value("id_number", _ID.search(text))
    keep_value("grade", _GRADE.search(text))
    keep_value("since", _SINCE.search(text))
    for line in lines:
        keep_value("guardian", _GUARDIAN.match(line.strip()))
    keep_value("notice_served_on", _SERVED.search(text))
    keep_value("notice_received_by", _RECEIVED.search(text))
    if "notice_served_on" not in values:
        dates = [
            result
            for line in lines[-6:]
            for result in find_dates(line, notice.opened.year)
            if len(result.iso) == 10
        ]
        if dates:
            values["notice_served_on"] = dates[-1].iso
    return values


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
