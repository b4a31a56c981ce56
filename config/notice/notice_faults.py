"""Turns the mistakes of a notice into Chinese lines: where the mistake is in the file, and what to write instead."""

import difflib
import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from config.notice.notice import Notice
from config.text.typed_dates import suggest_date
from config.value_errors import describe_value_error, suggest_key

_ALIKE = 0.5
"""The similarity (0..1) from which a word is suggested; one of two equal characters is enough: 免雪, 免学."""
_HEADING = re.compile(r"\s*\[{1,2}[^\[\],=]+\]{1,2}\s*(?:#|$)")
_TOML_PLACE = re.compile(r"\(at line ([0-9]+), column ([0-9]+)\)")
_IMPOSSIBLE_TIME = re.compile("(?:2[4-9]|[3-9][0-9]):[0-9]{2}|:[6-9][0-9]")
_KEY = re.compile("[a-z_]{2,}")
_WRITTEN_TWICE = re.compile("Cannot (?:declare|overwrite|mutate)")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFault:
    """One mistake; ``line`` is its line in the notice's own file, or None if it is in no line."""

    line: int | None
    message: str

    @property
    def sentence(self) -> str:
        """The fault with its line, where that is known."""
        return f"第{self.line}行:{self.message}" if self.line else self.message


def describe_toml_error(error: tomllib.TOMLDecodeError, text: str) -> NoticeFault:
    """Returns one Chinese line for a syntax error of TOML, with its place."""
    place = _TOML_PLACE.search(str(error))
    line = int(place[1]) if place else len(text.splitlines())
    shown = text.splitlines()[line - 1].strip() if 0 < line <= len(text.splitlines()) else ""
    if _WRITTEN_TWICE.match(str(error)):
        name = shown if shown.startswith("[") else shown.partition("=")[0].strip()
        return NoticeFault(line=line, message=f"“{name[:40]}”前面已经写过:请合成一处")
    if str(error).startswith("Invalid date or datetime") or _IMPOSSIBLE_TIME.search(shown):
        return NoticeFault(line=line, message=f"“{shown[:40]}”没有这一天或这个时间:请改正")
    if (day := suggest_date(shown.partition("=")[2])) is not None:
        return NoticeFault(line=line, message=f"“{shown[:40]}”的日期请写成 {day},不加引号")
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
    """Returns the line of the last of these words, each searched below the one before; None where the first is missing.

    Tables whose heading names none of the words are skipped, since they belong to another form.
    """
    lines = text.splitlines()
    patterns = [re.compile(rf"(?<![\w\"]){re.escape(word)}(?![\w])|\"{re.escape(word)}\"") for word in words]
    at = -1
    for pattern in patterns:
        found = None
        for number in range(max(at, 0), len(lines)):
            line = lines[number]
            if pattern.search(line):
                found = number
                break
            is_heading = _HEADING.match(line) is not None
            if at >= 0 and number > at and is_heading and not any(one.search(line) for one in patterns):
                break
        if found is None:
            break
        at = found
    return at + 1 if at >= 0 else None


def suggest_word(word: str, known: Collection[str]) -> str:
    """Returns the existing word that was likely meant, in brackets; an empty text where none is similar."""
    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=_ALIKE)
    return f"(是不是 {close[0]})" if close else ""


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
        message = f"不认识的键,{suggest_key(position, Notice)}"
    else:
        day = suggest_date(str(detail["input"])) if isinstance(detail["input"], str | int) else None
        hint = f"日期请写成 {day},不加引号" if day else describe_value_error(kind, context)
        message = hint or "写得不对,请对照 2023-autumn.toml 改正"
    is_at_a_word = kind in ("literal_error", "value_error") and isinstance(detail["input"], str)
    given_word = (detail["input"],) if is_at_a_word else ()
    named = _KEY.match(message) if kind == "value_error" else None
    named_key = (named[0],) if named is not None and named[0] not in words else ()
    line = find_line(text, *words, *named_key, *given_word)
    is_told = not where or message.startswith(where)
    return NoticeFault(line=line, message=message if is_told else f"{where}:{message}")


def _words_of(position: Sequence[int | str], tables: dict[str, Any]) -> Iterator[str]:
    """Returns the words by which a place is found in the file; a form is named by its key, not by its index."""
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
