"""Checks each row for contradictions within itself and with its table, all rows of a table at a time.

Each check is a function of the table that returns the function of its rows, so that what is the same for every row is
looked up once. It looks down the columns, and at a row by itself only where something is wrong.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.identity_numbers import birth_date_of, has_known_place, sex_of
from config.notice import FormSpec, Notice
from config.records.record import Json, Problem
from parsers.checks.check_spec import CHILDREN, CheckSpec
from parsers.fields.dates import is_iso
from parsers.problem_sentences import make_problem

DATE_ORDER = (
    ("birth_date", "since"),
    ("since", "until"),
    ("since", "returned_on"),
    ("notice_served_on", "returned_on"),
)
"""Pairs of dates of which the second must not be before the first."""
_IMPLIED_BY = {"birth_date": "id_number", "until": "since"}
"""Columns whose values another column also gives: a number contains the birth date, a period its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedTable:
    """The table whose rows are checked."""

    form: FormSpec
    notice: Notice
    sheet: str
    find_cell: Callable[[str, int], str | None]
    """Returns the cell of a field in a row, or None where the table has no such column."""

    def problem(self, code: str, field: str, row: int, value: str | None = None, **words: str) -> Problem:
        """Returns a problem of one row with its cell; ``words`` fill in its sentence."""
        return make_problem(
            code,
            severity=None,
            sheet=self.sheet,
            row=row,
            cell=self.find_cell(field, row),
            field=field,
            value=value,
            heading=self.notice.fields[field].heading,
            **words,
        )


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """Rows in order; ``born`` and ``sexes`` come from valid identity numbers."""

    values: Sequence[Mapping[str, Json]]
    numbers: Sequence[int]
    born: Sequence[str | None]
    sexes: Sequence[str | None]

    def column(self, key: str) -> list[Json]:
        """Returns the values of one key, None for the rows that lack it."""
        return [values.get(key) for values in self.values]


_Found = Iterator[tuple[int, Problem]]
"""Problems, each with the index of its row."""
_CheckRows = Callable[[CheckedRows], _Found]
_PrepareCheck = Callable[[CheckedTable], _CheckRows]

ROW_CHECKS: dict[CheckSpec, _PrepareCheck] = {}
"""All checks, in the order in which they run."""


def _row_check(spec: CheckSpec) -> Callable[[_PrepareCheck], _PrepareCheck]:
    """Registers a check with its spec."""

    def add(prepare: _PrepareCheck) -> _PrepareCheck:
        ROW_CHECKS[spec] = prepare
        return prepare

    return add


class RowChecks:
    """Checks the rows of one table of one form; it remembers the students of earlier rows."""

    def __init__(
        self, form: FormSpec, notice: Notice, sheet: str, find_cell: Callable[[str, int], str | None]
    ) -> None:
        table = CheckedTable(form=form, notice=notice, sheet=sheet, find_cell=find_cell)
        self._implied = form.implied
        self._has_number = "id_number" in form.fields
        self._checks = [prepare(table) for spec, prepare in ROW_CHECKS.items() if spec.is_made_on(form)]

    def check(self, values: dict[str, Json], row: int, *, id_valid: bool) -> list[Problem]:
        """Returns the problems that :meth:`check_rows` finds in one row."""
        return self.check_rows([values], [row], [id_valid]).get(0, [])

    def check_rows(
        self, rows: Sequence[dict[str, Json]], numbers: Sequence[int], ids_valid: Sequence[bool]
    ) -> dict[int, list[Problem]]:
        """Returns the problems of rows within themselves and their table, by position among ``rows``.

        Blank 性别 and 出生日期 are filled in from valid identity numbers, and so are values that the form fixes for
        every row.

        Args:
            numbers: the number of each row, as the sheet shows it.
            ids_valid: for each row, whether its identity number was read without a problem.
        """
        if self._implied:
            for values in rows:
                for key, value in self._implied.items():
                    values.setdefault(key, value)
        born: list[str | None] = [None] * len(rows)
        sexes: list[str | None] = [None] * len(rows)
        if self._has_number:
            for place, values in enumerate(rows):
                if ids_valid[place] and isinstance(number := values.get("id_number"), str):
                    born[place], sexes[place] = birth_date_of(number), sex_of(number)
                    if values.get("birth_date") is None:
                        values["birth_date"] = born[place]
                    values.setdefault("sex", sexes[place])
        checked = CheckedRows(rows, numbers, born, sexes)
        problems: dict[int, list[Problem]] = {}
        for check in self._checks:
            for place, problem in check(checked):
                problems.setdefault(place, []).append(problem)
        return problems


@_row_check(
    CheckSpec(
        name="required",
        asks="必填项都填了",
        setting="required",
        raises=("required-missing", "id-missing"),
        roles=CHILDREN,
    )
)
def _required(table: CheckedTable) -> _CheckRows:
    keys = [key for key in table.form.required if key != "id_number"]
    asks_number = "id_number" in table.form.required and "id_number" in table.form.fields
    asked = frozenset((*keys, "id_number") if asks_number else keys)

    def check(rows: CheckedRows) -> _Found:
        for place, values in enumerate(rows.values):
            if asked <= values.keys():  # which is so of nearly every row
                continue
            number = rows.numbers[place]
            for key in keys:
                if key not in values:
                    yield place, table.problem("required-missing", key, number)
            # A blank cell is told where it is read; here speaks a table that has no such column.
            if asks_number and "id_number" not in values and table.find_cell("id_number", number) is None:
                yield place, table.problem("id-missing", "id_number", number)

    return check


