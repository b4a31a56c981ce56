"""Removes the base notice's rules about values that the extending notice has removed.

Works on the tables of TOML files, before they are typed. Rules of the extending notice stay, so that a mistake in them is refused.
"""

from typing import Any

Tables = dict[str, Any]

_OF_RULES = (
    ("leave", "months", "status"),
    ("leave", "next_steps", "status"),
    ("leave", "late_entry", "status"),
    ("persuasion", "statuses", "status"),
    ("persuasion", "unstated", "status"),
    ("rolls", "lists", "attendance_mode"),
    ("rolls", "paired", "household_category"),
    ("rolls", "later_stages", "stage"),
    ("rolls", "preschool_stages", "stage"),
)
"""Table and key of each rule, and the vocabulary whose values it names."""


def without_taken_back_values(merged: Tables, own: Tables, base: Tables) -> Tables:
    """Returns the merged tables without the base's rules about removed values."""
    gone = {
        name: _values(base, name) - _values(merged, name)
        for name in ("status", "attendance_mode", "household_category", "stage")
    }
    if not any(gone.values()):
        return merged
    merged = dict(merged)
    for table, key, vocabulary in _OF_RULES:
        if key in merged.get(table, {}):
            kept = _without(merged[table][key], _own(own, table, key), gone[vocabulary])
            merged[table] = _with(merged[table], key, kept)
    if isinstance(merged.get("forms"), list):
        own_forms = _forms_by_key(own.get("forms"))
        merged["forms"] = [
            _form(form, own_forms.get(form.get("key"), {}), gone["status"]) for form in merged["forms"]
        ]
    return merged


def _form(form: Tables, own: Tables, gone: set[str]) -> Tables:
    if "proof_statuses" in form:
        form = _with(
            form, "proof_statuses", _without(form["proof_statuses"], own.get("proof_statuses"), gone)
        )
    trigger = form.get("trigger")
    if isinstance(trigger, dict) and "statuses" in trigger and "trigger" not in own:
        form = {**form, "trigger": _with(trigger, "statuses", _without(trigger["statuses"], None, gone))}
    return form


def _without(value: Any, own: Any, gone: set[str]) -> Any:
    """Returns the value without removed names that the notice itself does not use; None where nothing is left."""
    left = gone - set(own if isinstance(own, (dict, list)) else [own])
    if isinstance(value, dict):
        return {each: said for each, said in value.items() if each not in left}
    if isinstance(value, list):
        return [each for each in value if each not in left] or None
    return None if value in left else value


def _with(table: Tables, key: str, value: Any) -> Tables:
    """Returns the table with this key, or without it where the value is None, so that its default applies."""
    rest = {name: said for name, said in table.items() if name != key}
    return rest if value is None else {**table, key: value}


def _values(tables: Tables, vocabulary: str) -> set[str]:
    values = tables.get("vocabularies", {}).get(vocabulary, {}).get("values", {})
    return set(values) if isinstance(values, dict) else set()


def _own(own: Tables, table: str, key: str) -> Any:
    said = own.get(table)
    return said.get(key) if isinstance(said, dict) else None


def _forms_by_key(forms: Any) -> dict[str, Tables]:
    if isinstance(forms, dict):
        return {key: form for key, form in forms.items() if isinstance(form, dict)}
    return {form["key"]: form for form in forms or [] if isinstance(form, dict) and "key" in form}
