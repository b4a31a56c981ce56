"""Units as lines: one line per unit for each state that its obligations are in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

from notify.form_labels import format_titles
from notify.obligation_lines import ObligationLine, ShownState


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """One unit in one list."""

    unit: str
    group: str
    forms: str
    """The forms in words: ``附件1、3``; in some lists with a detail of each."""
    days_late: int
    obligation_count: int
    """The number of obligations that the line covers, so that lists add up to the headline."""
    contact: str
    phone: str
    form_keys: tuple[str, ...] = ()
    """The keys of these forms."""


def build_unit_lines(obligations: Iterable[ObligationLine], state: ShownState) -> tuple[UnitLine, ...]:
    """Builds the lines of units that have an obligation in this state, by group, longest late first."""
    words = {
        ShownState.LATE: _late_words,
        ShownState.INCOMPLETE: _detail_words,
        ShownState.REVIEW: _review_words,
    }.get(state, _forms)
    chosen = [each for each in obligations if each.state is state]
    lines = [_line(list(group), words) for _, group in groupby(chosen, key=lambda each: each.unit)]
    groups = list(dict.fromkeys(each.group for each in chosen))
    return tuple(
        sorted(lines, key=lambda line: (groups.index(line.group), -line.days_late, -line.obligation_count))
    )


def _line(obligation_lines: list[ObligationLine], words: Callable[[list[ObligationLine]], str]) -> UnitLine:
    first = obligation_lines[0]
    return UnitLine(
        unit=first.unit,
        group=first.group,
        forms=words(obligation_lines),
        days_late=max(each.days_late for each in obligation_lines),
        obligation_count=len(obligation_lines),
        contact=first.contact,
        phone=first.phone,
        form_keys=tuple(each.form for each in obligation_lines),
    )


def _forms(obligation_lines: list[ObligationLine]) -> str:
    return format_titles(obligation_lines)


def _late_words(obligation_lines: list[ObligationLine]) -> str:
    by_days: dict[int, list[ObligationLine]] = {}
    for each in obligation_lines:
        by_days.setdefault(each.days_late, []).append(each)
    return "，".join(
        f"{format_titles(late)} {f'迟{days}天' if days else '当天迟报'}" for days, late in by_days.items()
    )


def _detail_words(obligation_lines: list[ObligationLine]) -> str:
    return "；".join(f"{each.title}：{each.detail}" for each in obligation_lines)


def _review_words(obligation_lines: list[ObligationLine]) -> str:
    return f"{_forms(obligation_lines)} 来件{max(each.under_review for each in obligation_lines)}份"
