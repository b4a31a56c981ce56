"""Finds likely mistakes in a notice that is valid: what its writer probably did not mean."""

import re
from collections.abc import Iterator
from datetime import date

from config.notice.notice import Notice
from config.notice.notice_faults import NoticeFault, find_line
from config.notice.notice_in_words import MEANING_WORDS, ROLE_WORDS, BaseNotice
from config.notice.sections.form_specs import FormSpec
from config.notice.sections.vocabulary import Meaning
from config.text.text_folding import fold_text

_YEAR = re.compile("(?<![0-9])20[0-9]{2}(?![0-9])")
_OUT_OF_SCHOOL: tuple[Meaning, ...] = ("out", "suspected")
_OLDEST, _YOUNGEST = 20, 3
"""The highest and the lowest age in years at which a child can have to be in school."""


_Found = tuple[tuple[str, ...], str]
"""The words by which the line is found, and the doubt about it."""


def doubts_about(notice: Notice, base: BaseNotice | None = None, text: str = "") -> tuple[str, ...]:
    """Returns the likely mistakes; with ``base``, also what the notice takes from it and should probably state itself.

    Args:
        text: the notice's own file; where it is given, each doubt names its line.
    """
    found = [*_left_as_they_were(notice, base.notice)] if base is not None else []
    for form in notice.forms:
        found += _of_form(form, notice)
    found += (
        *_alike(notice),
        *_of_statuses(notice),
        *_of_visits(notice),
        *_of_years(notice),
        *_against_usual(notice),
    )
    return tuple(
        NoticeFault(line=find_line(text, *words), message=message).sentence
        for words, message in dict.fromkeys(found)
    )


def _of_form(form: FormSpec, notice: Notice) -> Iterator[_Found]:
    key = form.key
    if "role" not in form.model_fields_set:
        yield (key,), f"{key}没有写 role,只收存、不作判断:请写明 {'、'.join(ROLE_WORDS)} 之一"
    for kind in form.senders:
        if kind not in notice.units.kinds:
            yield (
                (key, kind),
                f"{key}的 sender“{kind}”不在 [units.kinds] 里:请改正,或在 [units.kinds] 里加上",
            )
    yield from _of_days(form, notice)
    if form.trigger is not None and notice.form(form.trigger.form).role != "register":
        yield (
            (key, "trigger"),
            f"{key}的 trigger 指向{form.trigger.form},它不是台账(register),{key}不会有人要报:请改正",
        )
    if (
        form.role == "register"
        and notice.persuasion.absent_days is not None
        and not {"since", "absent_days"}.intersection(form.fields)
        and ("status" not in form.fields or notice.meant("status", "suspected"))
    ):
        yield (
            (key, "fields"),
            f"{key}没有 since(起始日)或 absent_days(缺勤天数)一列,其中疑似的学生不等满{notice.persuasion.absent_days}天,"
            "当天就立个案",
        )
    if form.role == "register" and "status" not in {*form.fields, *form.implied}:
        yield (key, "fields"), f"{key}是台账,却没有 status(类别)一列:其中的学生都要人判断"
    yield from _of_columns(form, notice)
    if form.stages and "school" not in form.senders:
        yield (key, "stages"), f"{key}写了 stages,却不向学校(school)收:请删去 stages,或改正 senders"
    if not form.title_patterns:
        yield (key,), f"{key}没有 title_patterns,认不出标题是它的表:请写上标题里的话"


