"""Reads a notice from its TOML file and the files that it extends, and checks what it refers to."""

import tomllib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.errors import ConfigError
from config.notice import Notice
from config.notice.extending.added_words import find_wrong_removals, with_added_words
from config.notice.extending.taken_back import without_taken_back_values
from config.notice.notice_faults import (
    NoticeFault,
    describe_faults,
    describe_toml_error,
    find_line,
    suggest_word,
)
from config.notice.notice_in_words import BaseNotice
from config.notice.references import find_wrong_references
from config.text.text_folding import clean_pattern, clean_text
from config.units.roster import STAGES

_MOST_SHOWN = 5
_REMOVED = "removed"
_BASE = "base"
_WORDS = "words"
_PATTERN_KEYS = frozenset({"title_patterns", "nil_words", "severe_disability"})
_WHOLE_FORM = frozenset({"title", "title_patterns", "fields"})
"""The keys of a form that replaces the base's form of the same label altogether."""
_SPELLINGS = (frozenset({"sender", "senders"}), frozenset({"due", "every", "rhythm"}))
"""Groups of keys with the same meaning: one of them replaces the base's value under another."""
_OFFICE = "office"
_OF_ONE_OFFICE = frozenset({"authority", "group_channel", "addressees", "sweep"})
"""The keys that are particular to an office (superiors, units, chat group, monthly check), which an extending notice does not inherit."""
_OLD_KEY = "age_checked"
"""A key of forms that only notices of 0.1.0 have."""
_COMMON_WORDS = Path("common-words.toml")
"""The name of the notice that every notice extends."""


def load_notice(path: Path) -> Notice:
    """Returns the notice of a file; bundled notices are also found by name if the file does not exist.

    A notice that ``extends`` another, in the same folder or bundled, contains only the differences: tables are
    merged by key, forms by their ``key``, lists of words are added to the base's, anything else is replaced.
    ``"removed"`` removes an entry of the base, ``base = "removed"`` in a table all that the base has in it. A form
    with a title, patterns and columns of its own inherits nothing from the base's form with that key.

    Raises:
        ConfigError: the file is missing, is no TOML, has an unknown key, or extends itself.
    """
    tables = _load_tables(path, ())
    if any(isinstance(form, dict) and _OLD_KEY in form for form in _listed(tables.get("forms", []))):
        raise ConfigError(_say_how_to_renew(path))
    try:
        notice = Notice.model_validate(tables)
    except ValidationError as error:
        raise _refusal(path, describe_faults(error, tables, read_notice_text(path))) from error
    extends = "extends" in _parse(path)
    if faults := find_wrong_references(notice, read_notice_text(path), extends=extends, stages=STAGES):
        raise _refusal(path, faults)
    return notice


def _say_how_to_renew(path: Path) -> str:
    """Returns how to renew a notice of 0.1.0, which has neither roles nor meanings."""
    told = f"通知文件 {path} 是旧版程序(0.1)的写法,现在读不了"
    is_bundled = (resources.files("config") / "notices" / path.name).is_file()
    bundled = path.name if is_bundled else "2023-autumn.toml"
    return (
        f'{told}:请把它改名留着,在 kongchuo.toml 的 [notice] 写 file = "{bundled}"(程序自带的新写法);'
        f'自己改过的日期、单位等写进另一个文件,开头写 extends = "{bundled}"'
    )


def _refusal(path: Path, faults: Sequence[NoticeFault]) -> ConfigError:
    sentences = ";".join(fault.sentence for fault in faults[:_MOST_SHOWN])
    more = f"……共{len(faults)}处" if len(faults) > _MOST_SHOWN else ""
    return ConfigError(f"通知文件 {path} 有误:{sentences}{more}")


def load_base(path: Path) -> BaseNotice | None:
    """Returns the notice that this one extends, or None.

    Raises:
        ConfigError: as :func:`load_notice`.
    """
    tables = _clean_tables(_parse(path))
    base = tables.get("extends")
    if not isinstance(base, str):
        return None
    notice = load_notice(path.parent / base)
    own_forms = tables.get("forms", {})
    if isinstance(own_forms, dict) and own_forms.get(_BASE) == _REMOVED:
        return BaseNotice(notice=notice, forms_taken_back=frozenset(notice.by_key))
    return BaseNotice(
        notice=notice,
        forms_taken_back=frozenset(
            form["key"]
            for form in _listed(own_forms)
            if _is_taken_back(form) and form["key"] in notice.by_key
        ),
    )


