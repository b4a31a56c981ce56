"""Finds the unit, form, period or case that a person typed, and the name of the current user."""

import getpass
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from config.errors import ConfigError
from config.notice import FormSpec
from config.notice.named_period import named_period
from config.notice.rhythm import Period, title_in
from config.text.text_folding import clean_text
from config.units.alike_names import suggest_units
from config.units.resolve_unit_names import UnitNames
from kongchuo.office import Office
from ledger.officer_decisions import obligation_subject
from ledger.results import Case


def find_unit_name(office: Office, text: str) -> str:
    """Returns the roster's name of a unit.

    Raises:
        ConfigError: the roster has no such unit.
    """
    text = text.strip()
    unit = office.roster.get(text) or UnitNames(office.roster, office.notice).resolve(text)
    if unit is None:
        names = (name for unit in office.roster.units for name in (unit.name, *unit.aliases))
        raise ConfigError(suggest_units(text, names))
    return unit.name


def find_form(office: Office, text: str) -> FormSpec:
    """Returns the form written as 附件4, 附件四 or 4.

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


@dataclass(frozen=True, slots=True)
class NamedObligations:
    """The obligations of a unit as a person named them: one form or all, in one period or all."""

    unit: str
    forms: str
    """The forms in words: 附件4(2026年10月), 各附件."""
    subject: str
    """The subject of a decision on these obligations."""

    @property
    def words(self) -> str:
        """The unit and its forms, as a sentence names them."""
        return f"{self.unit}{self.forms}"


def find_obligations(
    office: Office, unit: str, form: str | None, period: str | None, today: date
) -> NamedObligations:
    """Returns what these options mean; a form or a period that is left out means all.

    Raises:
        ConfigError: the notice has no such form or period.
    """
    spec = find_form(office, form) if form else None
    chosen = find_period(office, spec, period, today) if period else None
    return NamedObligations(
        unit=unit,
        forms=title_in(spec.key if spec else "各附件", chosen),
        subject=obligation_subject(
            office.notice.id, unit, spec.key if spec else None, chosen.key if chosen else None
        ),
    )


def find_one_obligation(
    office: Office, unit: str, form: str, period: str | None, today: date
) -> NamedObligations:
    """Returns one form, and one period of it where it has any.

    Raises:
        ConfigError: the notice has no such form or period, or the period is left out.
    """
    if period is None and find_form(office, form).repeats:
        raise ConfigError(f"{find_form(office, form).key}按期报送:请加 --period 写明哪一期,如 --period 10月")
    return find_obligations(office, unit, form, period, today)


def find_period(office: Office, form: FormSpec | None, text: str, today: date) -> Period:
    """Returns the period written as 2026-10, 10月 or 第3周, of a form, or of the first form that has it.

    Raises:
        ConfigError: there is no such period.
    """
    return find_periods(office, form, text, today)[0]


def find_periods(office: Office, form: FormSpec | None, text: str, today: date) -> tuple[Period, ...]:
    """Returns the periods written so, of one form or of each form that has one; 10月 includes days due in that month.

    Raises:
        ConfigError: there is no such period.
    """
    text = clean_text(text).strip()
    periods_by_form = office.notice.all_periods
    forms = [form.key] if form is not None else [*periods_by_form]
    found = []
    for key in forms:
        periods = office.notice.periods_to_name(key, today)
        period = next((one for one in periods if one.key == text), None) or named_period(text, periods)
        if period is not None:
            found.append(period)
    if found:
        return tuple(found)
    if not any(periods_by_form.get(key) for key in forms):
        raise ConfigError(
            "这张附件不按期报送:请去掉 --period" if form else "通知里没有按期报送的附件:请去掉 --period"
        )
    raise ConfigError(f"没有“{text}”这一期:请写成 2026-10 或 10月 的样子(kongchuo status 可查)")


def period_filter(
    office: Office, form: FormSpec | None, text: str | None, today: date
) -> Callable[[str | None], bool]:
    """Returns a function from a period's key to whether it matches ``text``; without ``text`` it always returns True."""
    if text is None:
        return lambda key: True
    wanted = {period.key for period in find_periods(office, form, text, today)}
    return lambda key: key in wanted


def find_case(cases: Iterable[Case], prefix: str) -> Case:
    """Returns the case whose id begins with ``prefix``.

    Raises:
        ConfigError: there is none, or there are several.
    """
    prefix = clean_text(prefix).strip()
    matching_cases = {case.case_id: case for case in cases if case.case_id.startswith(prefix)}
    if len(matching_cases) != 1:
        raise ConfigError(f"没有编号为“{prefix}”的个案:请用 kongchuo cases --all 查编号")
    return next(iter(matching_cases.values()))


def current_user() -> str:
    """Returns the name of the current user by the operating system."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
