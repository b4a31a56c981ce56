"""Decides what a file without forms is: empty, a proof, the notice itself, a child's work file, or unreadable."""

import re
from dataclasses import replace

from config.notice import Notice
from config.text.document_words import TABLE_NAMES
from parsers.formats.damage import Damage, explain_unreadable, find_damage
from parsers.formats.openers import SPREADSHEETS
from parsers.formats.sniff import describe_unsupported, holds_pictures
from parsers.formats.workbook import Workbook
from parsers.forms.served_notices import is_served_notice
from parsers.forms.sheets.workbook_content import WorkbookContent
from parsers.outcomes.file_to_read import FileToRead
from parsers.outcomes.pictures import decide_picture
from parsers.outcomes.proof_names import is_certificate, is_named_as_form, is_named_as_proof
from parsers.outcomes.workbook_texts import (
    MIN_LISTED,
    count_identity_numbers,
    distinct_texts,
    find_telling_sentences,
    text_of,
)
from parsers.records import FileKind, ParsedFile

_LOCKED_REASON = "文件加了密码,打不开:请对方去掉密码后重发"
_EMPTY_REASON = "文件里什么也没有填:请对方检查后重发"
_POSSIBLE_PROOF_KINDS = frozenset(
    {FileKind.DOCX, FileKind.DOC, FileKind.RTF, FileKind.PDF, FileKind.TEXT, FileKind.HTML}
)


def decide_unreadable_kind(file: FileToRead) -> ParsedFile:
    """Returns the result for kinds that cannot be read: pictures are proofs, the rest is quarantined."""
    if file.kind is FileKind.IMAGE:
        return decide_picture(file)
    if file.kind is FileKind.EMPTY:
        size = "附件里只有空白,没有内容" if file.data else "附件是空的(0字节)"
        return file.quarantined("unreadable", f"{size}:请对方重发")
    if file.kind is FileKind.ENCRYPTED:
        return decide_locked(file)
    if find_damage(file.data) is Damage.CUT_OFF:
        return file.quarantined("unreadable", explain_unreadable(file.data, file.kind))
    what = describe_unsupported(file.data)
    reason = f"这是{what},不能自动读取" if what else "认不出是哪种文件,没有读取"
    return file.quarantined("unsupported", f"{reason}:请人工查看,或请对方发Excel电子表")


def decide_locked(file: FileToRead) -> ParsedFile:
    """Returns the result for a file with a password that nobody gave."""
    return file.quarantined("encrypted", _LOCKED_REASON)


def decide_empty(file: FileToRead) -> ParsedFile:
    """Returns the result for a file without text: photographs in a document, or nothing at all."""
    return decide_picture(file) if holds_pictures(file.data) else file.quarantined("no-table", _EMPTY_REASON)


def decide_without_table(file: FileToRead) -> ParsedFile:
    """Returns the result for a document without a form: a proof by its name, the notice itself, or quarantined."""
    name, notice = file.name, file.notice
    if file.kind in _POSSIBLE_PROOF_KINDS:
        if is_named_as_proof(name, notice):
            return ParsedFile(kind=file.kind, outcome="evidence", form_hint=file.form_by_name)
        if (
            re.search(notice.wording.notice_titles, name)
            and not is_named_as_form(name, notice)
            and not is_served_notice([name], notice)
        ):
            return ParsedFile(kind=file.kind, outcome="ignored", reason="从文件名看是通知本身,不是报送的表格")
    return file.quarantined("no-table", "没有找到可读的表格:请人工查看,或请对方发Excel电子表")


def decide_without_forms(file: FileToRead, content: WorkbookContent, workbook: Workbook) -> ParsedFile | None:
    """Returns the result for a file without forms that is empty, material or a child's work file; else None."""
    notice, kind = file.notice, file.kind
    if not (content.unrecognised_sheets or content.blank_forms):
        if kind in SPREADSHEETS and not any(any(sheet.rows) for sheet in workbook.sheets):
            return decide_empty(file)
        if kind in _POSSIBLE_PROOF_KINDS and (
            not content.count_sheets or is_named_as_proof(file.name, notice)
        ):
            decided = (
                decide_without_table(file)
                if not content.left_over or is_certificate(file.name, notice)
                else file.quarantined(
                    "left-over",
                    f"没有表,但文中说到学生(“{content.left_over[0].text}”):请人工查看,需要登记的请对方填表报送",
                )
            )
            text = text_of(workbook) if decided.outcome == "evidence" else ""
            return replace(decided, telling=find_telling_sentences(workbook, notice), text=text)
    if _is_work_file(workbook, file.name, notice) or (
        kind in _POSSIBLE_PROOF_KINDS and _is_certificate_of_one(workbook, file.name, notice)
    ):
        telling = find_telling_sentences(workbook, notice)
        return ParsedFile(kind=kind, outcome="evidence", telling=telling, text=text_of(workbook))
    return None


def _is_work_file(workbook: Workbook, file_name: str, notice: Notice) -> bool:
    """Returns whether a file is a child's work file (一生一案) by its name, and holds no list of children."""
    listed = any(word in file_name for word in TABLE_NAMES)
    if listed or not any(word in file_name for word in notice.work_file_words):
        return False
    return count_identity_numbers("\n".join(distinct_texts(workbook))) < MIN_LISTED


def _is_certificate_of_one(workbook: Workbook, file_name: str, notice: Notice) -> bool:
    """Returns whether a document is a proof by its name, with labels of one child (姓名:, 身份证号:) and no list."""
    if not is_certificate(file_name, notice) or any(word in file_name for word in TABLE_NAMES):
        return False
    return count_identity_numbers("\n".join(distinct_texts(workbook))) == 1
