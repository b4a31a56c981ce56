"""Merges the word lists of a notice into those of the notice that it extends: a list adds to the base's list.

Works on the tables of TOML files, before they are typed. A list of words adds to the base's; a table in its place takes back:

    names = ["劝学"]                                        # beside 劝返, 家访, 走访
    names = { words = ["劝学"], "走访" = "removed" }        # without 走访
    names = { words = ["劝学"], base = "removed" }          # 劝学 alone

Other lists (values, columns, units, days) replace the base's.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from config.notice.notice import Notice
from config.notice.notice_faults import NoticeFault, find_line, suggest_word

Tables = dict[str, Any]

_WORDING = "wording"
_LISTS = (
    "nil_words",
    "absence_words",
    "return_words",
    "proof_words",
    "work_file_words",
    "letter_words",
)
"""Lists of words that stand in no table."""
_ROLLS = (
    "school",
    "home",
    "work",
    "learning",
    "parents",
    "siblings",
    "others",
    "child",
    "denied",
    "back",
    "settling",
    "severe_disability",
)
"""Lists of words on rolls; the others name values."""
_WORDS, _BASE, _REMOVED = "words", "base", "removed"


def with_added_words(merged: Tables, own: Tables, base: Tables) -> Tables:
    """Returns the merged tables in which each list of words holds the notice's own first and then the base's."""
    result = {**merged, **{key: _add(own[key], base.get(key)) for key in _LISTS if key in own}}
    if isinstance(own.get("rolls"), dict):
        rolls, of_base = own["rolls"], _table(base, "rolls")
        added = {key: _add(rolls[key], of_base.get(key)) for key in _ROLLS if key in rolls}
        result["rolls"] = {**_table(merged, "rolls"), **added}
    if isinstance(own.get(_WORDING), dict):
        result[_WORDING] = _add_all(_table(merged, _WORDING), own[_WORDING], _table(base, _WORDING))
    return result


def find_wrong_removals(own: Tables, base: Tables, text: str) -> Iterator[NoticeFault]:
    """Returns removed words that the base does not have; ``text`` is the notice's own file."""
    for place, said, words in _lists_of(own, base):
        if not isinstance(said, dict):
            continue
        removed = [key for key, each in said.items() if key not in (_WORDS, _BASE) and each == _REMOVED]
        for word in removed:
            if word not in words:
                yield NoticeFault(
                    line=find_line(text, *place, word),
                    message=f"{' '.join(place)} 要去掉的“{word}”,原来的通知里没有{suggest_word(word, words)}",
                )


def lists_of_words(notice: Notice) -> dict[str, tuple[str, ...]]:
    """Returns every list of words of a notice, by its path in the file."""
    plain = {key: getattr(notice, key) for key in _LISTS}
    rolls = {f"rolls {key}": getattr(notice.rolls, key) for key in _ROLLS}
    return {**plain, **rolls, **dict(_tuples_below(_WORDING, notice.wording))}


def _tuples_below(place: str, model: BaseModel) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key in type(model).model_fields:
        said = getattr(model, key)
        if isinstance(said, BaseModel):
            yield from _tuples_below(f"{place} {key}", said)
        elif isinstance(said, tuple):
            yield f"{place} {key}", said


def _lists_of(own: Tables, base: Tables) -> Iterator[tuple[tuple[str, ...], Any, Sequence[str]]]:
    """Yields each list of words that a notice changes: its path, the change, and the base's words."""
    for key in _LISTS:
        if key in own:
            yield (key,), own[key], base.get(key, ())
    rolls = _table(own, "rolls")
    for key in _ROLLS:
        if key in rolls:
            yield ("rolls", key), rolls[key], _table(base, "rolls").get(key, ())
    yield from _lists_below((_WORDING,), _table(own, _WORDING), _table(base, _WORDING))


def _lists_below(
    place: tuple[str, ...], own: Tables, base: Tables
) -> Iterator[tuple[tuple[str, ...], Any, Sequence[str]]]:
    for key, said in own.items():
        if isinstance(base.get(key), list):
            yield (*place, key), said, base[key]
        elif isinstance(base.get(key), dict) and isinstance(said, dict):
            yield from _lists_below((*place, key), said, base[key])


def _add_all(merged: Tables, own: Tables, base: Tables) -> Tables:
    """Merges a table of [wording] and the tables inside it, in which every list is a list of words."""
    result = dict(merged)
    taken_back = own.get(_BASE) == _REMOVED
    for key, of_base in base.items():
        if isinstance(of_base, list) and taken_back:
            result[key] = _add(own.get(key, []), [])
        elif isinstance(of_base, list) and key in own:
            result[key] = _add(own[key], of_base)
        elif isinstance(of_base, dict) and isinstance(own.get(key), dict):
            result[key] = _add_all(_table(merged, key), own[key], of_base)
    return result


def _add(said: Any, base: Any) -> Any:
    """Returns the merged list of words; a value of another type is returned as it is, and the model refuses it later."""
    before = base if isinstance(base, list) else []
    if said == _REMOVED:
        return []
    if isinstance(said, list):
        return [*said, *(word for word in before if word not in said)]
    if not _is_table_of_words(said):
        return said
    words = said.get(_WORDS, [])
    if said.get(_BASE) == _REMOVED:
        return words
    return [*words, *(word for word in before if word not in words and said.get(word) != _REMOVED)]


def _is_table_of_words(said: Any) -> bool:
    return isinstance(said, Mapping) and all(
        isinstance(each, list) if key == _WORDS else each == _REMOVED for key, each in said.items()
    )


def _table(tables: Tables, key: str) -> Tables:
    table = tables.get(key)
    return table if isinstance(table, dict) else {}
