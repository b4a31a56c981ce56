"""Checks that a notice refers only to columns, values and forms that it defines."""

from collections.abc import Collection, Iterator
from typing import get_args

from config.notice.notice import Notice
from config.notice.notice_faults import NoticeFault, find_line, suggest_word
from config.notice.sections.form_specs import FormSpec, Role


def find_wrong_references(
    notice: Notice, text: str, *, extends: bool, stages: Collection[str]
) -> tuple[NoticeFault, ...]:
    """Returns every mistake, with its line in ``text``, the notice's own file.

    Args:
        extends: the notice extends another and states only what differs.
        stages: those that schools of a roster have.
    """
    found = [(words, message) for form in notice.forms for words, message in _of_form(form, notice, extends)]
    found += _left_blank(notice)
    found += _of_stages(notice, stages)
    found += _of_fields(notice)
    found += _of_ages(notice)
    found += _of_values(notice)
    found += _of_kinds(notice)
    return tuple(NoticeFault(line=find_line(text, *words), message=message) for words, message in found)


_Found = tuple[tuple[str, ...], str]
"""The words by which the line is found, and the mistake in it."""


def _left_blank(notice: Notice) -> Iterator[_Found]:
    """Yields empty texts that would head or sign every mail and page."""
    for key in ("id", "title", "office"):
        if not getattr(notice, key).strip():
            yield (key,), f"{key} 是空的:请写上"


def _of_form(form: FormSpec, notice: Notice, extends: bool) -> Iterator[_Found]:
    if not extends and "role" not in form.model_fields_set:
        yield (form.key,), f"{form.key} 没有写 role,请写明 {'、'.join(get_args(Role))} 之一"
    named = {
        "fields": form.fields,
        "required": form.required,
        "template": form.template,
        "columns": form.columns,
        "fingerprint": form.fingerprint,
        "headings": tuple(form.headings),
        "implied": tuple(form.implied),
        "parts": tuple(field for part in form.parts for field in part.fields),
    }
    for key, fields in named.items():
        for field in fields:
            if field not in notice.fields:
                yield (
                    (form.key, key, field),
                    f"{form.key} 的 {key} 用了未定义的字段 {field},请在 [fields] 中补上{suggest_word(field, notice.fields)}",
                )
    for field in form.template:
        if field in notice.fields and field not in form.fields:
            yield (
                (form.key, "template", field),
                f"{form.key} 的 template 里的“{field}”不在它的 fields 里:请改正{suggest_word(field, form.fields)}",
            )
    for key, fields in {"required": form.required, "columns": form.columns}.items():
        for field in fields:
            if field in notice.fields and form.fields and field not in form.fields:
                yield (
                    (form.key, key, field),
                    f"{form.key} 的 {key} 里的 {field} 不在它的 fields 里:请加进 fields,或从 {key} 删去",
                )
    if form.unit_field is not None and form.unit_field not in form.fields:
        yield (
            (form.key, "unit_field"),
            f"{form.key} 的 unit_field“{form.unit_field}”不在它的 fields 里:请改正{suggest_word(form.unit_field, form.fields)}",
        )
    for key, value in form.implied.items():
        spec = notice.fields.get(key)
        allowed = notice.vocabularies.get(spec.choices or "") if spec is not None else None
        if allowed is not None and value not in allowed.values:
            yield (
                (form.key, "implied", value),
                f"{form.key} 的 implied 里“{value}”不是 {key} 的值,只能是 {'、'.join(allowed.values)}",
            )
    if form.trigger and form.trigger.form not in notice.by_key:
        yield (
            (form.key, "trigger"),
            f"{form.key} 的 trigger 指向不存在的 {form.trigger.form}{suggest_word(form.trigger.form, notice.by_key)}",
        )


def _of_fields(notice: Notice) -> Iterator[_Found]:
    for key, spec in notice.fields.items():
        if spec.kind in ("choice", "choices") and spec.choices not in notice.vocabularies:
            yield (
                ("fields", key, "choices"),
                f"字段 {key} 的词表 {spec.choices} 不存在,请在 [vocabularies] 中补上",
            )

        if (spec.counts or spec.counts_statuses) and spec.kind != "int":
            yield (
                ("fields", key),
                f'字段 {key}(“{spec.heading}”)是要核对的人数,却不是数:请写 kind = "int"',
            )


def _of_ages(notice: Notice) -> Iterator[_Found]:
    if notice.ages.born_from > notice.ages.born_to:
        yield (
            ("ages", "born_from"),
            f"ages 的 born_from({notice.ages.born_from})晚于 born_to({notice.ages.born_to}),没有一名学生在年龄内:请对调",
        )


def _of_values(notice: Notice) -> Iterator[_Found]:
    """Yields values that a rule names and no vocabulary has; such a rule would never apply."""
    leave, rolls = notice.leave, notice.rolls
    named: list[tuple[tuple[str, ...], str, Collection[str]]] = [
        (("leave", "months"), "status", leave.months),
        (("leave", "lasting"), "status", leave.lasting),
        (("leave", "next_steps"), "status", leave.next_steps),
        (("leave", "late_entry"), "status", [leave.late_entry] if leave.late_entry else []),
        (("rolls", "lists"), "attendance_mode", rolls.lists),
        (("rolls", "paired"), "household_category", rolls.paired),
        (("rolls", "later_stages"), "stage", rolls.later_stages),
        (("rolls", "preschool_stages"), "stage", rolls.preschool_stages),
    ]
    for form in notice.forms:
        named.append(((form.key, "proof_statuses"), "status", form.proof_statuses))
        if form.trigger is not None:
            named.append(((form.key, "trigger"), "status", form.trigger.statuses))
    for place, column, values in named:
        known = notice.known(column)
        for value in values:
            if known and value not in known:
                where = " ".join(place)
                yield (
                    (*place, value),
                    f"{where} 里的“{value}”不在 vocabularies.{column} 的值里:请改正或删去{suggest_word(value, known)}",
                )


def _of_stages(notice: Notice, known: Collection[str]) -> Iterator[_Found]:
    """Yields stages that no school can have; no school would owe such a form."""
    for form in notice.forms:
        for stage in form.stages:
            if stage not in known:
                yield (
                    (form.key, "stages", stage),
                    f"{form.key} 的 stages 里的“{stage}”不认识,只能是 {'、'.join(known)}",
                )


def _of_kinds(notice: Notice) -> Iterator[_Found]:
    for kind in notice.deduction:
        if kind not in notice.units.kinds and kind != "per_day":
            yield (
                ("deduction", kind),
                f"deduction 里的“{kind}”不是单位的类别,扣不到任何单位:请改正,或在 [units.kinds] 里加上"
                f"{suggest_word(kind, notice.units.kinds)}",
            )
