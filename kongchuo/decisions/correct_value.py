"""Corrects one value of one row: finds the row that a person names, parses the new value as a cell, returns the change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from config.answers.answer_words import QuestionKind
from config.errors import ConfigError
from config.identity_numbers import read_identity
from config.notice import FormSpec, Notice
from config.text.text_folding import clean_text
from kongchuo.decisions import decide
from kongchuo.decisions.decide import Decided, Desk
from ledger.officer_decisions import problem_id
from ledger.questions.answer_readings import Command
from ledger.results import Case
from ledger.snapshot import Snapshot
from parsers.fields.normalise import build_normalisers
from store.answers.overruled_values import CORRECT, OverruledValue, overrule, read_one, shown
from store.decisions import DecisionDraft, Step
from store.stored_values import (
    QuestionKey,
    StoredDecision,
    StoredQuestion,
    StoredRecord,
    StoredSubmission,
    submission_of,
)

_DAY_LENGTH = len("2012-03-04")


@dataclass(frozen=True, slots=True)
class Corrected:
    """The changes of a correction, and the number of the question by which it can be withdrawn."""

    decided: Decided
    question: int
    overridden: tuple[str, ...]
    """The people whose earlier answer this replaces."""


def correct_value(desk: Desk, command: Command, stored: StoredQuestion | None) -> Corrected:
    """Replaces a value of a row, until the unit sends another value.

    Args:
        stored: the question whose number names the row; None where the row is named in another way.

    Raises:
        ConfigError: no row or several rows match; there is no such column; the value does not fit the column.
    """
    rows = _find_rows(desk, command, stored)
    words = [_overrule(desk, row, command) for row in rows]
    if len({(one.field, shown(one.sent)) for one in words}) > 1:
        told = "、".join(
            f"{row.form}第{row.row}行是“{shown(one.sent)}”" for row, one in zip(rows, words, strict=True)
        )
        raise ConfigError(f"这名学生的几张表填得不一样:{told}。请写清改哪一行,如“改 单位 附件 第几行 …”")
    number = stored.number if stored is not None else _number_of(desk, words[0])
    before = [one for one in desk.in_force if one.question == number and _is_replaced(one, words)]
    before += [
        one
        for one in desk.in_force
        if one.kind == CORRECT and one not in before and one.subject in {word.subject for word in words}
    ]
    details = {word.subject: word.detail for word in words}
    if before and {one.subject: one.detail for one in before} == details:
        return Corrected(Decided((), "以前已经这样改过,没有重复"), number, ())
    steps: list[Step] = [decide.withdraw(one, "后来另有答复") for one in before]
    steps += [
        DecisionDraft(kind=CORRECT, subject=one.subject, why=command.why, detail=one.detail) for one in words
    ]
    one = words[0]
    where = "、".join(f"{row.unit}{row.form}第{row.row}行" for row in rows)
    sentence = f"{where}的{one.heading}{one.words};单位再报别的内容时,以新报的为准"
    names = tuple(filter(None, (one.name, str(one.value) if _is_name(desk, one) else "")))
    return Corrected(
        Decided(tuple(steps), sentence, names), number, tuple(dict.fromkeys(d.who for d in before))
    )


def _is_name(desk: Desk, word: OverruledValue) -> bool:
    return desk.office.notice.fields[word.field].kind == "name"


def _is_replaced(decision: StoredDecision, words: Sequence[OverruledValue]) -> bool:
    """Returns whether an earlier decision on the question is about the same value, or accepts the value as sent."""
    if decision.kind != CORRECT:
        return True
    return read_one(decision).field == words[0].field


def _number_of(desk: Desk, word: OverruledValue) -> int:
    """Returns the number by which a correction is withdrawn, where no question named the row."""
    key = QuestionKey(QuestionKind.VALUE, f"{CORRECT}|{word.subject}")
    desk.office.store.questions.number([(key, None)], datetime.now(UTC))
    return next(one.number for one in desk.office.store.questions.numbered() if one.key == key)


def _find_rows(desk: Desk, command: Command, stored: StoredQuestion | None) -> list[StoredRecord]:
    """Returns the matching rows, as they were sent."""
    if stored is not None:
        ids = _rows_of_question(desk, stored)
    elif command.row is not None:
        ids = _rows_at(desk, command)
    else:
        ids = _rows_of_case(desk, _find_case(desk, command.who))
    submissions = {submission_of(record) for record in ids}
    rows = [
        row for row in _as_sent(desk, lambda one: one.submission_id in submissions) if row.record_id in ids
    ]
    if not rows:
        raise ConfigError("没有找到这一行:请写“改 单位 附件 第几行 栏目 新的内容 依据”")
    with_column = [row for row in rows if _keys(desk.office.notice, _form(desk, row), command.heading)]
    if not with_column:
        raise ConfigError(f"{rows[0].form}没有“{command.heading}”这一栏")
    return with_column


def _as_sent(desk: Desk, is_meant: Callable[[StoredSubmission], bool]) -> Iterable[StoredRecord]:
    """Returns rows of the matching current submissions only, since a county has 100,000 rows."""
    snapshot = desk.judgements.across_notices.snapshot
    return snapshot.records_as_sent([one for one in _current(snapshot) if is_meant(one)])


def _current(snapshot: Snapshot) -> Iterable[StoredSubmission]:
    versions = (*snapshot.latest_versions.values(), *snapshot.current_versions.values())
    return {fact.submission_id: fact for facts in versions for fact in facts}.values()


def _rows_of_question(desk: Desk, stored: StoredQuestion) -> set[str]:
    match QuestionKind(stored.key.kind):
        case QuestionKind.VALUE:
            found = {
                one.record_id for one in desk.judgements.problems if problem_id(one) == stored.key.subject
            } - {None}
            return {str(one) for one in found} or _rows_of_earlier(desk, stored.number)
        case QuestionKind.CASE | QuestionKind.SUSPECTED:
            return _rows_of_case(desk, desk.find_case(stored.key.subject.partition("|")[0]))
    raise ConfigError(f"问{stored.number}不是关于一行内容的:请写“改 单位 附件 第几行 栏目 新的内容 依据”")


def _rows_of_earlier(desk: Desk, number: int) -> set[str]:
    """Returns the rows of which a value was corrected under this number before."""
    words = [read_one(one) for one in desk.in_force if one.question == number and one.kind == CORRECT]
    by_submission: dict[str, list[StoredRecord]] = {}
    meant = {(word.unit, word.form) for word in words}
    for row in _as_sent(desk, lambda one: (one.unit, one.form) in meant):
        by_submission.setdefault(row.submission_id, []).append(row)
    return {
        row.record_id
        for word in words
        for rows in by_submission.values()
        for row in word.find_rows([one for one in rows if (one.unit, one.form) == (word.unit, word.form)])
    }


def _rows_at(desk: Desk, command: Command) -> set[str]:
    snapshot = desk.judgements.across_notices.snapshot
    rows = [row for row in snapshot.current_rows(command.form or "", command.unit) if row.row == command.row]
    if len(rows) > 1:
        names = "、".join(dict.fromkeys(str(row.values.get("name") or row.sheet) for row in rows))
        raise ConfigError(
            f"{command.unit}{command.form}有{len(rows)}份表都有第{command.row}行({names}):请用问题编号或个案编号"
        )
    return {row.record_id for row in rows}


def _find_case(desk: Desk, who: str) -> Case:
    children = desk.judgements.across_notices
    named = [one for one in (*children.cases, *children.suspected) if one.name == who.replace(" ", "")]
    if len(named) > 1:
        raise ConfigError(f"有{len(named)}名学生叫“{who}”:请写个案编号")
    return named[0] if named else desk.find_case(who)


def _rows_of_case(desk: Desk, case: Case) -> set[str]:
    """Returns the current rows about a child."""
    snapshot = desk.judgements.across_notices.snapshot
    said = {(one.submission_id, one.form, one.row) for one in case.origins}
    submissions = {submission for submission, _, _ in said}
    sent = {(one.form, one.unit) for one in _current(snapshot) if one.submission_id in submissions}
    rows = (row for form, unit in sorted(sent) for row in snapshot.latest_rows(form, unit))
    return {row.record_id for row in rows if (row.submission_id, row.form, row.row) in said}


def _form(desk: Desk, row: StoredRecord) -> FormSpec:
    return desk.office.notice.form(row.form)


def _keys(notice: Notice, form: FormSpec, heading: str) -> list[str]:
    """Returns the keys of a form's columns with this heading: as their usual heading, or else as a synonym."""
    usual = [
        key for key in form.fields if heading in (notice.fields[key].heading, *form.headings.get(key, ()))
    ]
    return usual or [key for key in form.fields if heading in notice.fields[key].synonyms]


