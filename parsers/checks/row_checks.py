"""Checks a row against itself and its table, as it is read.

Each check is a function of the table that returns the function of a row, so that what is the same for every row is
looked up once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from config.identity_numbers import Identity
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
"""Dates of which the second is not before the first."""
_IMPLIED_BY = {"birth_date": "id_number", "until": "since"}
"""Columns whose values another column gives, too: a number holds the birth date, a period its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedTable:
    """The table whose rows are checked."""

    form: FormSpec
    notice: Notice
    sheet: str
    find_cell: Callable[[str, int], str | None]
    """Returns the cell of a field in a row, or None where the table has no such column."""

    def problem(self, code: str, field: str, row: int, value: str | None = None, **words: str) -> Problem:
        """Returns a problem of one row with its cell; ``words`` are those of its sentence."""
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


@dataclass(slots=True)
class CheckedRow:
    """One row; ``born`` and ``sex`` are those of an identity number that was read without fault."""

    values: dict[str, Json]
    number: int
    born: str | None
    sex: str | None


_CheckRow = Callable[[CheckedRow], Sequence[Problem]]
_PrepareCheck = Callable[[CheckedTable], _CheckRow]

ROW_CHECKS: dict[CheckSpec, _PrepareCheck] = {}
"""In the order in which they run."""


def _row_check(spec: CheckSpec) -> Callable[[_PrepareCheck], _PrepareCheck]:
    """Puts a check on the list under its spec."""

    def add(prepare: _PrepareCheck) -> _PrepareCheck:
        ROW_CHECKS[spec] = prepare
        return prepare

    return add


class RowChecks:
    """Checks the rows of one table of one form; it knows which students it has met."""

    def __init__(
        self, form: FormSpec, notice: Notice, sheet: str, find_cell: Callable[[str, int], str | None]
    ) -> None:
        table = CheckedTable(form=form, notice=notice, sheet=sheet, find_cell=find_cell)
        self._implied = form.implied
        self._has_number = "id_number" in form.fields
        self._checks = [prepare(table) for spec, prepare in ROW_CHECKS.items() if spec.is_made_on(form)]

    def check(self, values: dict[str, Json], row: int, *, id_valid: bool) -> list[Problem]:
        """What a row says against itself and its table; fills 性别 and 出生日期 from a good number where they are blank.

        It also fills what every row of the form says without a column.

        Args:
            id_valid: the identity number was read without fault.
        """
        for key, value in self._implied.items():
            values.setdefault(key, value)
        born = sex = None
        if id_valid and self._has_number and isinstance(number := values.get("id_number"), str):
            identity = Identity(number)
            born, sex = identity.birth_date, identity.sex
            if values.get("birth_date") is None:
                values["birth_date"] = born
            values.setdefault("sex", sex)
        checked = CheckedRow(values, row, born, sex)
        problems: list[Problem] = []
        for check in self._checks:
            problems += check(checked)
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
def _required(table: CheckedTable) -> _CheckRow:
    keys = [key for key in table.form.required if key != "id_number"]
    asks_number = "id_number" in table.form.required and "id_number" in table.form.fields

    def check(row: CheckedRow) -> Sequence[Problem]:
        values, number = row.values, row.number
        problems = [table.problem("required-missing", key, number) for key in keys if key not in values]
        # A blank cell is told where it is read; here speaks a table that has no such column.
        if asks_number and values.get("id_number") is None and table.find_cell("id_number", number) is None:
            problems.append(table.problem("id-missing", "id_number", number))
        return problems

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
def _birth_date(table: CheckedTable) -> _CheckRow:
    def check(row: CheckedRow) -> Sequence[Problem]:
        born, birth = row.born, row.values.get("birth_date")
        if born is None or birth == born or not isinstance(birth, str):
            return ()
        if not is_iso(birth) or born.startswith(birth):
            return ()
        return (table.problem("id-birth-mismatch", "birth_date", row.number, birth),)

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
def _sex(table: CheckedTable) -> _CheckRow:
    def check(row: CheckedRow) -> Sequence[Problem]:
        written = row.values.get("sex")
        if row.sex is None or written == row.sex or written not in ("男", "女"):
            return ()
        return (table.problem("id-sex-mismatch", "sex", row.number, str(written)),)

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
def _age(table: CheckedTable) -> _CheckRow:
    ages = table.notice.ages
    youngest, oldest = ages.born_to.isoformat(), ages.born_from.isoformat()
    years = "至".join(map(str, ages.years_on(table.notice.opened)))

    def check(row: CheckedRow) -> Sequence[Problem]:
        birth = row.born
        if birth is None:
            written = row.values.get("birth_date")
            if not isinstance(written, str) or not is_iso(written):
                return ()
            birth = written
        too_young = birth[:7] > youngest[:7] or birth > youngest
        if not too_young and not (birth < oldest and birth[:7] != oldest[: len(birth)]):
            return ()
        field = "birth_date" if table.find_cell("birth_date", row.number) else "id_number"
        return (table.problem("age-out-of-range", field, row.number, birth, years=years),)

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
def _repetition(table: CheckedTable) -> _CheckRow:
    first_rows: dict[str, int] = {}

    def check(row: CheckedRow) -> Sequence[Problem]:
        values = row.values
        number, name = values.get("id_number"), values.get("name")
        if not number and not name:
            return ()
        student = str(number or f"{name}|{values.get('birth_date')}|{values.get('guardian')}")
        first = first_rows.setdefault(student, row.number)
        if first == row.number:
            return ()
        return (table.problem("duplicate-in-file", "name", row.number, str(first)),)

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
def _date_order(table: CheckedTable) -> _CheckRow:
    fields, columns = table.notice.fields, {*table.form.fields}
    pairs = [
        pair for pair in DATE_ORDER if all(key in columns or _IMPLIED_BY.get(key) in columns for key in pair)
    ]

    def check(row: CheckedRow) -> Sequence[Problem]:
        values = row.values
        problems: list[Problem] = []
        for earlier, later in pairs:
            after, before = values.get(later), values.get(earlier)
            if (
                isinstance(after, str)
                and isinstance(before, str)
                and is_iso(before)
                and is_iso(after)
                and after[: len(before)] < before[: len(after)]
            ):
                told = f"{fields[earlier].heading}{before},{fields[later].heading}{after}"
                problems.append(table.problem("date-order", later, row.number, told))
        return problems

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
def _proof(table: CheckedTable) -> _CheckRow:
    statuses, none_of_them = table.form.proof_statuses, table.notice.wording.no_proof
    told = "、".join(statuses)

    def check(row: CheckedRow) -> Sequence[Problem]:
        if row.values.get("status") not in statuses:
            return ()
        proof = row.values.get("proof")
        if not isinstance(proof, str) or proof not in none_of_them:
            return ()
        return (table.problem("proof-missing", "proof", row.number, proof, statuses=told),)

    return check
