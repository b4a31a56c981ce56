"""Converts a list of units as offices have it into the lines of units.csv: other headings, words, order and separators.

The kind of a unit comes from the list's columns, then from the end of its name. Otherwise it is left blank and
reported, because with a guessed kind a school would owe the wrong forms.
"""

import csv
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import StringIO

from config.text.text_folding import clean_text, fold_text
from config.units.roster import COLUMNS, OPTIONAL_COLUMNS, STAGES, is_deliverable

_SEPARATORS = re.compile("[;,、/|\\s]+")
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitList:
    """The units of a list; ``text`` is units.csv, ``remarks`` a sentence for each thing that a person has to look at."""

    text: str
    units: int
    remarks: tuple[str, ...]


@cache
def _words() -> Mapping[str, Mapping[str, Sequence[str]]]:
    text = (resources.files("config.units") / "unit_list_words.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _columns() -> Mapping[str, str]:
    return {_fold(word): key for key, words in _words()["headings"].items() for word in words}


def find_unit_column(heading: str) -> str | None:
    """Returns which column of units.csv a heading of a list means; ``unit`` is that of the names, None an unknown one."""
    return _columns().get(_fold(heading))


def make_unit_list(rows: Sequence[tuple[str, Mapping[str, str]]]) -> UnitList:
    """Returns the units in the rows of a list.

    Args:
        rows: pairs of the row's label for people (第3行) and its cells by recognised column.
    """
    lines: list[dict[str, str]] = []
    places: dict[str, list[str]] = {}
    seen: dict[str, str] = {}
    for place, cells in rows:
        name = clean_text(cells.get("unit", "")).strip()
        if not name:
            continue
        if (first := seen.setdefault(fold_text(name), place)) != place:
            places.setdefault("只留第一次的", []).append(f"{place}又是“{name}”({first}已有)")
            continue
        lines.append(_line(name, place, cells, places))
    _settle_townships(lines, places)
    out = StringIO(newline="")
    used = [key for key in OPTIONAL_COLUMNS if any(line.get(key) for line in lines)]
    writer = csv.DictWriter(out, [*COLUMNS, *used], restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)
    return UnitList(text=out.getvalue(), units=len(lines), remarks=tuple(_sentences(places)))


def _line(name: str, place: str, cells: Mapping[str, str], places: dict[str, list[str]]) -> dict[str, str]:
    text = {key: " ".join(clean_text(value).split()) for key, value in cells.items() if key != "unit"}
    kind, stage = _kind_and_stage(name, text.get("kind", ""), text.get("stage", ""))
    where = f"{place}{name}"
    if not kind:
        places.setdefault("看不出是哪类单位,请在 kind 一列写明", []).append(where)
    if kind == "school" and not stage:
        places.setdefault(f"看不出学段,请在 stage 一列写上 {'、'.join(STAGES)} 之一", []).append(where)
    emails = [part for part in _SEPARATORS.split(text.get("emails", "")) if part]
    good = [email for email in emails if is_deliverable(email)]
    if len(good) < len(emails):
        places.setdefault("的邮箱不是地址,没有写进去", []).append(where)
    aliases = [part for part in _SEPARATORS.split(text.get("aliases", "")) if part and part != name]
    kept = {key: text.get(key, "") for key in ("parent", "zone", "code", "principal", "contact", "phone")}
    return {
        "name": name,
        "kind": kind,
        "stage": stage if kind == "school" else "",
        "township": text.get("township", "") if kind != "township" else "",
        "aliases": ";".join(dict.fromkeys(aliases)),
        "emails": ";".join(dict.fromkeys(good)),
        "sends_for": ";".join(part for part in _SEPARATORS.split(text.get("sends_for", "")) if part),
        **kept,
    }


def _kind_and_stage(name: str, kind: str, stage: str) -> tuple[str, str]:
    """Returns the kind and the stage of a unit, by its line or its name; empty if neither shows it."""
    kind_key = next((key for key, words in _words()["kinds"].items() if _fold(kind) in map(_fold, words)), "")
    mentioned = next(filter(None, map(_stages_in, (stage, kind))), None) or _stages_at_end(name)
    found = mentioned[0] if len(mentioned) == 1 else ""
    if kind_key:
        return kind_key, found if kind_key == "school" else ""
    if mentioned:
        return "school", found
    is_township = any(name.endswith(ending) for ending in _words()["townships"]["endings"])
    is_school = any(word in f"{name}{kind}" for word in ("学校", "中学"))
    return ("township" if is_township else "school" if is_school else ""), ""


def _stages_in(text: str) -> list[str]:
    """Returns the stages named in a cell; with several (初中、高中) a person has to choose."""
    found = [
        (word, key) for key, words in _words()["stages"].items() for word in (*words, key) if word in text
    ]
    longest = [(word, key) for word, key in found if not any(word != one and word in one for one, _ in found)]
    return list(dict.fromkeys(key for _, key in longest))


def _stages_at_end(name: str) -> list[str]:
    """Returns the stage at the end of a name (西沱小学附属幼儿园), or else all stages in it."""
    ending = [key for key, words in _words()["stages"].items() if any(name.endswith(word) for word in words)]
    return ending[:1] or _stages_in(name)


def _settle_townships(lines: Sequence[dict[str, str]], places: dict[str, list[str]]) -> None:
    """Sets the township of each unit to the name in its own line; an unlisted township is removed and reported."""
    endings = _words()["townships"]["endings"]
    townships = [line["name"] for line in lines if line["kind"] == "township"]
    by_name = {fold_text(name): name for name in townships}
    for name in townships:
        for ending in endings:
            if name.endswith(ending):
                by_name.setdefault(fold_text(name.removesuffix(ending)), name)
    for line in lines:
        written = line["township"]
        plain = next((written.removesuffix(end) for end in endings if written.endswith(end)), written)
        found = by_name.get(fold_text(written)) or by_name.get(fold_text(plain))
        if written and found is None:
            places.setdefault("所在的乡镇不在名单里,没有写进去", []).append(f"{line['name']}({written})")
        line["township"] = found or ""


def _sentences(places: Mapping[str, Sequence[str]]) -> list[str]:
    remarks = []
    for what, where in places.items():
        more = f"等{len(where)}个" if len(where) > _MOST_NAMED else ""
        remarks.append(
            f"{'、'.join(where[:_MOST_NAMED])}{more}{what if what.startswith('的') else f':{what}'}"
        )
    return remarks


def _fold(text: str) -> str:
    return re.sub("[()\\[\\]\\s:*]", "", fold_text(text))