@_row_check(
    CheckSpec(
        name="place-code",
        asks="身份证号开头是省份的代码",
        fields=("id_number",),
        raises=("id-place",),
        roles=CHILDREN,
    )
)
def _place_code(table: CheckedTable) -> _CheckRows:
    def check(rows: CheckedRows) -> _Found:
        for place, (born, number) in enumerate(zip(rows.born, rows.column("id_number"), strict=True)):
            if born is not None and isinstance(number, str) and not has_known_place(number):
                yield place, table.problem("id-place", "id_number", rows.numbers[place], number[:2])

    return check


@_row_check(
    CheckSpec(
        name="birth-date",
        asks="出生日期与身份证号一致",
        fields=("id_number",),
        raises=("id-birth-mismatch",),
        roles=CHILDREN,
    )
)
def _birth_date(table: CheckedTable) -> _CheckRows:
    def check(rows: CheckedRows) -> _Found:
        for place, (born, birth) in enumerate(zip(rows.born, rows.column("birth_date"), strict=True)):
            if born is None or birth == born or not isinstance(birth, str):
                continue
            if is_iso(birth) and not born.startswith(birth):
                yield place, table.problem("id-birth-mismatch", "birth_date", rows.numbers[place], birth)

    return check


@_row_check(
    CheckSpec(
        name="sex",
        asks="性别与身份证号一致",
        fields=("id_number",),
        raises=("id-sex-mismatch",),
        roles=CHILDREN,
    )
)
def _sex(table: CheckedTable) -> _CheckRows:
    def check(rows: CheckedRows) -> _Found:
        for place, (sex, written) in enumerate(zip(rows.sexes, rows.column("sex"), strict=True)):
            if sex is not None and written != sex and written in ("男", "女"):
                yield place, table.problem("id-sex-mismatch", "sex", rows.numbers[place], str(written))

    return check


@_row_check(
    CheckSpec(
        name="age",
        asks="在义务教育年龄内",
        fields=("id_number", "birth_date"),
        raises=("age-out-of-range",),
        roles=frozenset({"register"}),
    )
)
def _age(table: CheckedTable) -> _CheckRows:
    ages = table.notice.ages
    youngest, oldest = ages.born_to.isoformat(), ages.born_from.isoformat()
    years = "至".join(map(str, ages.years_on(table.notice.opened)))

    def check(rows: CheckedRows) -> _Found:
        for place, (born, written) in enumerate(zip(rows.born, rows.column("birth_date"), strict=True)):
            birth = born
            if birth is None:
                if not isinstance(written, str) or not is_iso(written):
                    continue
                birth = written
            too_young = birth[:7] > youngest[:7] or birth > youngest
            if too_young or (birth < oldest and birth[:7] != oldest[: len(birth)]):
                number = rows.numbers[place]
                field = "birth_date" if table.find_cell("birth_date", number) else "id_number"
                yield place, table.problem("age-out-of-range", field, number, birth, years=years)

    return check


@_row_check(
    CheckSpec(
        name="repetition",
        asks="同一学生只有一行",
        fields=("id_number", "name"),
        raises=("duplicate-in-file",),
        roles=CHILDREN - {"visits"},  # which have a row a visit
    )
)
def _repetition(table: CheckedTable) -> _CheckRows:
    first_rows: dict[str, int] = {}

    def check(rows: CheckedRows) -> _Found:
        for place, (number, values) in enumerate(zip(rows.numbers, rows.values, strict=True)):
            student = values.get("id_number")
            if not student:
                if not (name := values.get("name")):
                    continue
                student = f"{name}|{values.get('birth_date')}|{values.get('guardian')}"
            first = first_rows.setdefault(str(student), number)
            if first != number:
                yield place, table.problem("duplicate-in-file", "name", number, str(first))

    return check


@_row_check(
    CheckSpec(
        name="date-order",
        asks="各日期先后不矛盾",
        fields=("since", "until", "returned_on"),
        raises=("date-order",),
        roles=CHILDREN,
    )
)
def _date_order(table: CheckedTable) -> _CheckRows:
    fields, columns = table.notice.fields, {*table.form.fields}
    pairs = [
        pair for pair in DATE_ORDER if all(key in columns or _IMPLIED_BY.get(key) in columns for key in pair)
    ]

    def check(rows: CheckedRows) -> _Found:
        for earlier, later in pairs:
            for place, (after, before) in enumerate(
                zip(rows.column(later), rows.column(earlier), strict=True)
            ):
                if (
                    isinstance(after, str)
                    and isinstance(before, str)
                    and after[: len(before)] < before[: len(after)]
                    and is_iso(before)
                    and is_iso(after)
                ):
                    dates = f"{fields[earlier].heading}{before},{fields[later].heading}{after}"
                    yield place, table.problem("date-order", later, rows.numbers[place], dates)

    return check


@_row_check(
    CheckSpec(
        name="proof",
        asks="要有证明材料的没有写“无”",
        fields=("proof",),
        setting="proof_statuses",
        raises=("proof-missing",),
        roles=frozenset({"register"}),
    )
)
def _proof(table: CheckedTable) -> _CheckRows:
    statuses, none_of_them = table.form.proof_statuses, table.notice.wording.no_proof
    names = "、".join(statuses)

    def check(rows: CheckedRows) -> _Found:
        for place, (status, proof) in enumerate(
            zip(rows.column("status"), rows.column("proof"), strict=True)
        ):
            if status in statuses and isinstance(proof, str) and proof in none_of_them:
                yield (
                    place,
                    table.problem("proof-missing", "proof", rows.numbers[place], proof, statuses=names),
                )

    return check