def _load_tables(path: Path, extending: tuple[str, ...]) -> dict[str, Any]:
    tables: dict[str, Any] = _clean_tables(_parse(path))
    base = tables.pop("extends", None)
    if base is None:
        return tables if path.name == _COMMON_WORDS.name else _extend(_load_common_words(path), tables, path)
    if not isinstance(base, str) or base in (*extending, path.name):
        raise ConfigError(f"通知文件 {path} 的 extends 应是另一份通知的文件名,现为“{base}”")
    if base not in (known := _notices_beside(path)):
        fault = NoticeFault(
            line=find_line(read_notice_text(path), "extends"),
            message=f"extends 的“{base}”找不到,请写另一份通知的文件名{suggest_word(base, known)}",
        )
        raise _refusal(path, [fault])
    base_tables = _load_tables(path.parent / base, (*extending, path.name))
    if tables.get(_OFFICE, base_tables.get(_OFFICE)) != base_tables.get(_OFFICE):
        base_tables = {key: value for key, value in base_tables.items() if key not in _OF_ONE_OFFICE}
    merged = _extend(base_tables, tables, path)
    merged = {key: _without_takers(value) for key, value in merged.items()}
    return without_taken_back_values(merged, tables, base_tables)


def _notices_beside(path: Path) -> frozenset[str]:
    """Returns the names of notices that can be extended: those in the folder and the bundled ones."""
    folders = (path.parent, resources.files("config") / "notices")
    files = (file for folder in folders if folder.is_dir() for file in folder.iterdir())
    return frozenset(file.name for file in files if file.name.endswith(".toml"))


def _load_common_words(path: Path) -> dict[str, Any]:
    return _load_tables(path.parent / _COMMON_WORDS, ())


def _extend(base: dict[str, Any], tables: dict[str, Any], path: Path) -> dict[str, Any]:
    """Returns the base's tables with the differences merged in; words are added to its words."""
    if faults := tuple(find_wrong_removals(tables, base, read_notice_text(path))):
        raise _refusal(path, faults)
    return with_added_words(_merge(base, tables), tables, base)


def _parse(path: Path) -> dict[str, Any]:
    text = read_notice_text(path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"通知文件 {path} {describe_toml_error(error, text).sentence}") from error


def read_notice_text(path: Path) -> str:
    """Returns a notice's own file as it is written; one of the bundled notices where there is no such file.

    Raises:
        ConfigError: it is not there, or cannot be read.
    """
    bundled = resources.files("config") / "notices" / path.name
    try:
        if path.exists():
            return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"通知文件 {path} 读不出来:请存为 UTF-8 编码的文本文件,并检查能否打开") from error
    if bundled.is_file():
        return bundled.read_text("utf-8")
    raise ConfigError(f"找不到通知文件 {path}:请检查 [notice] file,或运行 kongchuo init 生成")


def _clean_tables(value: Any, key: str = "") -> Any:
    """Returns the tables with every text cleaned; in patterns a full-width bracket becomes an escaped one, not a group."""
    if isinstance(value, dict):
        return {
            _clean_key(name): _clean_tables(inner, key if name == _WORDS else name)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_clean_tables(inner, key) for inner in value]
    if isinstance(value, str):
        return clean_pattern(value) if key in _PATTERN_KEYS else clean_text(value)
    return value


def _clean_key(key: Any) -> Any:
    return clean_text(key) if isinstance(key, str) else key


