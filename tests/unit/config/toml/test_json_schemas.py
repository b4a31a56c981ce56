"""The schemas by which editors check: every notice and template that we ship fits, a slip does not."""

import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from config.toml.json_schemas import schema_of_notice, schema_of_settings

ROOT = Path(__file__).parents[4]
NOTICES = sorted((ROOT / "config" / "notices").glob("*.toml"))
TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": (str, date, datetime, time), "integer": int, "number": (int, float),
    "boolean": bool, "null": type(None),
}  # fmt: skip


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], where: str = "") -> list[str]:
    """The part of JSON Schema that pydantic uses, with TOML's dates as text."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return min((faults(value, each, root, where) for each in schema["anyOf"]), key=len)
    if "const" in schema or "enum" in schema:
        return [] if value in schema.get("enum", [schema.get("const")]) else [f"{where}: {value}"]
    if "type" in schema and not isinstance(value, TYPES[schema["type"]]):
        return [f"{where}: no {schema['type']}"]
    found = []
    if isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
        for key, inner in value.items():
            if key in known or isinstance(others, dict):
                found += faults(inner, known.get(key, others), root, f"{where}.{key}")
            elif others is False:
                found.append(f"{where}.{key}: unknown")
        found += [f"{where}.{key}: missing" for key in schema.get("required", ()) if key not in value]
    if isinstance(value, list):
        found += [fault for each in value for fault in faults(each, schema.get("items", {}), root, where)]
    return found


@pytest.mark.parametrize("notice", NOTICES, ids=lambda path: path.stem)
def test_every_bundled_notice_fits(notice: Path) -> None:
    schema = schema_of_notice()

    assert faults(tomllib.loads(notice.read_text("utf-8")), schema, schema) == []


def test_a_slip_in_a_notice_does_not_fit() -> None:
    tables = tomllib.loads(NOTICES[0].read_text("utf-8"))
    schema = schema_of_notice()
    tables["forms"][0]["titel"] = "x"
    tables["opened"] = 5

    assert set(faults(tables, schema, schema)) == {".opened: no string", ".forms.titel: unknown"}


def test_the_template_of_the_configuration_fits_and_a_slip_does_not() -> None:
    schema = schema_of_settings()
    tables = tomllib.loads((ROOT / "kongchuo" / "templates" / "kongchuo.toml").read_text("utf-8"))
    assert faults(tables, schema, schema) == []

    tables["smtp"]["prot"] = 465
    tables["trust"]["policy"] = "maybe"
    del tables["office"]

    assert faults(tables, schema, schema) == [
        ".smtp.prot: unknown",
        ".trust.policy: maybe",
        ".office: missing",
    ]
