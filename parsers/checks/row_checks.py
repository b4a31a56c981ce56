"""Checks of one row: against itself and its table (:func:`check_row`), and against whose it is (:class:`UnitChecks`)."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache

from config.identity import Identity
from config.notice import FormSpec, Notice
from config.units.roster import Unit
from config.units.unit_names import UnitNames
from parsers.problem_codes import problem
from parsers.records import Json, Problem, Record

_ORDER = (
    ("birth_date", "since"),
    ("since", "until"),
    ("since", "returned_on"),
    ("notice_served_on", "returned_on"),
)
_TIMES = ("since", "returned_on", "approved_on", "notice_served_on", "birth_date")
_ELSEWHERE = re.compile(
    "(?:[\u4e00-\u9fff]{2,7}?(?:省|自治区)|(?:北京|天津|上海)市?|[\u4e00-\u9fff]{2,5}[市县区州])(?=[\u4e00-\u9fff])"
)
_NO_PROOF = re.compile("无|没有|否|未提供|暂无|0")


def check_row(
    values: dict[str, Json],
    form: FormSpec,
    notice: Notice,
    sheet: str,
    row: int,
    place: Callable[[str, int], str | None],
    seen: dict[str, int],
    *,
    sound: bool,
) -> list[Problem]:
    """What a row says against itself; fills 性别 and 出生日期 from a good identity number where they are blank.

    Args:
        seen: the students of this table by the row they were first on; added to.
        sound: the identity number was read without fault.
    """
    found: list[Problem] = []

    def add(code: str, field: str, value: str | None = None) -> None:
        found.append(
            problem(
                code,
                sheet=sheet,
                row=row,
                cell=place(field, row),
                field=field,
                value=value,
                heading=notice.fields[field].heading,
            )
        )

    for key in form.required:
        if key not in values and key != "id_number":
            add("required-missing", key)
    if "id_number" in form.fields:
        _check_identity(values, form, notice, add, place, row, sound)
    student = str(
        values.get("id_number") or f"{values.get('name')}|{values.get('birth_date')}|{values.get('guardian')}"
    )
    if values.get("name") or values.get("id_number"):
        first = seen.setdefault(student, row)
        if first != row and not _tells_visits(form):
            found.append(
                problem(
                    "duplicate-in-file",
                    sheet=sheet,
                    row=row,
                    cell=place("name", row),
                    field="name",
                    value=str(first),
                )
            )
    for earlier, later in _ORDER:
        before, after = values.get(earlier), values.get(later)
        if (
            isinstance(before, str)
            and isinstance(after, str)
            and _iso(before)
            and _iso(after)
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
    return found


def _tells_visits(form: FormSpec) -> bool:
    return form.proof_every


def _check_identity(
    values: dict[str, Json],
    form: FormSpec,
    notice: Notice,
    add: Callable[..., None],
    place: Callable[[str, int], str | None],
    row: int,
    sound: bool,
) -> None:
    number = values.get("id_number")
    identity = Identity(number) if sound and isinstance(number, str) else Identity(None, "id-missing")
    if number is None and "id_number" in form.required and place("id_number", row) is None:
        add("id-missing", "id_number")
    birth = values.get("birth_date")
    if identity.fault is None:
        if not isinstance(birth, str) or not _iso(birth):
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
    if form.age_checked and isinstance(birth, str) and _iso(birth):
        youngest, oldest = notice.ages.born_to.isoformat(), notice.ages.born_from.isoformat()
        if (
            birth[:7] > youngest[:7]
            or birth > youngest
            or (birth < oldest and birth[:7] != oldest[: len(birth)])
        ):
            add("age-out-of-range", "birth_date" if place("birth_date", row) else "id_number", birth)


class UnitChecks:
    """What rows say against the unit that sent them and the day on which they came.

    Rows repeat the same schools and townships, so each saying is judged once.
    """

    def __init__(
        self, form: FormSpec, unit: Unit, names: UnitNames, notice: Notice, received_on: date
    ) -> None:
        self._form, self._unit, self._names, self._notice = form, unit, names, notice
        self._latest = (received_on + timedelta(days=1)).isoformat()
        self._times = tuple(key for key in _TIMES if key in form.fields)
        self._school = "school" if "school" in form.fields else "previous_school"
        self._foreign = lru_cache(maxsize=4096)(self._is_foreign)
        self._elsewhere = lru_cache(maxsize=4096)(self._out_of_scope)

    def of(self, record: Record) -> tuple[Problem, ...]:
        """Problems of one row; none for nearly all."""
        found: list[Problem] = []
        values = record.values
        field = self._form.unit_field
        if field is not None and isinstance(said := values.get(field), str) and self._foreign(said):
            found.append(self._problem(record, "unit-mismatch", field, said))
        if self._form.region is not None:
            key = self._elsewhere(_text(values, "school_region"), _text(values, self._school))
            if key is not None:
                found.append(self._problem(record, "scope-mismatch", key, _text(values, key)))
        for key in self._times:
            value = values.get(key)
            if isinstance(value, str) and value > self._latest and _iso(value):
                found.append(self._problem(record, "date-future", key, value))
        return tuple(found)

    def _problem(self, record: Record, code: str, field: str, value: str) -> Problem:
        heading = self._notice.fields[field].heading
        return problem(code, sheet=record.sheet, row=record.row, field=field, value=value, heading=heading)

    def _is_foreign(self, said: str) -> bool:
        named = self._names.resolve(said)
        return (
            named is not None
            and named.kind == self._form.sender == self._unit.kind
            and named.name != self._unit.name
            and named.parent != self._unit.name
        )

    def _out_of_scope(self, region: str, school: str) -> str | None:
        """附件1/3: a school in the county; 附件4: one outside. Returns the field that says so."""
        words = self._notice.county_words
        if self._form.region == "outside":
            inside = any(word in (region or school) for word in words if word != "县内" or region == word)
            known = not region and self._names.resolve(school) is not None
            if (inside and "县外" not in region) or known:
                return "school_region" if region else self._school
            return None
        at_home = any(word in school for word in words) or bool(self._names.find(school))
        if _ELSEWHERE.match(school) and not at_home and self._names.resolve(school) is None:
            return self._school
        return None


def _text(values: Mapping[str, Json], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _iso(text: str) -> bool:
    return len(text) in (7, 10) and text[4] == "-" and text[:4].isdigit()
