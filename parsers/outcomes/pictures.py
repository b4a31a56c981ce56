"""Decides what a photograph or scan is: a proof, or a form that a person enters."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from config.notice import Notice
from config.text.text_folding import clean_text
from parsers.forms.classify import find_form_by_title
from parsers.forms.left_over.child_sentences import find_child_sentences
from parsers.outcomes.file_to_read import FileToRead
from parsers.outcomes.proof_names import (
    is_named_as_form,
    is_named_as_letter,
    is_named_as_proof,
    names_somebody,
)
from parsers.outcomes.workbook_texts import MIN_LISTED, count_identity_numbers
from parsers.records import FileKind, ParsedFile

_LABEL_LINE = 8
_NO_TIME_FOR_SCAN = "这封邮件的照片、扫描件太多或太大,这份没有来得及看内容(原件已存档,未丢失):请人工查看"


def decide_picture(file: FileToRead) -> ParsedFile:
    """Returns the result for a photograph or scan: a proof, unless its name or text suggests a form."""
    notice, kind, name = file.notice, file.kind, file.name
    is_proof = is_named_as_proof(name, notice) or is_named_as_letter(name, notice)
    # A name that says whose proof it is needs no second opinion, and reading pictures is slow.
    read = () if is_proof and names_somebody(name, notice) else file.read_scan(file.data, kind)
    if read is None and not is_proof:
        return file.quarantined("too-large", _NO_TIME_FOR_SCAN)
    lines = tuple(map(clean_text, read or ()))
    form, text = _find_form_in_lines(lines, notice), "\n".join(lines)
    students = count_identity_numbers(text)
    telling = _find_told_children(text, form, notice)
    medium = "照片" if kind is FileKind.IMAGE else "扫描的PDF"
    if students >= MIN_LISTED or (form is not None and not is_proof):
        count = f",看来有{students}名学生" if students else ""
        reason = f"{medium}里是{form or '一张学生名单'}{count}:请人工登记,或请对方发Excel电子表"
        return replace(file.quarantined("scanned-only", reason, form), text=text, telling=telling)
    if is_proof or (kind is FileKind.IMAGE and not is_named_as_form(name, notice)):
        return ParsedFile(
            kind=kind, outcome="evidence", form_hint=file.form_by_name, text=text, telling=telling
        )
    only = f"表格只来了{medium}" if kind in (FileKind.IMAGE, FileKind.PDF) else "文件里只有图片"
    reason = f"{only},读不出内容:请人工登记,或请对方发Excel电子表"
    return replace(file.quarantined("scanned-only", reason, form), text=text, telling=telling)


def _find_told_children(text: str, form: str | None, notice: Notice) -> tuple[str, ...]:
    """Returns the sentences of a picture that mention a child out of school; children of a roll count as in school."""
    on_roll = form is not None and notice.form(form).role == "roll"
    return tuple(
        sentence.text
        for sentence in find_child_sentences(text, notice)
        if not on_roll or sentence.names or any(word in sentence.text for word in notice.absence_words)
    )


def _find_form_in_lines(lines: Sequence[str], notice: Notice) -> str | None:
    """Returns the form named by a title, which may span two lines, or by a line that is just 附件4."""
    over_two = [first + second for first, second in pairwise(lines)]
    labels = [label for line in lines[:5] if len(line) <= _LABEL_LINE for label in notice.labels.find(line)]
    return find_form_by_title((*lines, *over_two), notice) or next(iter(labels), None)
