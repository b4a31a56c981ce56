"""Lists every setting with its value and where the value comes from; passwords by whether they are there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from config.installation.environment_values import MAILBOX, EnvironmentValue

_SECRET_PATH = re.compile(r"(?<=://)([^/]+)/.+")
"""Who knows the whole URL of a monitor can ping it."""
_PASSWORD_IN_URL = re.compile(r"(?<=://)([^:/@]*):[^@]*@")
BY_DEFAULT = "默认"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingOrigin:
    """One setting in force."""

    name: str
    """As the file shows it: ``[smtp] port``."""
    value: object
    """As TOML would have it; a password in a URL is masked."""
    origin: str


def list_origins(
    settings: BaseModel, tables: Mapping[str, Any], text: str, said_by_environment: list[EnvironmentValue]
) -> Iterator[SettingOrigin]:
    """Lists the settings in the order of the program's own sections.

    Args:
        tables: the parsed configuration file, by section.
        text: the file's text, in which the line of each key is looked up.
        said_by_environment: settings that an environment variable overrides.
    """
    variables = {(one.section, one.mailbox, one.key): one.variable for one in said_by_environment}
    for section in type(settings).model_fields:
        value = getattr(settings, section)
        written = tables.get(section)
        if isinstance(value, BaseModel):
            yield from _of_section(section, None, value, written, text, variables)
        elif isinstance(value, tuple):
            for number, inner in enumerate(value):
                if isinstance(inner, BaseModel):
                    own = written[number] if isinstance(written, list) and number < len(written) else None
                    yield from _of_section(section, number, inner, own, text, variables)


def _of_section(
    section: str,
    number: int | None,
    value: BaseModel,
    written: object,
    text: str,
    variables: Mapping[tuple[str, int | None, str], str],
) -> Iterator[SettingOrigin]:
    heading = f"[{section}]" if number is None else f"[[{section}]]"
    for key in type(value).model_fields:
        variable = variables.get((section, number if section == MAILBOX else None, key))
        if variable is not None:
            origin = f"环境变量 {variable}"
        elif isinstance(written, dict) and key in written:
            line = _find_line(text, heading, number or 0, key)
            origin = f"配置文件第{line}行" if line else "配置文件"
        else:
            origin = BY_DEFAULT
        plain = _plain(getattr(value, key))
        if key == "ping" and isinstance(plain, str):
            plain = _SECRET_PATH.sub(r"\1/********", plain)
        shown = f"{heading} 第{number + 1}个 {key}" if number else f"{heading} {key}"
        yield SettingOrigin(name=shown, value=plain, origin=origin)


def _find_line(text: str, heading: str, number: int, key: str) -> int | None:
    """Returns the line of a key below heading number ``number``; None if it is written otherwise, as in an inline table."""
    seen, inside = -1, False
    for line, content in enumerate(text.splitlines(), start=1):
        if re.match(r"\s*\[", content):
            seen += content.split("#")[0].strip() == heading
            inside = content.split("#")[0].strip() == heading and seen == number
        elif inside and re.match(rf"\s*{re.escape(key)}\s*=", content):
            return line
    return None


def _plain(value: object) -> object:
    match value:
        case bool() | int() | float() | None:
            return value
        case tuple():
            return [_plain(each) for each in value]
        case Path():
            return str(value)
        case _:
            return _PASSWORD_IN_URL.sub(r"\1:********@", str(value))
