"""Defines one row of a form and one problem; a row has this type from its reader to the judgement."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from config.identity_numbers import valid_id_number
from config.problem_codes import Severity, problem_code

ROW_MARK = "row_mark"
"""The key of a row's values under which a form that we made names the recorded row that it was filled with."""
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong with a file or a row, where it is, and what a person should do.

    Raises:
        KeyError: ``code`` is not in the catalogue.
    """

    code: str
    severity: Severity
    message: str
    sheet: str | None = None
    row: int | None = None
    cell: str | None = None
    field: str | None = None
    value: str | None = None

    def __post_init__(self) -> None:
        problem_code(self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One student row: normalised values by key, with its place (row as the sheet shows it)."""

    sheet: str
    row: int
    values: dict[str, Json]
    problems: tuple[Problem, ...] = ()


def student_key(values: Mapping[str, object], codes: Collection[str]) -> str | None:
    """Returns what identifies a row's student: the sound number, else ``name|birth date``; None for neither.

    Args:
        codes: those of the row's problems.
    """
    number = valid_id_number(values, codes)
    if number is not None:
        return number
    name = values.get("name")
    return f"{name}|{values.get('birth_date') or ''}" if name else None