def _merge(base: dict[str, Any], tables: dict[str, Any]) -> dict[str, Any]:
    """Returns the base with the differences merged in; ``"removed"`` removes an entry of the base."""
    tables = dict(tables)
    if tables.pop(_BASE, None) == _REMOVED:
        return tables
    merged = {**base, **tables}
    for key in base.keys() & tables.keys():
        if isinstance(base[key], dict) and isinstance(tables[key], dict):
            merged[key] = _merge(base[key], tables[key])
        elif key == "kinds" and isinstance(tables[key], list):
            merged[key] = {**base[key], **{kind: kind for kind in tables[key]}}
    for key, field in tables.get("fields", {}).items() if isinstance(tables.get("fields"), dict) else ():
        if isinstance(field, dict):
            merged["fields"][key] = _merge_field(base.get("fields", {}).get(key, {}), field)
    if "forms" in base and "forms" in tables:
        merged["forms"] = _merge_forms(base["forms"], tables["forms"])
    merged = {key: value for key, value in merged.items() if not (key in base and value == _REMOVED)}
    return _without_meanings_of_removed(merged, tables)


def _merge_field(base: dict[str, Any], tables: dict[str, Any]) -> dict[str, Any]:
    """Returns the column with its new headings added to the base's; with a new ``heading`` the old one stays a synonym.

    ``base = "removed"`` in it removes all of the base's headings, ``synonyms = "removed"`` those besides
    ``heading``.
    """
    is_removed = tables.get(_BASE) == _REMOVED
    merged = _merge(base, tables)
    before = [] if is_removed or tables.get("synonyms") == _REMOVED else base.get("synonyms", [])
    more = [*before, *_as_list(tables.get("synonyms", [])), *_as_list(merged.pop("also", []))]
    if not is_removed and "heading" in base and merged.get("heading") != base["heading"]:
        more = [*more, base["heading"]]
    return {**merged, "synonyms": list(dict.fromkeys(more))} if more else merged


def _as_list(words: Any) -> list[Any]:
    if words == _REMOVED:
        return []
    return [words] if isinstance(words, str) else list(words)


def _without_meanings_of_removed(merged: dict[str, Any], tables: dict[str, Any]) -> dict[str, Any]:
    """Returns the vocabulary without the meanings of values that were removed."""
    values, meanings = tables.get("values"), merged.get("meanings")
    if not isinstance(values, dict) or not isinstance(meanings, dict):
        return merged
    removed = {value for value, words in values.items() if words == _REMOVED}
    return {**merged, "meanings": {value: each for value, each in meanings.items() if value not in removed}}


def _without_takers(value: Any) -> Any:
    """Returns the tables without ``base = "removed"`` where the base has nothing to remove."""
    if isinstance(value, dict):
        return {
            key: _without_takers(inner)
            for key, inner in value.items()
            if not (key == _BASE and inner == _REMOVED)
        }
    return [_without_takers(inner) for inner in value] if isinstance(value, list) else value


def _merge_forms(base: list[dict[str, Any]], tables: Any) -> list[dict[str, Any]]:
    """Returns the forms of both by key; ``forms.KEY = "removed"`` or ``removed = true`` removes one."""
    if isinstance(tables, dict) and tables.get(_BASE) == _REMOVED:
        base = []
    changed = {form.get("key"): form for form in _listed(tables)}
    forms = [*(_merge_form(form, changed.pop(form.get("key"), {})) for form in base), *changed.values()]
    return [form for form in forms if form.get(_REMOVED) not in (True, _REMOVED)]


def _listed(forms: Any) -> list[dict[str, Any]]:
    """Returns the forms as a list, whichever way a notice writes them."""
    if not isinstance(forms, dict):
        return list(forms)
    return [
        {"key": key, **(form if isinstance(form, dict) else {_REMOVED: form})}
        for key, form in forms.items()
        if key != _BASE
    ]


def _is_taken_back(form: dict[str, Any]) -> bool:
    """Returns whether nothing of the base's form remains: it is removed, or another form has its key."""
    is_removed = form.get(_REMOVED) in (True, _REMOVED) or form.get(_BASE) == _REMOVED
    return is_removed or form.keys() >= _WHOLE_FORM


def _merge_form(base: dict[str, Any], tables: dict[str, Any]) -> dict[str, Any]:
    """Returns the form with the differences; one with its own title, patterns and columns replaces the base's."""
    if tables.keys() >= _WHOLE_FORM:
        return tables
    for spellings in _SPELLINGS:
        if not spellings.isdisjoint(tables):
            base = {key: value for key, value in base.items() if key not in spellings}
    return _merge(base, tables)
