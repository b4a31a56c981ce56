"""From what a person typed to what the notice and the roster know."""

import getpass
from collections.abc import Iterable
from datetime import UTC, datetime

from config.errors import ConfigError
from config.notice import FormSpec
from config.units.unit_names import UnitNames
from kongchuo.office import Office
from kongchuo.output.answers_json import Masking
from ledger.results import Case
from parsers.forms.classify import find_form_labels


def unit_named(office: Office, text: str) -> str:
    """The roster's name for a unit.

    Raises:
        ConfigError: the roster has no such unit.
    """
    unit = office.roster.get(text) or UnitNames(office.roster, office.notice).resolve(text)
    if unit is None:
        raise ConfigError(f"名册里没有“{text}”:请用 units.csv 里的名称,或把它加为别名")
    return unit.name


def form_named(office: Office, text: str) -> FormSpec:
    """附件4, 附件四 or 4.

    Raises:
        ConfigError: the notice has no such form.
    """
    said = find_form_labels(text) or find_form_labels(f"附件{text}")
    form = office.notice.by_key.get(text) or (office.notice.by_key.get(said[0]) if said else None)
    if form is None:
        known = "、".join(office.notice.by_key)
        raise ConfigError(f"通知里没有“{text}”:可选 {known}")
    return form


def case_named(cases: Iterable[Case], start: str) -> Case:
    """The case whose id begins so.

    Raises:
        ConfigError: there is none, or there are several.
    """
    found = {case.case_id: case for case in cases if case.case_id.startswith(start)}
    if len(found) != 1:
        raise ConfigError(f"没有编号为“{start}”的个案:请用 kongchuo cases --all 查编号")
    return next(iter(found.values()))


def masking(office: Office, reveal: bool, what: str) -> Masking:
    """How numbers are shown; showing them whole is written to the audit trail first."""
    if reveal:
        office.store.audit(f"reveal {what}", who(), datetime.now(UTC))
    return Masking(reveal)


def who() -> str:
    """The person at the keyboard, as the system knows them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
