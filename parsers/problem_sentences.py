"""Builds problems found while reading, with a Chinese sentence: what is wrong, and what to do."""

from config.problem_codes import Severity, problem_code
from config.records.record import Problem
from config.text.quoted_values import shorten_quoted


def make_problem(
    code: str,
    *,
    severity: Severity | None = None,
    sheet: str | None = None,
    row: int | None = None,
    cell: str | None = None,
    field: str | None = None,
    value: str | None = None,
    **words: str,
) -> Problem:
    """Returns one problem, its sentence filled in from the catalogue (``config/problem_codes.py``).

    Raises:
        KeyError: the code is not in the catalogue.
    """
    listed = problem_code(code)
    return Problem(
        code=code,
        severity=severity or listed.severity,
        message=listed.sentence.format_map(
            {"value": shorten_quoted(value or ""), "field": field, "heading": field, "cell": cell, **words}
        ),
        sheet=sheet,
        row=row,
        cell=cell,
        field=field,
        value=value,
    )