def _overrule(desk: Desk, row: StoredRecord, command: Command) -> OverruledValue:
    notice, form = desk.office.notice, _form(desk, row)
    keys = _keys(notice, form, command.heading)
    if len(keys) > 1:
        headings = "、".join(notice.fields[key].heading for key in keys)
        raise ConfigError(f"“{command.heading}”在{form.key}里可能是{headings}:请写栏目的全名")
    (key,) = keys
    spec = notice.fields[key]
    if spec.kind == "visits":
        raise ConfigError(f"“{command.heading}”里有多次劝返,不能只改一处:请单位改好原表再发一次")
    read = build_normalisers(notice, desk.office.unit_names)[key](clean_text(command.value).strip())
    problem = f"“{command.value}”不能作{spec.heading}"
    if read.value is None or read.problem_code is not None or read.implied:
        raise ConfigError(f"{problem}:请照表里的填法写")
    if spec.kind == "id" and read_identity(str(read.value)).fault is not None:
        raise ConfigError(f"{problem}:身份证号有误,请核对")
    if spec.kind in ("date", "period") and not _is_whole_day(str(read.value), command.value):
        raise ConfigError(f"{problem}:请写全年月日,如 2012-03-04")
    word = overrule(row, key, read.value, spec.heading)
    if word.sent == word.value:
        raise ConfigError(f"{row.form}第{row.row}行报的就是这个:以前改过的,请用“撤回”恢复原样")
    return word


def _is_whole_day(read: str, written: str) -> bool:
    """Returns whether a day is written with its year: a form may omit the year, an officer's correction may not."""
    return len(read) == _DAY_LENGTH and read[:4] in clean_text(written)
