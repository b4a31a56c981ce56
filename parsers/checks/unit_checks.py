"""Checks rows against the unit that sent them and the day of arrival, one column at a time."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from config.notice import FormSpec, Notice
from config.records.record import Json, Problem
from config.records.row_block import RowBlock
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Unit
from parsers.checks.check_spec import CHILDREN, CheckSpec
from parsers.fields.dates import is_iso
from parsers.problem_sentences import make_problem

EVENT_DATES = ("since", "returned_on", "approved_on", "notice_served_on", "birth_date")
"""The fields of dates that must be in the past when they are reported."""
_NAMES_OTHER_PLACE = re.compile(
    "(?:[\u4e00-\u9fff]{2,7}?(?:省|自治区)|(?:北京|天津|上海)市?|[\u4e00-\u9fff]{2,5}[市县区州])(?=[\u4e00-\u9fff])"
)
_MOST_SAYINGS = 4096
"""The most cached results: rows repeat the same schools and townships, so each text is judged once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentForm:
    """One form of one unit, as received."""

    form: FormSpec
    unit: Unit
    names: UnitNames
    notice: Notice
    received_on: date

    def problem(self, rows: RowBlock, place: int, code: str, field: str, value: str) -> tuple[int, Problem]:
        """Returns a problem of one row, with the row's place."""
        heading = self.notice.fields[field].heading
        sheet, row = rows.sheets[place], rows.rows[place]
        return place, make_problem(code, sheet=sheet, row=row, field=field, value=value, heading=heading)


_CheckRows = Callable[[RowBlock], Iterator[tuple[int, Problem]]]
_PrepareCheck = Callable[[SentForm], _CheckRows]

UNIT_CHECKS: dict[CheckSpec, _PrepareCheck] = {}
"""All checks, in the order in which they run."""


def _unit_check(spec: CheckSpec) -> Callable[[_PrepareCheck], _PrepareCheck]:
    """Registers a check with its spec."""

    def add(prepare: _PrepareCheck) -> _PrepareCheck:
        UNIT_CHECKS[spec] = prepare
        return prepare

    return add


class UnitChecks:
    """Checks the rows of one form of one unit."""

    def __init__(self, sent: SentForm) -> None:
        form = sent.form
        self._checks = [prepare(sent) for spec, prepare in UNIT_CHECKS.items() if spec.is_made_on(form)]

    def check_rows(self, rows: RowBlock) -> dict[int, list[Problem]]:
        """Returns the problems of rows by row index; nearly all rows have none."""
        problems: dict[int, list[Problem]] = {}
        for check in self._checks:
            for place, problem in check(rows):
                problems.setdefault(place, []).append(problem)
        return problems


@_unit_check(
    CheckSpec(
        name="unit",
        asks="各行都是本单位的",
        setting="unit_field",
        raises=("unit-mismatch",),
        roles=CHILDREN | {"counts"},
    )
)
def _unit(sent: SentForm) -> _CheckRows:
    unit, senders, field = sent.unit, sent.form.senders, sent.form.unit_field or ""

    @lru_cache(maxsize=_MOST_SAYINGS)
    def is_foreign(unit_text: str) -> bool:
        named = sent.names.resolve(unit_text)
        return (
            named is not None
            and named.kind == unit.kind
            and named.kind in senders
            and named.name != unit.name
            and named.parent != unit.name
        )

    def check(rows: RowBlock) -> Iterator[tuple[int, Problem]]:
        for place, unit_text in enumerate(rows.column(field)):
            if isinstance(unit_text, str) and is_foreign(unit_text):
                yield sent.problem(rows, place, "unit-mismatch", field, unit_text)

    return check


@_unit_check(
    CheckSpec(
        name="region",
        asks="学校在本表的范围内(县内或县外)",
        setting="region",
        raises=("scope-mismatch",),
        roles=CHILDREN,
    )
)
def _region(sent: SentForm) -> _CheckRows:
    """Reports a school inside the county on a form for children elsewhere, and a school outside on a form for children here."""
    names, words, region_asked = sent.names, sent.notice.county_words, sent.form.region
    inside_words, outside_words = sent.notice.wording.inside, sent.notice.wording.outside
    school_key = "school" if "school" in sent.form.fields else "previous_school"

    @lru_cache(maxsize=_MOST_SAYINGS)
    def find_out_of_scope(region: str, school: str) -> str | None:
        """Returns the key of the field that contradicts the form's region, or None."""
        if region_asked == "outside":
            inside = any(
                word in (region or school) for word in words if word not in inside_words or region == word
            )
            in_roster = not region and names.resolve(school) is not None
            if (inside and not any(word in region for word in outside_words)) or in_roster:
                return "school_region" if region else school_key
            return None
        in_county = any(word in school for word in words) or bool(names.find(school))
        if _NAMES_OTHER_PLACE.match(school) and not in_county and names.resolve(school) is None:
            return school_key
        return None

    def check(rows: RowBlock) -> Iterator[tuple[int, Problem]]:
        regions, schools = _texts(rows.column("school_region")), _texts(rows.column(school_key))
        for place, (region, school) in enumerate(zip(regions, schools, strict=True)):
            key = find_out_of_scope(region, school)
            if key is not None:
                value = region if key == "school_region" else school
                yield sent.problem(rows, place, "scope-mismatch", key, value)

    return check


@_unit_check(
    CheckSpec(
        name="future-date",
        asks="日期不晚于报送日",
        fields=EVENT_DATES,
        raises=("date-future",),
        roles=CHILDREN,
    )
)
def _future_date(sent: SentForm) -> _CheckRows:
    latest = (sent.received_on + timedelta(days=1)).isoformat()
    keys = tuple(key for key in EVENT_DATES if key in sent.form.fields)

    def check(rows: RowBlock) -> Iterator[tuple[int, Problem]]:
        for key in keys:
            for place, value in enumerate(rows.column(key)):
                if isinstance(value, str) and value > latest and is_iso(value):
                    yield sent.problem(rows, place, "date-future", key, value)

    return check


def _texts(column: Sequence[Json]) -> list[str]:
    """Returns the texts of a column, with an empty text for values of another type."""
    return [value if isinstance(value, str) else "" for value in column]
