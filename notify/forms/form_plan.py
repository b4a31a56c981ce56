"""Plans one form for one unit from the notice alone: its title, notes and columns, and what its rows are filled with."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Literal

from config.identity_numbers import read_identity
from config.notice import FieldSpec, FormSpec, Notice
from config.records.record import ROW_MARK, Json
from config.text.punctuation import set_punctuation
from config.units.roster import Roster, Unit
from notify.spreadsheet.sheet_tables import CellValue
from parsers.fields.dates import whole_day
from parsers.fields.ethnic_groups import ETHNIC_GROUPS
from parsers.fields.grades import GRADES_IN_ORDER
from parsers.formats.filled_row_marks import write_row_mark
from parsers.formats.form_origin import FormOrigin

VisitPart = Literal["date", "place", "people", "content", "result"]
Strictness = Literal["only", "ask", "suggest"]
"""Whether a cell takes nothing beside its choices, takes it when the clerk insists, or takes anything."""
Values = Mapping[str, Json]

_VISIT_PARTS: tuple[VisitPart, ...] = ("date", "place", "people", "content", "result")
_USUAL_PARTS: tuple[VisitPart, ...] = ("date", "content", "result")
_MOST_VISITS = 10
"""The most visits that a form has columns for, as further ones would have no readable heading; a unit with more gets the last ones."""
_NUMERALS = "〇一二三四五六七八九十"
_LEFT_OPEN = "[\u00d7xX*_]{2,}"
_SEXES = ("男", "女")
_YES_NO = ("是", "否")
_WIDTHS: dict[str, float] = {
    "int": 5.5, "name": 8.5, "sex": 5.5, "ethnicity": 8, "date": 11, "period": 11, "id": 20, "student_number": 21, "township": 9.5,
    "phone": 12.5, "bool": 7, "grade": 8, "class": 7, "choices": 11,
}  # fmt: skip
_WIDTH_BY_PART: dict[str, float] = {"date": 11, "place": 10, "people": 9, "content": 12, "result": 8.5}
_WIDEST_CHOICE = 13
_LEAST_TEXT, _LEAST_PLACE, _WIDEST_TEXT = 6.0, 11.0, 16.0
_LINES_OF_TEXT = 2
_PARTS_OF_ADDRESS = 6
"""The number of such words (镇|乡|村|街|路|组) that mark a cell as an address."""
_DIGIT_WIDTHS_PER_CHARACTER = 2.0
_PADDING = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FormColumn:
    """One column: its heading and group, and what its cells accept."""

    key: str
    """The field's key; ``extra`` for a column that the unit added."""
    heading: str
    kind: str
    """The field's kind."""
    width: float
    group: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    strictness: Strictness = "only"
    is_long: bool = False
    """Whether its cells hold an address or a sentence."""
    visit: int = 0
    """For a column about a visit: the number of the visit, from 1."""
    part: VisitPart | None = None

    @property
    def is_date(self) -> bool:
        """Whether a day or a period is to be written in it."""
        return self.kind in ("date", "period")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPlan:
    """The content of a form before a person fills it in."""

    form: FormSpec
    unit: Unit
    title: str
    unit_line: tuple[str, ...]
    """The cells of the line 填报单位 with the unit's name, and of other signatures."""
    notes: tuple[str, ...]
    columns: tuple[FormColumn, ...]
    rows: tuple[tuple[CellValue, ...], ...]
    """The rows to fill in, one cell per column."""
    values: tuple[Values, ...]
    """The same rows as they were read."""
    row_marks: tuple[str | None, ...]
    """For each of these rows, the mark of the recorded row that it is filled with."""
    visit_results: tuple[str, ...]
    visit_words: Mapping[VisitPart, str]
    """The headings of the parts of a visit."""
    visit_name: str
    """The notice's word for a visit (劝返)."""
    least_visits: int
    """The number of visits without a return after which the notice asks for more."""
    origin: FormOrigin

    @property
    def has_groups(self) -> bool:
        """Whether a second row of headings stands above some columns."""
        return any(column.group for column in self.columns)


def plan_form(
    notice: Notice,
    form: FormSpec,
    unit: Unit,
    roster: Roster,
    rows: Sequence[Values],
    period: str | None = None,
) -> FormPlan:
    """Returns a unit's form with its own rows filled in; in a form of counts only the unit of each line.

    Args:
        rows: the unit's last rows of this form, as read; each may have the id of its record.
        period: the key of the period, for a form that is owed once a period.
    """
    if form.role == "counts":
        rows = _lines_of_counts(form, unit, roster, rows)
    columns = tuple(_plan_columns(notice, form, unit, roster, rows))
    vocabulary = notice.vocabularies.get("visit_result")
    return FormPlan(
        form=form,
        unit=unit,
        title=set_punctuation(_fill_title(form.title, unit, notice)),
        unit_line=tuple(
            map(
                set_punctuation,
                (f"填报单位(盖章):{unit.name}", "填报人:", "联系电话:", "填报时间:        年    月    日"),
            )
        ),
        notes=tuple(map(set_punctuation, _notes(notice, form, len(rows)))),
        columns=columns,
        rows=tuple(
            tuple(_cell_value(column, values, number) for column in columns)
            for number, values in enumerate(rows, start=1)
        ),
        values=tuple(rows),
        visit_results=tuple(vocabulary.values) if vocabulary is not None else (),
        visit_words={part: _part_word(notice, part) for part in _VISIT_PARTS},
        visit_name=next(iter(notice.wording.visits.names), ""),
        least_visits=notice.persuasion.streak,
        row_marks=tuple(
            write_row_mark(mark) if isinstance(mark := values.get(ROW_MARK), str) else None for values in rows
        ),
        origin=FormOrigin(notice=notice.id, form=form.key, unit=unit.name, period=period),
    )