def _of_days(form: FormSpec, notice: Notice) -> Iterator[_Found]:
    """Yields due days on which nobody can report or has to report."""
    key, due = form.key, form.due
    if form.owed and form.trigger is None and due is None and not form.repeats:
        yield (key,), f"{key}要报,却没有写 due,不会催报:请写上日期或“每月25日”"
    if due is not None and not form.owed:
        yield (key, "due"), f"{key}写了 due,又写着不要求报:请删去 due,或写 owed = true"
    if form.owed and due is not None and due < notice.opened:
        yield (
            (key, "due"),
            f"{key}应于{due}前报,早于 opened({notice.opened}),没有单位来得及:"
            '请改 due\uff1b是原来那份通知的附件、这里不要的,写 base = "removed" 去掉',
        )
    for moment in form.dates:
        if word := _out_of_semester(notice, moment.date()):
            yield (key, "due"), f"{key}的 due 里有{moment.date()},{word}:请改正"
    if form.owed and due is not None and notice.closed is not None and due > notice.closed:
        yield (key, "due"), f"{key}应于{due}前报,{_out_of_semester(notice, due)}:请改正"
    if form.proof_until is not None and not form.proof_every:
        yield (
            (key, "proof_until"),
            f"{key}写了 proof_until,却没有写 proof_every = true,不会要证明:请补上,或删去 proof_until",
        )
    if form.proof_until is not None and form.proof_until < notice.opened:
        yield (
            (key, "proof_until"),
            f"{key}的 proof_until({form.proof_until})早于 opened({notice.opened}):请改正",
        )


def _of_statuses(notice: Notice) -> Iterator[_Found]:
    status = notice.vocabularies.get("status")
    silent = [value for value in status.values if status.meaning(value) == "unknown"] if status else []
    if silent:
        yield (
            ("vocabularies", "status", silent[0]),
            f"类别“{'”“'.join(silent)}”没有写含义:请在 [vocabularies.status] 的 meanings 里写明,否则要人逐个判断",
        )


def _of_visits(notice: Notice) -> Iterator[_Found]:
    """Yields statuses of children out of school for whom no persuasion visits are required."""
    left_out = sorted(notice.meant("status", "out") - set(notice.persuasion.statuses))
    if left_out and notice.persuasion.statuses:
        yield (
            ("persuasion", "statuses"),
            f"类别“{'”“'.join(left_out)}”也是失学辍学,却不在 persuasion 的 statuses 里,不会催劝返:请加上,或改 meanings",
        )


def _out_of_semester(notice: Notice, day: date) -> str:
    if day < notice.opened:
        return f"早于 opened({notice.opened})"
    return f"晚于 closed({notice.closed})" if notice.closed is not None and day > notice.closed else ""


def _left_as_they_were(notice: Notice, base: Notice) -> Iterator[_Found]:
    """Yields values of another semester or county that an extending notice cannot have meant to keep."""
    if notice.id == base.id:
        yield ("id",), f"id 与“{base.title}”的相同({base.id}):请另写一个,一个库里不能用两次"
    if notice.opened == base.opened and notice.period_words != base.period_words:
        yield ("opened",), f"opened 沿用了“{base.title}”的{base.opened}:请写本学期的第一天"
    if notice.office == base.office and notice.county_words != base.county_words:
        yield ("office",), f"office 沿用了“{base.title}”的{base.office}:请写本县的"
    if notice.office != base.office and notice.county_words == base.county_words:
        yield (
            ("county_words",),
            f"county_words 没有写,沿用着“{base.office}”的{'、'.join(base.county_words)}:请写上本县的,"
            "否则本县的地址和学校都算县外",
        )
    if notice.opened != base.opened and notice.period_words == base.period_words:
        yield (
            ("period_words",),
            f"period_words 没有写,沿用着“{base.title}”的{'、'.join(base.period_words)}:请写上本学期的,"
            "否则本学期的表会被当成别的学期",
        )
    year = base.ages.school_year
    if notice.ages == base.ages and year(notice.opened) != year(base.opened):
        yield (
            ("ages",),
            f"ages 沿用了“{base.title}”的({base.ages.born_from}至{base.ages.born_to}),不是本学年的:"
            "请写 born_from 和 born_to",
        )


