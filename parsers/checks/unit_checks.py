"""Checks what rows say against the unit that sent them and the day on which they came."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from config.notice import FormSpec, Notice
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Unit
from parsers.fields.dates import is_iso
from parsers.problem_sentences import make_problem
from parsers.records import Json, Problem, Record

_EVENT_DATES = ("since", "returned_on", "approved_on", "notice_served_on", "birth_date")
_NAMES_OTHER_PLACE = re.compile(
    "(?:[\u4e00-\u9fff]{2,7}?(?:省|自治区)|(?:北京|天津|上海)市?|[\u4e00-\u9fff]{2,5}[市县区州])(?=[\u4e00-\u9fff])"
)


class UnitChecks:
    """What rows say against the unit that sent them and the day on which they came.

    Rows repeat the same schools and townships, so each saying is judged once.
    """

    def __init__(
        self, form: FormSpec, unit: Unit, names: UnitNames, notice: Notice, received_on: date
    ) -> None:
        self._form, self._unit, self._names, self._notice = form, unit, names, notice
        self._latest = (received_on + timedelta(days=1)).isoformat()
        self._event_dates = tuple(key for key in _EVENT_DATES if key in form.fields)
        self._school_key = "school" if "school" in form.fields else "previous_school"
        self._is_foreign_cached = lru_cache(maxsize=4096)(self._is_foreign)
        self._out_of_scope_cached = lru_cache(maxsize=4096)(self._find_out_of_scope)

    def check(self, record: Record) -> tuple[Problem, ...]:
        """Problems of one row; none for nearly all."""
        problems: list[Problem] = []
        values = record.values
        field = self._form.unit_field
        if (
            field is not None
            and isinstance(unit_text := values.get(field), str)
            and self._is_foreign_cached(unit_text)
        ):
            problems.append(self._problem(record, "unit-mismatch", field, unit_text))
        if self._form.region is not None:
            key = self._out_of_scope_cached(
                _text_value(values, "school_region"), _text_value(values, self._school_key)
            )
            if key is not None:
                problems.append(self._problem(record, "scope-mismatch", key, _text_value(values, key)))
        for key in self._event_dates:
            value = values.get(key)
            if isinstance(value, str) and value > self._latest and is_iso(value):
                problems.append(self._problem(record, "date-future", key, value))
        return tuple(problems)

    def _problem(self, record: Record, code: str, field: str, value: str) -> Problem:
        heading = self._notice.fields[field].heading
        return make_problem(
            code, sheet=record.sheet, row=record.row, field=field, value=value, heading=heading
        )

    def _is_foreign(self, unit_text: str) -> bool:
        named = self._names.resolve(unit_text)
        return (
            named is not None
            and named.kind == self._unit.kind
            and named.kind in self._form.senders
            and named.name != self._unit.name
            and named.parent != self._unit.name
        )

    def _find_out_of_scope(self, region: str, school: str) -> str | None:
        """附件1/3: a school in the county; 附件4: one outside. Returns the field that says so."""
        words = self._notice.county_words
        if self._form.region == "outside":
            inside = any(word in (region or school) for word in words if word != "县内" or region == word)
            in_roster = not region and self._names.resolve(school) is not None
            if (inside and "县外" not in region) or in_roster:
                return "school_region" if region else self._school_key
            return None
        in_county = any(word in school for word in words) or bool(self._names.find(school))
        if _NAMES_OTHER_PLACE.match(school) and not in_county and self._names.resolve(school) is None:
            return self._school_key
        return None


def _text_value(values: Mapping[str, Json], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""
