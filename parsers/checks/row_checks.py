"""Checks one row against itself and its table."""

from collections.abc import Callable, Mapping

from config.identity_numbers import Identity
from config.notice import FormSpec, Notice
from parsers.fields.dates import is_iso
from parsers.problem_sentences import make_problem
from parsers.records import Json, Problem

_DATE_ORDER = (
    ("birth_date", "since"),
    ("since", "until"),
    ("since", "returned_on"),
    ("notice_served_on", "returned_on"),
)


class RowChecks:
    """Checks the rows of one table of one form; it knows which students it has met."""

    def __init__(
        self, form: FormSpec, notice: Notice, sheet: str, find_cell: Callable[[str, int], str | None]
    ) -> None:
        self._form, self._notice, self._sheet, self._find_cell = form, notice, sheet, find_cell
        self._first_row_by_student: dict[str, int] = {}
        self._required = [key for key in form.required if key != "id_number"]
        self._has_number = "id_number" in form.fields
        self._youngest, self._oldest = notice.ages.born_to.isoformat(), notice.ages.born_from.isoformat()

    def check(self, values: dict[str, Json], row: int, *, id_valid: bool) -> list[Problem]:
        """What a row says against itself and its table; fills 性别 and 出生日期 from a good number where they are blank.

        It also fills what every row of the form says without a column.

        Args:
            id_valid: the identity number was read without fault.
        """
        for key, value in self._form.implied.items():
            values.setdefault(key, value)
        problems = [
            self._problem("required-missing", key, row) for key in self._required if key not in values
        ]
        if self._has_number:
            self._check_identity(values, row, id_valid, problems)
        self._check_repetition(values, row, problems)
        self._check_dates(values, row, problems)
        if self._form.proof_statuses and values.get("status") in self._form.proof_statuses:
            proof = values.get("proof")
            if isinstance(proof, str) and proof in self._notice.wording.no_proof:
                problems.append(self._problem("proof-missing", "proof", row, proof))
        return problems

    def _problem(self, code: str, field: str, row: int, value: str | None = None) -> Problem:
        return make_problem(
            code,
            sheet=self._sheet,
            row=row,
            cell=self._find_cell(field, row),
            field=field,
            value=value,
            heading=self._notice.fields[field].heading,
        )

    def _check_identity(
        self, values: dict[str, Json], row: int, id_valid: bool, problems: list[Problem]
    ) -> None:
        number, birth = values.get("id_number"), values.get("birth_date")
        if (
            number is None
            and "id_number" in self._form.required
            and self._find_cell("id_number", row) is None
        ):
            problems.append(self._problem("id-missing", "id_number", row))
        if id_valid and isinstance(number, str):
            identity = Identity(number)
            born, sex = identity.birth_date, identity.sex
            if birth is None:
                values["birth_date"] = born
            elif isinstance(birth, str) and is_iso(birth) and not born.startswith(birth):
                problems.append(self._problem("id-birth-mismatch", "birth_date", row, birth))
            written = values.setdefault("sex", sex)
            if written != sex and written in ("男", "女"):
                problems.append(self._problem("id-sex-mismatch", "sex", row, str(written)))
            birth = born
        if self._form.age_checked and isinstance(birth, str) and is_iso(birth):
            youngest, oldest = self._youngest, self._oldest
            if (
                birth[:7] > youngest[:7]
                or birth > youngest
                or (birth < oldest and birth[:7] != oldest[: len(birth)])
            ):
                field = "birth_date" if self._find_cell("birth_date", row) else "id_number"
                problems.append(self._problem("age-out-of-range", field, row, birth))

    def _check_repetition(self, values: Mapping[str, Json], row: int, problems: list[Problem]) -> None:
        number, name = values.get("id_number"), values.get("name")
        if not number and not name:
            return
        student = str(number or f"{name}|{values.get('birth_date')}|{values.get('guardian')}")
        first = self._first_row_by_student.setdefault(student, row)
        if first != row and self._form.role != "visits":  # forms about persuasion visits have a row a visit
            problems.append(self._problem("duplicate-in-file", "name", row, str(first)))

    def _check_dates(self, values: Mapping[str, Json], row: int, problems: list[Problem]) -> None:
        for earlier, later in _DATE_ORDER:
            after, before = values.get(later), values.get(earlier)
            if (
                isinstance(after, str)
                and isinstance(before, str)
                and is_iso(before)
                and is_iso(after)
                and after[: len(before)] < before[: len(after)]
            ):
                fields = self._notice.fields
                told = f"{fields[earlier].heading}{before},{fields[later].heading}{after}"
                problems.append(self._problem("date-order", later, row, told))
