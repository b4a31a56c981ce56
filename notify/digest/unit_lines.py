"""Who is to be told what: one line a unit, and the paragraph for the units' chat group."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from ledger.results import Status
from notify.digest.obligation_cells import GROUPS, Cell, Obligation


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """One unit in one list."""

    unit: str
    group: str
    forms: str
    """``附件1、3``, or with what is said of each."""
    days_late: int
    items: int
    """How many obligations the line stands for, so that lists add up to the headline."""
    contact: str
    phone: str
    keys: tuple[str, ...] = ()
    """The forms themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeductionLine:
    """A candidate; the office decides."""

    unit: str
    evidence: str
    per_due_date: str
    per_form: str
    note: str


def forms_label(forms: Iterable[str]) -> str:
    """``附件1、3`` for 附件1 and 附件3."""
    keys = list(forms)
    if all(key.startswith("附件") for key in keys):
        return "附件" + "、".join(key.removeprefix("附件") for key in keys)
    return "、".join(keys)


def unit_lines(obligations: Iterable[Obligation], cell: Cell) -> tuple[UnitLine, ...]:
    """The units with this cell among what is due (or, for 未到期, is not), longest late first."""
    words = {Cell.LATE: _late_words, Cell.INCOMPLETE: _detail_words, Cell.REVIEW: _review_words}.get(
        cell, _forms
    )
    chosen = [each for each in obligations if each.cell is cell]
    lines = [_line(list(group), words) for _, group in groupby(chosen, key=lambda each: each.unit)]
    return tuple(sorted(lines, key=lambda line: (GROUPS.index(line.group), -line.days_late, -line.items)))


def _line(cells: list[Obligation], words: Callable[[list[Obligation]], str]) -> UnitLine:
    first = cells[0]
    return UnitLine(
        unit=first.unit,
        group=first.group,
        forms=words(cells),
        days_late=max(each.days_late for each in cells),
        items=len(cells),
        contact=first.contact,
        phone=first.phone,
        keys=tuple(each.form for each in cells),
    )


def _forms(cells: list[Obligation]) -> str:
    return forms_label(each.form for each in cells)


def _late_words(cells: list[Obligation]) -> str:
    by_days: dict[int, list[str]] = {}
    for each in cells:
        by_days.setdefault(each.days_late, []).append(each.form)
    return "，".join(f"{forms_label(forms)} 迟{days}天" for days, forms in by_days.items())


def _detail_words(cells: list[Obligation]) -> str:
    return "；".join(f"{each.form}：{each.detail}" for each in cells)


def _review_words(cells: list[Obligation]) -> str:
    return f"{_forms(cells)}(来件{max(each.under_review for each in cells)}份)"


def deduction_lines(status: Status, obligations: Iterable[Obligation]) -> tuple[DeductionLine, ...]:
    """Units whose missing or late forms the notice's rule would count, with both ways of counting."""
    units = {unit.unit: unit for unit in status.units}
    counted = [each for each in obligations if each.deduction is not None]
    lines = []
    for name, group in groupby(counted, key=lambda each: each.unit):
        cells = list(group)
        points = [each.deduction for each in cells if each.deduction is not None]
        unit = units[name]
        lines.append(
            DeductionLine(
                unit=name,
                evidence="；".join(
                    f"{cell}{forms_label(each.form for each in of_cell)}"
                    for cell, of_cell in (
                        (cell, [each for each in cells if each.cell is cell]) for cell in Cell
                    )
                    if of_cell
                ),
                per_due_date=points_label(unit.deduction_per_due_date, max(points)),
                per_form=points_label(unit.deduction_per_form, sum(points)),
                note="有来件待核，先核后定" if any(each.cell is Cell.REVIEW for each in cells) else "",
            )
        )
    return tuple(lines)


def points_label(points: float | None, otherwise: float) -> str:
    """0.1, 0.2 … without the dust of binary fractions."""
    return f"{otherwise if points is None else points:.3f}".rstrip("0").rstrip(".")


def group_message(obligations: Iterable[Obligation], as_of: datetime, due: date | None) -> str:
    """A paragraph to paste into the chat group: units and 附件 numbers, never a person's name.

    Wording after the county offices' own custom: number before judgement, 请 and not 务必.
    """
    cells = list(obligations)
    missing, wanting = _by_forms(cells, Cell.MISSING), _by_forms(cells, Cell.INCOMPLETE)
    pending = _by_forms(cells, Cell.PENDING)
    when = f"{as_of.month}月{as_of.day}日" + (
        "" if (as_of.hour, as_of.minute) == (23, 59) else f"{as_of.hour}时"
    )
    paragraphs = []
    if missing:
        until = "今日24时" if as_of.hour < 18 else "明日12时"
        paragraphs.append(
            "\n".join(
                [f"【催报】截至{when}，以下单位尚未报送：", *missing, f"请{until}前报送，有特殊情况请说明。"]
            )
        )
    elif pending and due is not None:
        paragraphs.append(
            "\n".join(
                [f"【提醒】截至{when}，以下单位尚未报送：", *pending, f"请于{due.month}月{due.day}日前报送。"]
            )
        )
    if wanting:
        lead = "以下单位已报送，尚需补正，请核对修改后重发（主题注明“更正”）："
        paragraphs.append("\n".join([f"【补正】{lead}", *wanting]))
    return "\n\n".join(paragraphs)


def _by_forms(cells: list[Obligation], cell: Cell) -> list[str]:
    """``附件1、3：西沱镇、王场镇``, one line for each set of forms."""
    units: dict[str, list[str]] = {}
    for name, group in groupby((each for each in cells if each.cell is cell), key=lambda each: each.unit):
        units.setdefault(forms_label(each.form for each in group), []).append(name)
    return [f"{forms}：{'、'.join(names)}" for forms, names in sorted(units.items())]