def _of_years(notice: Notice) -> Iterator[_Found]:
    """Yields period words that name years, none of which belongs to this semester."""
    years = {notice.opened.year, *([notice.closed.year] if notice.closed is not None else [])}
    named = [set(map(int, _YEAR.findall(word))) for word in notice.period_words]
    if all(named) and not any(of_word & years for of_word in named):
        yield (
            ("period_words",),
            f"period_words 写的是{'、'.join(notice.period_words)},opened 却是{notice.opened}:请核对年份,"
            "否则本学期的表会被当成别的学期",
        )


def _against_usual(notice: Notice) -> Iterator[_Found]:
    """Yields statuses whose name usually means a child out of school, and that the notice gives a milder meaning."""
    usual = {word: meaning for meaning, words in notice.usual_meanings.items() for word in words}
    vocabulary = notice.vocabularies.get("status")
    for value in vocabulary.values if vocabulary is not None else ():
        meaning = notice.meaning("status", value)
        if usual.get(value) in _OUT_OF_SCHOOL and meaning not in {*_OUT_OF_SCHOOL, "unknown"}:
            yield (
                ("vocabularies", "status", "meanings", value),
                f"类别“{value}”通常是“{MEANING_WORDS[usual[value]]}”,这里写成了 {meaning}(“{MEANING_WORDS[meaning]}”):"
                "请核对,写错了会漏掉学生",
            )


def _of_columns(form: FormSpec, notice: Notice) -> Iterator[_Found]:
    """Yields missing columns that a form of this role needs, and headings that two columns share."""
    fields = set(form.fields)
    if form.role in ("roll", "register", "visits", "compare") and "name" not in fields:
        yield (
            (form.key, "fields"),
            f"{form.key}是{ROLE_WORDS[form.role].partition(':')[0]},却没有 name(姓名)一列:请加进 fields",
        )
    if form.role == "compare" and "id_number" not in fields:
        yield (form.key, "fields"), f"{form.key}没有 id_number(身份证号)一列,只凭姓名找不准学生:请加进 fields"
    if form.role == "visits" and not fields & {"visits", "visits_made", "outcome"}:
        yield (form.key, "fields"), f"{form.key}是劝返记录,却没有 visits(各次劝返)一列:请加进 fields"
    if form.role == "counts" and not any(
        notice.fields[key].counts or notice.fields[key].counts_statuses for key in form.fields
    ):
        yield (
            (form.key, "fields"),
            f"{form.key}没有一列写 counts,各数只收存、不核对:请在 [fields] 里写明各列数的是哪些学生",
        )
    headed: dict[str, str] = {}
    for key in form.fields:
        heading = notice.fields[key].heading
        other = headed.setdefault(fold_text(heading), key)
        if other != key:
            yield (
                (form.key, "fields"),
                f"{form.key}的 {other} 和 {key} 的表头都是“{heading}”,分不开:请改正一处",
            )
    for key in form.fields:
        for word in notice.fields[key].synonyms:
            other = headed.get(fold_text(word), key)
            if other != key:
                yield (
                    ("fields", key, word),
                    f"{key} 也叫“{word}”,那是 {other} 的表头,分不开:请删去一处",
                )


def _alike(notice: Notice) -> Iterator[_Found]:
    """Yields titles, patterns or columns that two forms share, so that a file cannot be assigned to one of them."""
    of: dict[str, str] = {}
    for form in notice.forms:
        for pattern in form.title_patterns:
            other = of.setdefault(pattern, form.key)
            if other != form.key:
                yield (
                    (form.key, "title_patterns"),
                    f"{other}和{form.key}的 title_patterns 里都有“{pattern}”,分不开:请写各自标题才有的话",
                )
    youngest, oldest = notice.ages.years_on(notice.opened)
    if oldest > _OLDEST or youngest < _YOUNGEST:
        yield ("ages",), f"ages 写的是{youngest}至{oldest}岁:请核对 born_from 和 born_to 的年份"
