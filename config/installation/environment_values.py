"""Reads settings from environment variables ``KONGCHUO_SECTION_KEY`` (``KONGCHUO_STORE_URL``), which override the file.

With several mailboxes, ``KONGCHUO_MAILBOX_MAIN_HOST`` names one; ``KONGCHUO_MAILBOX_HOST`` means the first. A list is
written as in TOML, or with commas between. Tables that are lists themselves (``[[people]]``) stand in the file only.
"""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

PREFIX = "KONGCHUO_"
MAILBOX = "mailbox"
_TRUE, _FALSE = frozenset({"true", "1", "yes", "on", "是"}), frozenset({"false", "0", "no", "off", "否"})
_NOT_SETTINGS = frozenset(
    {"CONFIG", "WORKBOOK_PASSWORD", "BACKUP_PASSWORD", "SMTP_PASSWORD", "ANSWERS_KEY", "STORE_KEY"}
)
"""Variables of the program that are not settings: the path of the configuration, and secrets."""


_NOT_IN_NAME = re.compile(r"\W")
_ALIKE = 0.85
"""The similarity (0..1) from which a name is taken as mistyped: SMPT for SMTP; variables of other programs with our prefix are less similar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentValue:
    """One setting that an environment variable gives."""

    variable: str
    section: str
    key: str
    value: object
    mailbox: int | None = None
    """The index of the mailbox in the file, for ``[[mailbox]]``."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A variable that may be set, and the key that it means."""

    variable: str
    section: str
    key: str
    mailbox: int | None
    field: FieldInfo


def find_values(
    tables: Mapping[str, Any], model: type[BaseModel], environment: Mapping[str, str]
) -> list[EnvironmentValue]:
    """Returns the settings that the environment gives; a variable that names no setting is ignored."""
    possible: dict[str, _Place] = {}
    for each in _possible(tables, model):
        possible.setdefault(each.variable, each)
    return [
        EnvironmentValue(
            variable=variable,
            section=place.section,
            key=place.key,
            value=_read(text, place.field),
            mailbox=place.mailbox,
        )
        for variable, text in sorted(environment.items())
        if text and (place := possible.get(variable)) is not None
    ]


def put_values(tables: Mapping[str, Any], values: list[EnvironmentValue]) -> dict[str, Any]:
    """Returns the tables with these values instead of their own."""
    changed = dict(tables)
    for one in values:
        if one.mailbox is None:
            section = changed.get(one.section)
            changed[one.section] = {**(section if isinstance(section, dict) else {}), one.key: one.value}
        else:
            boxes = [*_mailboxes(changed)] or [{}]
            boxes[one.mailbox] = {**boxes[one.mailbox], one.key: one.value}
            changed[one.section] = boxes
    return changed


def find_mistyped_variables(
    tables: Mapping[str, Any], model: type[BaseModel], environment: Mapping[str, str]
) -> dict[str, str]:
    """Returns variables with our prefix that name no setting, each with the name that was likely meant."""
    known = {place.variable for place in _possible(tables, model)} | {PREFIX + name for name in _NOT_SETTINGS}
    mistyped = {}
    for variable in sorted(environment):
        is_password = variable.startswith(f"{PREFIX}MAILBOX_") and variable.endswith("PASSWORD")
        if variable.startswith(PREFIX) and variable not in known and not is_password:
            likely = difflib.get_close_matches(variable, sorted(known), n=1, cutoff=_ALIKE)
            if likely:
                mistyped[variable] = likely[0]
    return mistyped


def _possible(tables: Mapping[str, Any], model: type[BaseModel]) -> Iterator[_Place]:
    """Lists every variable that could be set."""
    boxes = _mailboxes(tables)
    for section, field in model.model_fields.items():
        inner = _model_of(field)
        if inner is None:
            continue
        for key, inner_field in inner.model_fields.items():
            variable = f"{PREFIX}{section}_{key}".upper()
            if section == MAILBOX:
                yield _Place(variable, section, key, 0, inner_field)
                for number, box in enumerate(boxes):
                    name = _NOT_IN_NAME.sub("_", str(box.get("name", "main")))
                    yield _Place(f"{PREFIX}{section}_{name}_{key}".upper(), section, key, number, inner_field)
            elif get_origin(field.annotation) is not tuple:
                yield _Place(variable, section, key, None, inner_field)


def _mailboxes(tables: Mapping[str, Any]) -> list[dict[str, Any]]:
    boxes = tables.get(MAILBOX)
    return [box for box in boxes if isinstance(box, dict)] if isinstance(boxes, list) else []


def _model_of(field: FieldInfo) -> type[BaseModel] | None:
    for kind in (field.annotation, *get_args(field.annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None


def _read(text: str, field: FieldInfo) -> object:
    """Returns the value as the file would give it; what cannot be parsed stays text, and is refused like any wrong value."""
    kinds = (field.annotation, *get_args(field.annotation))
    if any(get_origin(kind) is tuple for kind in kinds):
        return (
            _read_toml(text) if text.lstrip().startswith("[") else [part.strip() for part in text.split(",")]
        )
    if bool in kinds and text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    return _read_toml(text) if int in kinds or float in kinds else text


def _read_toml(text: str) -> object:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
