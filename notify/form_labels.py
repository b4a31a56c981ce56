"""Names of forms (附件) as a person reads them, and their order."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from config.notice.rhythm import Period, span_in_words, title_in

_MOST_PERIODS = 6
"""The most periods of one form that are shown side by side; lists of missing forms have all of them."""
MOST_NAMED = 4
"""The most periods of one form that a line names one by one; of more it gives the number, and the first and last day."""


class OfForm(Protocol):
    """A value with a form and, if the form has periods, a period."""

    @property
    def form(self) -> str: ...
    @property
    def period(self) -> Period | None: ...


def recent_titles(things: Iterable[OfForm]) -> tuple[str, ...]:
    """Returns the forms in their order, each with its newest periods where it has any."""
    by_form: dict[str, set[Period | None]] = {}
    for thing in things:
        by_form.setdefault(thing.form, set()).add(thing.period)
    return tuple(
        title_in(form, period)
        for form, periods in by_form.items()
        for period in sorted(periods, key=lambda period: period.key if period else "")[-_MOST_PERIODS:]
    )


def format_titles(things: Iterable[OfForm]) -> str:
    """Returns ``附件1、3(9月18日)``; many days of a daily form are shortened: ``表1(9月1日至10月20日间29期)``."""
    by_form: dict[str, list[Period]] = {}
    for thing in things:
        by_form.setdefault(thing.form, []).extend([thing.period] if thing.period else [])
    return format_forms(title for form, periods in by_form.items() for title in _titles(form, periods))


def _titles(form: str, periods: Sequence[Period]) -> list[str]:
    if not periods:
        return [form]
    if len(periods) <= MOST_NAMED:
        return [title_in(form, period) for period in periods]
    span = span_in_words(min(each.begins for each in periods), max(each.ends for each in periods))
    return [f"{form}({span}间{len(periods)}期)"]


def format_forms(forms: Iterable[str]) -> str:
    """Returns ``附件1、3`` for 附件1 and 附件3."""
    form_keys = list(forms)
    if all(key.startswith("附件") for key in form_keys):
        return "附件" + "、".join(key.removeprefix("附件") for key in form_keys)
    return "、".join(form_keys)


def form_order(form: str) -> tuple[int, str]:
    """Returns a sort key that puts 附件10 after 附件9."""
    return len(form), form
