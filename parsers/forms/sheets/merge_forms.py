"""Merges the forms of a workbook into one submission per unit, without sheets of another semester."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from config.notice import Notice
from config.records.row_block import RowBlock
from parsers.forms.merge_rows import merge_by_student
from parsers.problem_sentences import make_problem
from parsers.records import ParsedForm


def merge_by_unit(forms: Sequence[ParsedForm], notice: Notice) -> list[ParsedForm]:
    """Returns the forms with tables on one student each, and letters beside them, merged into one form.

    The merged form has one record a student.
    """
    merged: dict[tuple[str, str | None], ParsedForm] = {}
    others: list[ParsedForm] = []
    for form in forms:
        if notice.form(form.form).role != "visits":
            others.append(form)
            continue
        same = next(
            (
                key
                for key in merged
                if key[0] == form.form and (key[1] == form.stated_unit or None in (key[1], form.stated_unit))
            ),
            None,
        )
        if same is None:
            merged[form.form, form.stated_unit] = replace(
                form, rows=RowBlock.of(merge_by_student(form.records))
            )
            continue
        before = merged[same]
        merged[same] = replace(
            before,
            title=before.title or form.title,
            stated_unit=before.stated_unit or form.stated_unit,
            unit_values=tuple(
                sorted(
                    (Counter(dict(before.unit_values)) + Counter(dict(form.unit_values))).items(),
                    key=lambda i: (-i[1], i[0]),
                )
            ),
            nil=before.nil and form.nil,
            rows=RowBlock.of(merge_by_student((*before.records, *form.records))),
            problems=(*before.problems, *form.problems),
            signals=(*before.signals, *form.signals),
        )
    return [*others, *merged.values()]


def without_old_sheets(forms: Sequence[ParsedForm]) -> list[ParsedForm]:
    """Returns the forms without another semester's sheets, where this semester's are in the file too.

    A problem ``old-sheet`` on the remaining form names each sheet left out.
    """
    old = [form for form in forms if _is_of_other_period(form)]
    current = {form.form for form in forms if not _is_of_other_period(form)}
    result: list[ParsedForm] = []
    reported: set[str] = set()
    for form in forms:
        if form in old and form.form in current:
            continue
        left_behind = [other for other in old if other.form == form.form and form not in old]
        if left_behind and form.form not in reported:
            reported.add(form.form)
            problems = [
                make_problem("old-sheet", sheet=other.sheet, value=other.sheet) for other in left_behind
            ]
            form = replace(form, problems=(*form.problems, *problems))
        result.append(form)
    return result


def without_answered_conflicts(forms: Sequence[ParsedForm]) -> list[ParsedForm]:
    """Returns the forms without form-conflict problems over a name (附件2.xlsx) whose form is in the file too."""
    present = {form.form for form in forms}
    return [
        replace(
            form,
            problems=tuple(
                problem
                for problem in form.problems
                if problem.code != "form-conflict" or problem.value not in present
            ),
        )
        for form in forms
    ]


def _is_of_other_period(form: ParsedForm) -> bool:
    return any(problem.code == "other-period" for problem in form.problems)
