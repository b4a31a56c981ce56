"""Turns what is wrong with a notice into Chinese lines: where it stands in the file, and what to write instead."""

import difflib
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.notice.notice import Notice

_MESSAGES = {
    "missing": "缺少这一项,请补上",
    "string_type": "应为文字,请加英文双引号",
    "int_type": "应为整数,不加引号",
    "int_parsing": "应为整数,不加引号",
    "float_type": "应为数字,不加引号",
    "float_parsing": "应为数字,不加引号",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "date_type": "应为日期,写成 2023-09-25,不加引号",
    "date_parsing": "应为日期,写成 2023-09-25,不加引号",
    "date_from_datetime_parsing": "应为日期,写成 2023-09-25,不加引号",
    "datetime_type": "应为日期和时间,写成 2023-09-25T12:00:00",
    "tuple_type": "应为列表,请加方括号 [ ]",
    "dict_type": "应为一节,请写成单独一行的方括号标题",
    "model_type": "应为一节,请写成单独一行的方括号标题",
    "model_attributes_type": "应为一节,请写成单独一行的方括号标题",
    "greater_than": "数字太小",
    "greater_than_equal": "数字太小",
    "less_than_equal": "数字太大",
}
_TOML_PLACE = re.compile(r"\(at line ([0-9]+), column ([0-9]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFault:
    """One mistake; ``line`` is that of the notice's own file, or None where it stands in none of its lines."""

    line: int | None
    message: str

    @property
    def sentence(self) -> str:
        return f"第{self.line}行:{self.message}" if self.line else self.message


def describe_toml_error(error: tomllib.TOMLDecodeError, text: str) -> NoticeFault:
    """Returns where a file stops being TOML."""
    place = _TOML_PLACE.search(str(error))
    line = int(place[1]) if place else len(text.splitlines())
    shown = text.splitlines()[line - 1].strip() if 0 < line <= len(text.splitlines()) else ""
    if re.match(r"[\w.]*[^\x00-\x7f][^=\"]*=", shown):
        return NoticeFault(line=line, message=f'“{shown[:40]}”的中文键要加英文双引号,如 "辍学" = []')
    return NoticeFault(
        line=line, message=f"“{shown[:40]}”写得不对:文字要用英文双引号括起,列表各项用英文逗号隔开,括号要成对"
    )


def describe_faults(error: ValidationError, tables: dict[str, Any], text: str) -> tuple[NoticeFault, ...]:
    """Returns every mistake; ``tables`` are those that were checked, ``text`` is the notice's own file."""
    details = error.errors(include_url=False)
    return tuple(dict.fromkeys(_describe(detail, tables, text) for detail in details))


def find_line(text: str, *words: str) -> int | None:
    """Returns the line of the last of these words that stands below the ones before it; None where the first is not there."""
    lines = text.splitlines()
    at = -1
    for word in words:
        pattern = re.compile(rf"(?<![\w\"]){re.escape(word)}(?![\w])|\"{re.escape(word)}\"")
        found = next((n for n in range(max(at, 0), len(lines)) if pattern.search(lines[n])), None)
        if found is None:
            return at + 1 if at >= 0 else None
        at = found
    return at + 1 if at >= 0 else None


def _describe(detail: ErrorDetails, tables: dict[str, Any], text: str) -> NoticeFault:
    position, kind, context = detail["loc"], detail["type"], detail.get("ctx", {})
    words = tuple(_words_of(position, tables))
    where = " ".join(words)
    if kind == "value_error":
        message = str(context["error"])
    elif kind == "literal_error":
        allowed = context["expected"].replace(" or ", ", ").replace("'", "")
        given = f"“{detail['input']}”" if isinstance(detail.get("input"), str) else ""
        close = difflib.get_close_matches(str(detail.get("input")), allowed.split(", "), n=1)
        message = (
            f"{given}不认识,只能是 {allowed.replace(', ', '、')}{f':是不是 {close[0]}' if close else ''}"
        )
    elif kind == "extra_forbidden":
        message = f"不认识的键,{_suggest_key(position)}"
    else:
        message = _MESSAGES.get(kind, "写得不对,请对照 2023-autumn.toml 改正")
    return NoticeFault(line=find_line(text, *words), message=f"{where}:{message}" if where else message)


def _words_of(position: Sequence[int | str], tables: dict[str, Any]) -> Iterator[str]:
    """The words by which a place is found in the file: a form by its key, for its number says nothing."""
    here: Any = tables
    for part in position:
        if isinstance(part, int):
            here = here[part] if isinstance(here, list) and part < len(here) else None
            if isinstance(here, dict) and "key" in here:
                yield str(here["key"])
        else:
            here = here.get(part) if isinstance(here, dict) else None
            if part != "forms":
                yield part


def _suggest_key(position: Sequence[int | str]) -> str:
    here: type[BaseModel] | None = Notice
    for part in position[:-1]:
        if isinstance(part, str) and here is not None and part in here.model_fields:
            here = next(_models_in(here.model_fields[part].annotation), None)
    if here is None:
        return "请删去"
    allowed = sorted(here.model_fields)
    close = difflib.get_close_matches(str(position[-1]), allowed, n=1)
    return f"是不是 {close[0]}" if close else f"请删去(可用的有 {'、'.join(allowed)})"


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
