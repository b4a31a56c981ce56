"""Makes JSON Schemas of the configuration and of a notice, by which an editor completes and checks them."""

from typing import Any

from config.notice import Notice
from config.settings import Settings

SETTINGS_SCHEMA, NOTICE_SCHEMA = "kongchuo.schema.json", "notice.schema.json"
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_REMOVED = {"const": "removed"}


def schema_of_settings() -> dict[str, Any]:
    """Returns the schema of ``kongchuo.toml``."""
    schema = Settings.model_json_schema()
    del schema["properties"]["path"]  # where it was read from, which nobody writes
    schema["required"] = [key for key in schema["required"] if key != "path"]
    return {"$schema": _DRAFT, **schema}


def schema_of_notice() -> dict[str, Any]:
    """Returns the schema of a notice.

    Nothing is required, because a notice that ``extends`` another has only the differences; ``"removed"`` removes
    an entry of the base, and forms are a list or tables by their key.
    """
    schema = Notice.model_json_schema()
    for table in (schema, *schema["$defs"].values()):
        table.pop("required", None)
        for key, value in table.get("properties", {}).items():
            if isinstance(value.get("additionalProperties"), dict):
                value = {**value, "additionalProperties": _or_removed(value["additionalProperties"])}
            table["properties"][key] = _or_removed(value)
        if "properties" in table:
            table["properties"]["base"] = _REMOVED
    form = schema["$defs"]["FormSpec"]
    form["properties"] |= {"sender": {"type": "string"}, "every": {}, "due": {}, "removed": {}, "checks": {}}
    schema["$defs"]["FieldSpec"]["properties"] |= {"also": {}, "synonyms": {}}
    forms = {"$ref": "#/$defs/FormSpec"}
    by_key = {"type": "object", "additionalProperties": {"anyOf": [forms, _REMOVED]}}
    schema["properties"]["forms"] = {"anyOf": [{"type": "array", "items": forms}, by_key]}
    schema["properties"]["extends"] = {"type": "string", "description": "文件名:只写与那份通知不同的"}
    return {"$schema": _DRAFT, **schema}


def _or_removed(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, _REMOVED]}
