"""One file's bytes into a :class:`FileReading`: the one door that a reading process goes through."""

import re
from collections.abc import Callable
from importlib import import_module
from weakref import WeakKeyDictionary

from config.notice import Notice
from config.units.unit_names import UnitNames
from parsers.formats.sniff import sniff
from parsers.formats.workbook import (
    LockedDocument,
    ScannedDocument,
    UnreadableWorkbook,
    Workbook,
    WorkbookTooLarge,
    read_workbook,
    read_workbook_second,
)
from parsers.forms.classify import by_words
from parsers.forms.sheet_reader import SheetReader, SheetsRead
from parsers.records import FileKind, FileReading

_FORM_WORDS = re.compile("附[件表]?\\s*[1-7一二三四五六七]|台账|摸排|登记表|记录表|统计表|报表|送达书")
_THE_NOTICE = re.compile("通知|控辍保学工作")
_READERS: WeakKeyDictionary[UnitNames, SheetReader] = WeakKeyDictionary()

Opener = Callable[[bytes], Workbook]


def _spreadsheet(kind: FileKind) -> Opener:
    def open_it(data: bytes) -> Workbook:
        try:
            return read_workbook(data, kind)
        except (UnreadableWorkbook, WorkbookTooLarge):  # a stray cell far below makes calamine's area huge
            return read_workbook_second(data, kind)

    return open_it


def _from(module: str, function: str) -> Opener:
    """A reader whose library is loaded when a file wants it: most days bring nothing but workbooks."""

    def open_it(data: bytes) -> Workbook:
        opener: Opener = getattr(import_module(module), function)
        return opener(data)

    return open_it


_OPENERS: dict[FileKind, Opener] = {
    **{kind: _spreadsheet(kind) for kind in (FileKind.XLSX, FileKind.XLS, FileKind.XLSB, FileKind.ODS)},
    FileKind.DOCX: _from("parsers.formats.word", "read_docx"),
    FileKind.DOC: _from("parsers.formats.doc", "read_doc"),
    FileKind.PDF: _from("parsers.formats.pdf", "read_pdf"),
    FileKind.TEXT: _from("parsers.formats.csv", "read_text"),
    FileKind.HTML: _from("parsers.formats.html", "read_html"),
    FileKind.XML_SHEET: _from("parsers.formats.html", "read_spreadsheet_xml"),
}


def read_table(data: bytes) -> Workbook:
    """A file that a person names, as plain sheets, whatever its suffix says.

    Raises:
        UnreadableWorkbook: it holds no table, or cannot be opened.
        WorkbookTooLarge: a sheet is beyond any table that a person types.
    """
    opener = _OPENERS.get(sniff(data))
    if opener is None:
        raise UnreadableWorkbook("not a table")
    return opener(data)


_MAY_BE_PROOF = frozenset({FileKind.DOCX, FileKind.DOC, FileKind.PDF, FileKind.TEXT, FileKind.HTML})


def read_file(
    data: bytes, name: str, subject: str, notice: Notice, names: UnitNames, *, second: bool = False
) -> FileReading:
    """All that a file holds. ``second`` reads it with the other library, after the first one failed.

    Raises:
        Exception: whatever a reader does with hostile bytes that it was not expected to do; the
            caller (:mod:`parsers.reader_pool`) answers for that.
    """
    kind = sniff(data)
    opener = _OPENERS.get(kind)
    if opener is None:
        return _other(kind, name, subject, notice)
    hint = by_words(name, notice) or by_words(subject, notice)
    try:
        book = read_workbook_second(data, kind) if second else opener(data)
    except WorkbookTooLarge:
        return _quarantined(kind, "too-large", "文件太大(行列或页数过多):请删去空白行列后重发", hint)
    except LockedDocument:
        return _quarantined(kind, "encrypted", "PDF加了密码,打不开:请对方去掉密码后重发", hint)
    except ScannedDocument:
        return _picture(kind, name, subject, notice)
    except UnreadableWorkbook:
        return _without_table(kind, name, subject, notice)
    reader = _READERS.get(names)
    if reader is None or reader.notice is not notice:
        reader = _READERS[names] = SheetReader(notice, names)
    found = reader.read(book, name, subject)
    if not (found.forms or found.unread or found.blank) and kind in _MAY_BE_PROOF:
        return _without_table(kind, name, subject, notice)
    return _judged(found, kind, name, notice)