def _fill_title(title: str, unit: Unit, notice: Notice) -> str:
    """Returns the title with the unit's name in the notice's blank: ××乡镇(街道), ××学校, ××."""
    kinds = sorted(notice.units.kinds.values(), key=len, reverse=True)
    return re.sub(f"{_LEFT_OPEN}(?:{'|'.join(map(re.escape, kinds))})?", unit.name, title)


def _notes(notice: Notice, form: FormSpec, filled: int) -> Iterator[str]:
    if form.role == "counts":
        yield "填表说明:请按实际人数填写数字,没有的填0。"
        return
    of_children = "name" in form.fields
    rules = [
        "带*的必填" if form.required else "",
        "有下拉箭头的请点选" if any(notice.fields[key].choices for key in form.fields) else "",
        "号码、电话已设为文本,直接填写" if of_children else "",
        f"一行填一{'名学生' if of_children else '人'},行不够的接着往下填",
    ]
    yield f"填表说明:{';'.join(filter(None, rules))}。"
    if filled:
        yield f"上次报送的{filled}行已经填好:请逐行核对,有变化的直接改,新增的接在后面。"
    elif form.nil_allowed and of_children:
        yield f"没有这类学生的,请在第一行“{notice.fields['name'].heading}”栏填“无”。"


def _lines_of_counts(form: FormSpec, unit: Unit, roster: Roster, rows: Sequence[Values]) -> list[Values]:
    """Returns the lines of a form of counts without numbers, because old numbers sent again would look current."""
    key = form.unit_field
    if key is None:
        return []
    named = [str(values[key]) for values in rows if values.get(key)]
    below = [
        one.name
        for one in roster.units
        if one.kind not in form.senders and (one.parent == unit.name or (unit.area and one.area == unit.area))
    ]
    return [{key: name} for name in dict.fromkeys(named or below)]


def _plan_columns(
    notice: Notice, form: FormSpec, unit: Unit, roster: Roster, rows: Sequence[Values]
) -> Iterator[FormColumn]:
    template = form.template or form.fields
    filled = {
        key for values in rows for key in values if key != "seq" and not _is_told_by_number(key, values)
    }
    # What a unit wrote in a column that the usual form has not is kept in a column more.
    keys = [key for key in form.fields if key in template or key in filled]
    ordered = [*(key for key in template if key in keys), *(key for key in keys if key not in template)]
    if "remark" in ordered:  # stays the last
        ordered = [*(key for key in ordered if key != "remark"), "remark"]
    for key in ordered:
        spec = notice.fields[key]
        if spec.kind == "visits":
            yield from _plan_visits(notice, rows)
        else:
            yield _plan_column(notice, form, unit, roster, rows, key, spec)
    for heading in dict.fromkeys(heading for values in rows for heading in _extra(values)):
        texts = [str(text) for values in rows if (text := _extra(values).get(heading))]
        yield FormColumn(
            key="extra", heading=heading, kind="text", width=_width_of_text(heading, texts, _LEAST_TEXT)
        )


def _plan_column(
    notice: Notice,
    form: FormSpec,
    unit: Unit,
    roster: Roster,
    rows: Sequence[Values],
    key: str,
    spec: FieldSpec,
) -> FormColumn:
    choices, strictness = _choose_from(notice, form, unit, roster, key, spec)
    width = _WIDTHS.get(spec.kind, _LEAST_TEXT)
    if spec.kind == "choice":
        width = min(max(_width_for(max(map(len, choices), default=0)), 7), _WIDEST_CHOICE)
    elif spec.kind in ("text", "answer"):
        texts = [str(values[key]) for values in rows if values.get(key)]
        least = (
            _LEAST_PLACE
            if key == form.unit_field or spec.cells is not None or key == "remark"
            else _LEAST_TEXT
        )
        width = _width_of_text(spec.heading, texts, least)
    return FormColumn(
        key=key,
        heading=set_punctuation(spec.heading),
        kind=spec.kind,
        width=width,
        required=key in form.required,
        choices=choices,
        strictness=strictness,
        is_long=spec.kind == "text"
        and (key == "remark" or (spec.cells or "").count("|") >= _PARTS_OF_ADDRESS),
    )


