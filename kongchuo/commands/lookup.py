"""Finds the unit, form or case that a person typed, and the user who typed it."""

import getpass
from collections.abc import Iterable
from datetime import UTC, datetime

from config.errors import ConfigError
from config.notice import FormSpec
from config.text.text_folding import clean_text
from config.units.resolve_unit_names import UnitNames
from kongchuo.office import Office
from kongchuo.output.answers_json import OutputMask
from ledger.results import Case
from store.decisions import AuditLine


def find_unit_name(office: Office, text: str) -> str:
    """The roster's name for a unit.

    Raises:
        ConfigError: the roster has no such unit.
    """
    text = text.strip()
    unit = office.roster.get(text) or UnitNames(office.roster, office.notice).resolve(text)
    if unit is None:
        raise ConfigError(f"名册里没有“{text}”:请用 units.csv 里的名称,或把它加为别名")
    return unit.name


def find_form(office: Office, text: str) -> FormSpec:
    """附件4, 附件四 or 4.

    Raises:
        ConfigError: the notice has no such form.
    """
    text = clean_text(text).strip()
    labels = office.notice.labels
    form_keys = labels.find(text) or labels.find(f"附件{text}")
    form = office.notice.by_key.get(text) or (office.notice.by_key.get(form_keys[0]) if form_keys else None)
    if form is None:
        available_forms = "、".join(office.notice.by_key)
        raise ConfigError(f"通知里没有“{text}”:可选 {available_forms}")
    return form


def find_case(cases: Iterable[Case], prefix: str) -> Case:
    """The case whose id begins so.

    Raises:
        ConfigError: there is none, or there are several.
    """
    prefix = clean_text(prefix).strip()
    matching_cases = {case.case_id: case for case in cases if case.case_id.startswith(prefix)}
    if len(matching_cases) != 1:
        raise ConfigError(f"没有编号为“{prefix}”的个案:请用 kongchuo cases --all 查编号")
    return next(iter(matching_cases.values()))


def audited_mask(office: Office, reveal: bool, what: str) -> OutputMask:
    """How numbers are shown; showing them whole is written to the audit trail first."""
    if reveal:
        office.store.record_audit(AuditLine(f"reveal {what}", current_user(), datetime.now(UTC)))
    return OutputMask(reveal)


def current_user() -> str:
    """The person at the keyboard, as the system knows them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
