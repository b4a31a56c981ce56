"""Names of forms (附件) as a person reads them, and their order."""

from collections.abc import Iterable
from typing import Protocol

from config.notice.rhythm import Period, title_in

_MOST_PERIODS = 6
"""So many periods of one form are shown side by side; lists of what is missing hold them all."""


class OfForm(Protocol):
    """What is about a form, and about a period of it where it has any."""

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


def format_forms(forms: Iterable[str]) -> str:
    """``附件1、3`` for 附件1 and 附件3."""
    form_keys = list(forms)
    if all(key.startswith("附件") for key in form_keys):
        return "附件" + "、".join(key.removeprefix("附件") for key in form_keys)
    return "、".join(form_keys)


def form_order(form: str) -> tuple[int, str]:
    """The sort key by which 附件10 comes after 附件9."""
    return len(form), form