def _width_of_text(heading: str, texts: Sequence[str], least: float) -> float:
    """Returns a width in which the heading and most values take at most two lines."""
    usual = sorted(map(len, texts))[len(texts) * 9 // 10] if texts else 0
    needed = _width_for(ceil(max(len(heading), usual) / _LINES_OF_TEXT))
    return min(max(needed, least), _WIDEST_TEXT)


def _width_for(characters: int) -> float:
    return characters * _DIGIT_WIDTHS_PER_CHARACTER + _PADDING


def _choose_from(
    notice: Notice, form: FormSpec, unit: Unit, roster: Roster, key: str, spec: FieldSpec
) -> tuple[tuple[str, ...], Strictness]:
    """Returns the choices of a cell, and how strictly they apply."""
    if key == form.unit_field and form.role != "counts":
        own = [unit.name, *(one.name for one in roster.units if unit in roster.with_parents(one)[1:])]
        return tuple(own), "ask"
    match spec.kind:
        case "sex":
            return _SEXES, "only"
        case "bool":
            return _YES_NO, "only"
        case "ethnicity":
            return ETHNIC_GROUPS, "ask"
        case "grade":
            return GRADES_IN_ORDER, "ask"
        case "township":
            return tuple(one.name for one in roster.of_kind("township")), "suggest"
        case "choice" | "choices":
            vocabulary = notice.vocabularies[spec.choices or ""]
            strict: Strictness = (
                "ask" if spec.kind == "choices" else "suggest" if vocabulary.other else "only"
            )
            return tuple(vocabulary.values), strict
        case _:
            return (), "only"


def _plan_visits(notice: Notice, rows: Sequence[Values]) -> Iterator[FormColumn]:
    """Yields the columns of each visit under its number: date, content, result, and other parts recorded before."""
    visits = [visit for values in rows for visit in visits_of(values)]
    parts = [
        part for part in _VISIT_PARTS if part in _USUAL_PARTS or any(visit.get(part) for visit in visits)
    ]
    vocabulary = notice.vocabularies.get("visit_result")
    results = tuple(vocabulary.values) if vocabulary is not None else ()
    strictness: Strictness = "suggest" if vocabulary is not None and vocabulary.other else "only"
    most = max((len(visits_of(values)) for values in rows), default=0)
    name = next(iter(notice.wording.visits.names), "")
    for number in range(1, min(max(most, notice.persuasion.streak), _MOST_VISITS) + 1):
        for part in parts:
            yield FormColumn(
                key="visits",
                heading=_part_word(notice, part),
                kind="date" if part == "date" else "choice" if part == "result" else "text",
                width=_WIDTH_BY_PART[part],
                group=f"第{_NUMERALS[number]}次{name}",
                choices=results if part == "result" else (),
                strictness=strictness,
                visit=number,
                part=part,
            )


def _part_word(notice: Notice, part: VisitPart) -> str:
    return next(iter(getattr(notice.wording.visits, part).headings), part)


def _cell_value(column: FormColumn, values: Values, number: int) -> CellValue:
    """Returns the cell's content, such that reading it gives the same value again."""
    if column.part is not None:
        visits = visits_of(values)[-_MOST_VISITS:]
        visit = visits[column.visit - 1] if column.visit <= len(visits) else {}
        return _as_cell(column.kind, visit.get(column.part))
    if column.key == "seq":
        return number
    if column.key == "extra":
        return _as_cell("text", _extra(values).get(column.heading))
    if column.key == "reason" and values.get("reason_text"):
        return str(values["reason_text"])  # the unit's own words; the value is read from them again
    return _as_cell(column.kind, values.get(column.key))


def _as_cell(kind: str, value: Json) -> CellValue:
    match value:
        case None | "":
            return None
        case bool():
            return _YES_NO[0] if value else _YES_NO[1]
        case int() | float():
            return value if kind == "int" else str(value)
        case str() if kind in ("date", "period") and (day := whole_day(value)) is not None:
            return day
        case _:
            return str(value)


def as_text(value: CellValue) -> str:
    """Returns a cell's value as a document shows it."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def visits_of(values: Values) -> list[Mapping[str, Json]]:
    """Returns the visits of a row in their order."""
    visits = values.get("visits")
    return [visit for visit in visits if isinstance(visit, dict)] if isinstance(visits, list) else []


def _extra(values: Values) -> Mapping[str, Json]:
    extra = values.get("extra")
    return extra if isinstance(extra, dict) else {}


def _is_told_by_number(key: str, values: Values) -> bool:
    """Returns whether a value follows from the row's identity number, so that it needs no column."""
    if key not in ("birth_date", "sex"):
        return False
    identity = read_identity(values.get("id_number"))
    if identity.fault is not None:
        return False
    return values[key] == (identity.birth_date if key == "birth_date" else identity.sex)


def list_forms(notice: Notice, unit: Unit, roster: Roster) -> Iterable[FormSpec]:
    """Returns the forms that a unit may send: those of its kind and stage, whether owed or only handed out."""
    if unit.parent is not None and roster.reporting_unit(unit).name != unit.name:
        return ()  # its parent reports for it
    return tuple(
        form
        for form in notice.forms
        if unit.kind in form.senders
        and (not form.units or unit.name in form.units)
        and (unit.stage is None or not form.stages or unit.stage in form.stages)
    )