def _without_table(kind: FileKind, name: str, subject: str, notice: Notice) -> FileReading:
    """A document without a form in it: a proof by its name, the notice itself, or something for a person."""
    hint = by_words(name, notice) or by_words(subject, notice)
    if kind in _MAY_BE_PROOF:
        if _is_proof(name, notice):
            return FileReading(kind=kind, outcome="evidence", form_hint=by_words(name, notice), reason=None)
        if _THE_NOTICE.search(name) and not _FORM_WORDS.search(name):
            return FileReading(kind=kind, outcome="ignored", reason="从文件名看是通知本身,不是报送的表格")
        return _quarantined(kind, "no-table", "没有找到可读的表格:请人工查看,或请对方发Excel电子表", hint)
    return _quarantined(kind, "unreadable", "表格已损坏,打不开:请对方用WPS打开另存后重发", hint)


def _is_proof(name: str, notice: Notice) -> bool:
    return any(word in name for word in notice.proof_words) and not _FORM_WORDS.search(name)


def _judged(found: SheetsRead, kind: FileKind, name: str, notice: Notice) -> FileReading:
    if found.forms:
        left = "、".join(found.unread)
        return FileReading(
            kind=kind,
            outcome="quarantined" if left else "forms",
            forms=found.forms,
            reason_code="unknown-form" if left else None,
            reason=f"工作表“{left}”里有学生,但认不出是哪张附件:请人工查看" if left else None,
        )
    if found.unread:
        return FileReading(
            kind=kind,
            outcome="quarantined",
            reason_code="unknown-form",
            reason="表里有学生,但认不出是哪张附件:请人工查看,必要时用 kongchuo assign 指定",
            form_hint=found.hint or by_words(name, notice),
            evidence=found.mentions,
        )
    if found.blank:
        return FileReading(
            kind=kind,
            outcome="ignored",
            reason_code="blank-template",
            reason=f"{'、'.join(dict.fromkeys(found.blank))}的空白模板:没有单位,也没有内容",
            form_hint=found.blank[0],
            evidence=found.mentions,
        )
    return FileReading(
        kind=kind,
        outcome="quarantined",
        reason_code="no-table",
        reason="没有找到可读的表格:请人工查看",
        form_hint=found.hint or by_words(name, notice),
        evidence=found.mentions,
    )


def _picture(kind: FileKind, name: str, subject: str, notice: Notice) -> FileReading:
    """A photograph or scan: a proof, unless its name says that it is a form."""
    proof = _is_proof(name, notice)
    if proof or (kind is FileKind.IMAGE and not _FORM_WORDS.search(name)):
        return FileReading(kind=kind, outcome="evidence", form_hint=by_words(name, notice), reason=None)
    what = "照片" if kind is FileKind.IMAGE else "扫描的PDF"
    hint = by_words(name, notice) or by_words(subject, notice)
    return _quarantined(
        kind, "scanned-only", f"表格只来了{what},读不出内容:请人工登记,或请对方发Excel电子表", hint
    )


def _other(kind: FileKind, name: str, subject: str, notice: Notice) -> FileReading:
    """Everything that nothing here reads: pictures are proofs, the rest is for a person."""
    hint = by_words(name, notice) or by_words(subject, notice)
    if kind is FileKind.IMAGE:
        return _picture(kind, name, subject, notice)
    if kind is FileKind.EMPTY:
        return _quarantined(kind, "unreadable", "附件是空的(0字节):请对方重发", hint)
    if kind is FileKind.ENCRYPTED:
        return _quarantined(kind, "encrypted", "文件加了密码,打不开:请对方去掉密码后重发", hint)
    return _quarantined(kind, "unsupported", "这种文件不能自动读取:请人工查看,或请对方发Excel电子表", hint)


def _quarantined(kind: FileKind, code: str, reason: str, hint: str | None) -> FileReading:
    return FileReading(kind=kind, outcome="quarantined", reason_code=code, reason=reason, form_hint=hint)
