"""Checks one row: against itself and its table (:func:`check_row`), and against its unit (:class:`UnitChecks`)."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache

from config.identity_numbers import Identity
from config.notice import FormSpec, Notice
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Unit
from parsers.problem_sentences import make_problem
from parsers.records import Json, Problem, Record

_DATE_ORDER = (
    ("birth_date", "since"),
    ("since", "until"),
    ("since", "returned_on"),
    ("notice_served_on", "returned_on"),
)
_EVENT_DATES = ("since", "returned_on", "approved_on", "notice_served_on", "birth_date")
_NAMES_OTHER_PLACE = re.compile(
    "(?:[\u4e00-\u9fff]{2,7}?(?:省|自治区)|(?:北京|天津|上海)市?|[\u4e00-\u9fff]{2,5}[市县区州])(?=[\u4e00-\u9fff])"
)
_NO_PROOF = re.compile("无|没有|否|未提供|暂无|0")


def check_row(
    values: dict[str, Json],
    form: FormSpec,
    notice: Notice,
    sheet: str,
    row: int,
    find_cell: Callable[[str, int], str | None],
    first_row_by_student: dict[str, int],
    *,
    id_valid: bool,
) -> list[Problem]:
    """What a row says against itself; fills 性别 and 出生日期 from a good identity number where they are blank.

    It also fills what every row of the form says without a column.

    Args:
        first_row_by_student: the students of this table by the row they were first on; added to.
        id_valid: the identity number was read without fault.
    """
    problems: list[Problem] = []

    def add(code: str, field: str, value: str | None = None) -> None:
        problems.append(
            make_problem(
                code,
                sheet=sheet,
                row=row,
                cell=find_cell(field, row),
                field=field,
                value=value,
                heading=notice.fields[field].heading,
            )
        )

    for key, value in form.implied.items():
        values.setdefault(key, value)
    for key in form.required:
        if key not in values and key != "id_number":
            add("required-missing", key)
    if "id_number" in form.fields:
        _check_identity(values, form, notice, add, find_cell, row, id_valid)
    student = str(
        values.get("id_number") or f"{values.get('name')}|{values.get('birth_date')}|{values.get('guardian')}"
    )
    if values.get("name") or values.get("id_number"):
        first = first_row_by_student.setdefault(student, row)
        if first != row and form.role != "visits":  # forms about persuasion visits have a row a visit
            problems.append(
                make_problem(
                    "duplicate-in-file",
                    sheet=sheet,
                    row=row,
                    cell=find_cell("name", row),
                    field="name",
                    value=str(first),
                )
            )
    for earlier, later in _DATE_ORDER:
        before, after = values.get(earlier), values.get(later)
        if (
            isinstance(before, str)
            and isinstance(after, str)
            and _is_iso_date(before)
            and _is_iso_date(after)
            and after[: len(before)] < before[: len(after)]
        ):
            add(
                "date-order",
                later,
                f"{notice.fields[earlier].heading}{before},{notice.fields[later].heading}{after}",
            )
    if form.proof_statuses and values.get("status") in form.proof_statuses:
        proof = values.get("proof")
        if isinstance(proof, str) and _NO_PROOF.fullmatch(proof):
            add("proof-missing", "proof", proof)
    return problems


def _check_identity(
    values: dict[str, Json],
    form: FormSpec,
    notice: Notice,
    add: Callable[..., None],
    find_cell: Callable[[str, int], str | None],
    row: int,
    id_valid: bool,
) -> None:
    number = values.get("id_number")
    identity = Identity(number) if id_valid and isinstance(number, str) else Identity(None, "id-missing")
    if number is None and "id_number" in form.required and find_cell("id_number", row) is None:
        add("id-missing", "id_number")
    birth = values.get("birth_date")
    if identity.fault is None:
        if not isinstance(birth, str) or not _is_iso_date(birth):
            if birth is None:
                values["birth_date"] = birth = identity.birth_date
        elif not identity.birth_date.startswith(birth):
            add("id-birth-mismatch", "birth_date", birth)
        sex = values.get("sex")
        if sex is None:
            values["sex"] = identity.sex
        elif sex in ("男", "女") and sex != identity.sex:
            add("id-sex-mismatch", "sex", str(sex))
        birth = identity.birth_date
    if form.age_checked and isinstance(birth, str) and _is_iso_date(birth):
        youngest, oldest = notice.ages.born_to.isoformat(), notice.ages.born_from.isoformat()
        if (
            birth[:7] > youngest[:7]
            or birth > youngest
            or (birth < oldest and birth[:7] != oldest[: len(birth)])
        ):
            add("age-out-of-range", "birth_date" if find_cell("birth_date", row) else "id_number", birth)


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
            if isinstance(value, str) and value > self._latest and _is_iso_date(value):
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


def _is_iso_date(text: str) -> bool:
    return len(text) in (7, 10) and text[4] == "-" and text[:4].isdigit()
