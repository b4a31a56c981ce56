"""Reads one file's bytes into a :class:`ParsedFile`; the only function that a reader process calls."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from itertools import pairwise
from weakref import WeakKeyDictionary

from config.installation.extras import Extra, how_to_install
from config.notice import Notice
from config.records.record import Problem
from config.text.document_words import FORM_NAMES, TABLE_NAMES, without_names_by_programs
from config.text.text_folding import clean_text
from config.units.resolve_unit_names import UnitNames
from parsers.formats.clean_sheets import clean_workbook
from parsers.formats.damage import WITH_SECOND_READER, Damage, explain_unreadable, find_damage
from parsers.formats.filled_row_marks import RowMarks, take_row_marks
from parsers.formats.form_origin import FormOrigin, find_form_origin
from parsers.formats.sniff import describe_unsupported, holds_pictures, sniff
from parsers.formats.workbook import (
    EmptyDocument,
    LockedDocument,
    NoReaderInstalled,
    NoTable,
    ScannedDocument,
    UnreadableWorkbook,
    Workbook,
    WorkbookTooLarge,
)
from parsers.formats.workbooks.spreadsheets import read_workbook, read_workbook_fallback
from parsers.formats.workbooks.xls import declares_other_codepage
from parsers.forms.classify import find_form_by_title, find_form_by_words
from parsers.forms.left_over.account import LeftOver
from parsers.forms.left_over.child_sentences import find_child_sentences
from parsers.forms.left_over.numbering import find_numbering_gap
from parsers.forms.served_notices import is_served_notice
from parsers.forms.sheet_reader import SheetReader
from parsers.forms.sheet_rows import row_text
from parsers.forms.sheets.own_forms import apply_origin, apply_row_marks
from parsers.forms.sheets.workbook_content import WorkbookContent
from parsers.own_workbooks import day_of_unchanged
from parsers.problem_sentences import make_problem
from parsers.question_sheets import is_question_workbook, read_property_codes, read_question_rows
from parsers.reading_choices import NO_CHOICES, ReadingChoices
from parsers.records import FileKind, ParsedFile, ParsedForm
from parsers.scan_readers import ScanReader, TimedScanReader

_MIN_LISTED = 3  # a certificate may hold the child's number and a guardian's
_LABEL_LINE = 8
_IDENTITY_NUMBER = re.compile("(?<![0-9])[1-9][0-9]{16}[0-9Xx]")
_SHEET_READERS: WeakKeyDictionary[UnitNames, SheetReader] = WeakKeyDictionary()

WorkbookOpener = Callable[[bytes], Workbook]


def _make_spreadsheet_opener(kind: FileKind) -> WorkbookOpener:
    def open_workbook(data: bytes) -> Workbook:
        if kind is FileKind.XLS and declares_other_codepage(data):
            with suppress(UnreadableWorkbook):
                return read_workbook_fallback(data, kind)
        try:
            return read_workbook(data, kind)
        except UnreadableWorkbook:
            return read_workbook_fallback(data, kind)
        except WorkbookTooLarge:  # a stray cell far below makes calamine's area huge
            with suppress(UnreadableWorkbook):
                return read_workbook_fallback(data, kind)
            raise

    return open_workbook


def _make_lazy_opener(module: str, function: str) -> WorkbookOpener:
    """Returns a reader that imports its library on first use, because most files are workbooks."""

    def open_workbook(data: bytes) -> Workbook:
        opener: WorkbookOpener = getattr(import_module(module), function)
        return opener(data)

    return open_workbook


_SPREADSHEETS = frozenset({FileKind.XLSX, FileKind.XLS, FileKind.XLSB, FileKind.ODS})
_OPENERS: dict[FileKind, WorkbookOpener] = {
    **{kind: _make_spreadsheet_opener(kind) for kind in _SPREADSHEETS},
    FileKind.DOCX: _make_lazy_opener("parsers.formats.documents.docx", "read_docx"),
    FileKind.DOC: _make_lazy_opener("parsers.formats.documents.doc", "read_doc"),
    FileKind.RTF: _make_lazy_opener("parsers.formats.documents.rtf", "read_rtf"),
    FileKind.PDF: _make_lazy_opener("parsers.formats.documents.pdf", "read_pdf"),
    FileKind.TEXT: _make_lazy_opener("parsers.formats.csv", "read_text"),
    FileKind.HTML: _make_lazy_opener("parsers.formats.html", "read_html"),
    FileKind.XML_SHEET: _make_lazy_opener("parsers.formats.html", "read_spreadsheet_xml"),
}


def read_sheets(data: bytes) -> Workbook:
    """Returns a file named on the command line as plain sheets, whatever its suffix.

    Raises:
        UnreadableWorkbook: it holds no table, or cannot be opened.
        WorkbookTooLarge: a sheet is larger than any table that a person types.
    """
    opener = _OPENERS.get(sniff(data))
    if opener is None:
        raise UnreadableWorkbook("not a table")
    return clean_workbook(opener(data))


_COUNTS_REASON = "表里只有人数,没有学生名单:请人工查看,零报告也请对方按附件的模板报送"
_OWN_WORKBOOK_REASON = "本程序发出的工作簿,没有改动,原样转回:不重复登记,改好的请保存后再发"
_QUESTION_WORKBOOK_REASON = "简报的附表寄回:所填的按答复处理,不作为报送登记"
_NO_TIME_FOR_SCAN = "这封邮件的照片、扫描件太多或太大,这份没有来得及看内容(原件已存档,未丢失):请人工查看"
_NO_READER_REASON = (
    f"本机没有装读旧版Word(.doc、.wps)的部件:{how_to_install(Extra.DOC)},或 antiword、LibreOffice,再运行 kongchuo rerun;"
    "急用的请对方另存为.docx重发"
)
_LOCKED_REASON = "文件加了密码,打不开:请对方去掉密码后重发"
_EMPTY_REASON = "文件里什么也没有填:请对方检查后重发"
_POSSIBLE_PROOF_KINDS = frozenset(
    {FileKind.DOCX, FileKind.DOC, FileKind.RTF, FileKind.PDF, FileKind.TEXT, FileKind.HTML}
)


@dataclass(frozen=True, kw_only=True)
class _File:
    """A file to be read, with what its mail and people's decisions say about it."""

    data: bytes
    kind: FileKind
    name: str
    subject: str
    notice: Notice
    choices: ReadingChoices
    read_scan: ScanReader
    origin: FormOrigin | None = None
    """As which form of this notice this program made it."""

    @property
    def made_as(self) -> str | None:
        """The form whose template the file was made from; None if it was not made by this program."""
        return self.origin.form if self.origin is not None else None

    @cached_property
    def form_by_name(self) -> str | None:
        return find_form_by_words(self.name, self.notice)

    @cached_property
    def form_hint(self) -> str | None:
        """The form it was made as, or the one that its name or its mail's subject names."""
        return self.made_as or self.form_by_name or find_form_by_words(self.subject, self.notice)

    def quarantined(self, code: str, reason: str, form_hint: str | None = None) -> ParsedFile:
        """Returns the file as quarantined, so that a person decides on it."""
        return ParsedFile(
            kind=self.kind,
            outcome="quarantined",
            reason_code=code,
            reason=reason,
            form_hint=form_hint or self.form_hint,
        )


def read_file(
    data: bytes,
    file_name: str,
    subject: str,
    notice: Notice,
    names: UnitNames,
    choices: ReadingChoices = NO_CHOICES,
) -> ParsedFile:
    """Returns everything that a file holds.

    Raises:
        Exception: any error of a reader on hostile bytes; the caller (:mod:`parsers.reading.reader_pool`) handles it.
    """
    file = _File(
        data=data,
        kind=sniff(data),
        name=clean_text(file_name),
        subject=clean_text(subject),
        notice=notice,
        choices=choices,
        read_scan=choices.read_scan or TimedScanReader(),
    )
    if file.kind not in _OPENERS:
        return _decide_unreadable_kind(file)
    if _is_own_and_unchanged(file):
        return ParsedFile(kind=file.kind, outcome="ignored", reason=_OWN_WORKBOOK_REASON)
    file = replace(file, origin=_find_origin(file))
    workbook = _open(file)
    return workbook if isinstance(workbook, ParsedFile) else _read_workbook(file, workbook, names)


def _read_workbook(file: _File, workbook: Workbook, names: UnitNames) -> ParsedFile:
    """Returns the result for a file that was opened as sheets."""
    workbook, marks = take_row_marks(workbook)
    if file.choices.decided_form is None and is_question_workbook(workbook):
        return _read_answers(file, workbook)
    content = _read_content(file, workbook, names)
    if not content.forms and not file.choices.second_reader:
        content, marks = _look_again(file, workbook, names) or (content, marks)
    decided = _decide_without_forms(file, content, workbook) if not content.forms else None
    if decided is not None:
        return decided
    decided = _decide_outcome(file, content, workbook)
    if file.origin is not None and file.choices.decided_form is None:
        decided = apply_origin(decided, file.origin, workbook, file.notice)
    if marks:
        decided = apply_row_marks(decided, marks)
    if content.forms or content.blank_forms:
        return decided
    return replace(decided, telling=_find_telling_sentences(workbook, file.notice))


def _find_origin(file: _File) -> FormOrigin | None:
    """Returns what a file was made as by this program; None for another semester's, which is read by its content."""
    origin = find_form_origin(file.data, file.kind)
    if origin is None or origin.notice != file.notice.id or origin.form not in file.notice.by_key:
        return None
    return origin


def _is_own_and_unchanged(file: _File) -> bool:
    """Returns whether a file of ours came back unchanged; last semester's is excluded, since it may be sent on purpose."""
    if file.choices.decided_form is not None or file.kind not in (FileKind.XLSX, FileKind.DOCX):
        return False
    day = day_of_unchanged(file.data)
    return day is not None and day >= file.notice.first_mail_day


def _read_answers(file: _File, workbook: Workbook) -> ParsedFile:
    """Returns a digest's workbook with the questions that were answered in it."""
    return ParsedFile(
        kind=file.kind,
        outcome="ignored",
        reason=_QUESTION_WORKBOOK_REASON,
        question_rows=read_question_rows(workbook),
        reply_codes=read_property_codes(file.data) if file.kind is FileKind.XLSX else (),
    )


def _open(file: _File) -> Workbook | ParsedFile:
    """Returns a file's sheets, or the final result for a file without sheets."""
    try:
        if file.choices.second_reader:
            return clean_workbook(read_workbook_fallback(file.data, file.kind))
        return clean_workbook(_OPENERS[file.kind](file.data))
    except WorkbookTooLarge:
        return file.quarantined("too-large", "文件太大(行列或页数过多):请删去空白行列后重发")
    except LockedDocument:
        return file.quarantined("encrypted", _LOCKED_REASON)
    except ScannedDocument:
        return _decide_picture(file)
    except EmptyDocument:
        return _decide_empty(file)
    except NoTable:
        return _decide_without_table(file)
    except NoReaderInstalled:
        return file.quarantined("unsupported", _NO_READER_REASON)
    except UnreadableWorkbook:
        return file.quarantined("unreadable", explain_unreadable(file.data, file.kind))


def _read_content(file: _File, workbook: Workbook, names: UnitNames) -> WorkbookContent:
    reader = _get_sheet_reader(file.notice, names)
    return reader.read(workbook, file.name, file.subject, file.choices.decided_form, file.made_as)


def _look_again(file: _File, workbook: Workbook, names: UnitNames) -> tuple[WorkbookContent, RowMarks] | None:
    """Returns what the other library reads of a workbook without recognised forms; None if that is no more."""
    if file.kind not in WITH_SECOND_READER:
        return None
    with suppress(UnreadableWorkbook, WorkbookTooLarge):
        second, marks = take_row_marks(clean_workbook(read_workbook_fallback(file.data, file.kind)))
        if _texts(second) != _texts(workbook):
            content = _read_content(file, second, names)
            return (content, marks) if content.forms else None
    return None


def _decide_without_forms(file: _File, content: WorkbookContent, workbook: Workbook) -> ParsedFile | None:
    """Returns the result for a file without forms that is empty, material or a child's work file; else None."""
    notice, kind = file.notice, file.kind
    if not (content.unrecognised_sheets or content.blank_forms):
        if kind in _SPREADSHEETS and not any(any(sheet.rows) for sheet in workbook.sheets):
            return _decide_empty(file)
        if kind in _POSSIBLE_PROOF_KINDS and (
            not content.count_sheets or _is_named_as_proof(file.name, notice)
        ):
            decided = (
                _decide_without_table(file)
                if not content.left_over or _is_certificate(file.name, notice)
                else file.quarantined(
                    "left-over",
                    f"没有表,但文中说到学生(“{content.left_over[0].text}”):请人工查看,需要登记的请对方填表报送",
                )
            )
            text = _text_of(workbook) if decided.outcome == "evidence" else ""
            return replace(decided, telling=_find_telling_sentences(workbook, notice), text=text)
    if _is_work_file(workbook, file.name, notice) or (
        kind in _POSSIBLE_PROOF_KINDS and _is_certificate_of_one(workbook, file.name, notice)
    ):
        telling = _find_telling_sentences(workbook, notice)
        return ParsedFile(kind=kind, outcome="evidence", telling=telling, text=_text_of(workbook))
    return None


def _get_sheet_reader(notice: Notice, names: UnitNames) -> SheetReader:
    reader = _SHEET_READERS.get(names)
    if reader is None or reader.notice is not notice:
        reader = _SHEET_READERS[names] = SheetReader(notice, names)
    return reader


def _find_telling_sentences(workbook: Workbook, notice: Notice) -> tuple[str, ...]:
    return tuple(sentence.text for sentence in find_child_sentences(_text_of(workbook), notice))


def _text_of(workbook: Workbook) -> str:
    return "\n".join(row_text(row) for sheet in workbook.sheets for row in sheet.rows)


def _texts(workbook: Workbook) -> set[str]:
    """Returns the texts that a reader read; if two readers read the same, a second look is pointless."""
    return {
        cell.strip()
        for sheet in workbook.sheets
        for row in sheet.rows
        for cell in row
        if isinstance(cell, str) and cell.strip()
    }


def _decide_without_table(file: _File) -> ParsedFile:
    """Returns the result for a document without a form: a proof by its name, the notice itself, or quarantined."""
    name, notice = file.name, file.notice
    if file.kind in _POSSIBLE_PROOF_KINDS:
        if _is_named_as_proof(name, notice):
            return ParsedFile(kind=file.kind, outcome="evidence", form_hint=file.form_by_name)
        if (
            re.search(notice.wording.notice_titles, name)
            and not _is_named_as_form(name, notice)
            and not is_served_notice([name], notice)
        ):
            return ParsedFile(kind=file.kind, outcome="ignored", reason="从文件名看是通知本身,不是报送的表格")
    return file.quarantined("no-table", "没有找到可读的表格:请人工查看,或请对方发Excel电子表")


def _is_named_as_form(file_name: str, notice: Notice) -> bool:
    return any(word in file_name for word in FORM_NAMES) or notice.labels.stand_in(file_name)


def _is_named_as_proof(file_name: str, notice: Notice) -> bool:
    said = without_names_by_programs(file_name)
    return any(word in said for word in notice.proof_words) and not _is_named_as_form(file_name, notice)


def _is_named_as_letter(file_name: str, notice: Notice) -> bool:
    """Returns whether a name says that a picture is of a form's letter (送达书), which is signed on paper and holds no list."""
    letters = [form.parts[0] for form in notice.forms if form.parts]
    return not any(word in file_name for word in TABLE_NAMES) and any(
        word in file_name for letter in letters for word in letter.words
    )


def _is_work_file(workbook: Workbook, file_name: str, notice: Notice) -> bool:
    """Returns whether a file is a child's work file (一生一案) by its name, and holds no list of children."""
    listed = any(word in file_name for word in TABLE_NAMES)
    if listed or not any(word in file_name for word in notice.work_file_words):
        return False
    numbers = set(_IDENTITY_NUMBER.findall("\n".join(_texts(workbook))))
    return len(numbers) < _MIN_LISTED


def _is_certificate(file_name: str, notice: Notice) -> bool:
    """Returns whether a document that mentions a child is a proof by its name, and not just a letter (说明)."""
    words = [word for word in notice.proof_words if word in file_name]
    return _is_named_as_proof(file_name, notice) and any(word not in notice.letter_words for word in words)


def _is_certificate_of_one(workbook: Workbook, file_name: str, notice: Notice) -> bool:
    """Returns whether a document is a proof by its name, with labels of one child (姓名:, 身份证号:) and no list."""
    if not _is_certificate(file_name, notice) or any(word in file_name for word in TABLE_NAMES):
        return False
    return len(set(_IDENTITY_NUMBER.findall("\n".join(_texts(workbook))))) == 1


def _decide_outcome(file: _File, content: WorkbookContent, workbook: Workbook) -> ParsedFile:
    """Returns the result for a workbook, with or without forms."""
    if (doubt := _find_doubt(file, content, workbook)) is not None:
        return doubt
    if content.forms:
        return ParsedFile(kind=file.kind, outcome="forms", forms=_with_left_over(content))
    if content.blank_forms:
        return ParsedFile(
            kind=file.kind,
            outcome="ignored",
            reason_code="blank-template",
            reason=f"{'、'.join(dict.fromkeys(content.blank_forms))}的空白模板:没有单位,也没有内容",
            form_hint=content.blank_forms[0],
            signals=content.signals,
        )
    return ParsedFile(
        kind=file.kind,
        outcome="quarantined",
        reason_code="no-table",
        reason=_COUNTS_REASON if content.count_sheets else "没有找到可读的表格:请人工查看",
        form_hint=content.form_hint or file.form_by_name,
        signals=content.signals,
    )


def _find_doubt(file: _File, content: WorkbookContent, workbook: Workbook) -> ParsedFile | None:
    """Returns the file as quarantined if not all of it was understood; None if it was."""
    if content.unrecognised_sheets:
        return _with_unrecognised_sheets(file, content)
    form_hint = content.form_hint or file.form_by_name
    held = ParsedFile(
        kind=file.kind, outcome="quarantined", forms=_with_left_over(content), reason_code="left-over"
    )
    if doubtful := _find_doubtful(content):
        first = doubtful[0]
        unread = "\uff1b" + "、".join(workbook.unread) + "也没有读" if workbook.unread else ""
        return replace(
            held,
            reason=f"工作表“{first.sheet}”的{first.cells}还有内容没有读(“{first.text}”),读出的部分暂不登记:请人工查看,"
            f"确认无误的请归入,否则请对方改好重发{unread}",
            form_hint=form_hint,
            signals=content.signals,
        )
    if content.forms and workbook.doubtful:
        return replace(
            held,
            reason=f"{'、'.join(workbook.doubtful)}的字超出格子,被截断或互相重叠,读不准,读出的部分暂不登记:请人工核对,"
            "确认无误的请归入,否则请对方发Excel电子表",
            form_hint=form_hint,
            signals=content.signals,
        )
    # A program that prints a table into a PDF may leave rows out, and the page does not show it.
    gaps = (find_numbering_gap(form.records) for form in content.forms if file.kind is FileKind.PDF)
    if gap := next(filter(None, gaps), None):
        return replace(
            held,
            reason=f"表里序号{gap[0]}的下一行是{gap[1]},中间可能少了学生,读出的部分暂不登记:请人工核对,"
            "确认无误的请归入,否则请对方发Excel电子表",
        )
    if content.forms and workbook.unread:
        return replace(
            held,
            reason_code="scanned-only",
            reason=f"{'、'.join(workbook.unread)},没有读,其余已登记:请打开核对,或请对方发Excel电子表",
        )
    return None


def _with_unrecognised_sheets(file: _File, content: WorkbookContent) -> ParsedFile:
    """Returns the result for a workbook with children on a sheet of unknown form."""
    unclaimed = "、".join(content.unrecognised_sheets)
    # Who has a child there reports not nothing.
    forms = tuple(form for form in content.forms if form.rows)
    return ParsedFile(
        kind=file.kind,
        outcome="quarantined",
        forms=forms,
        reason_code="unknown-form",
        reason=f"工作表“{unclaimed}”里有学生,但认不出是哪张附件:请人工查看"
        if forms
        else "表里有学生,但认不出是哪张附件:请人工查看,必要时指定是哪张附件",
        form_hint=None if forms else content.form_hint or file.form_by_name,
        signals=() if forms else content.signals,
    )


def _find_doubtful(content: WorkbookContent) -> tuple[LeftOver, ...]:
    """Returns left-over cells that may be a child; any left-over cells if no row was read at all."""
    if any(form.rows for form in content.forms):
        return tuple(left_over for left_over in content.left_over if left_over.names_child)
    return content.left_over


def _with_left_over(content: WorkbookContent) -> tuple[ParsedForm, ...]:
    """Returns the forms, each with a warning for left-over cells of its sheet; other sheets' are on the first form."""
    sheets = [form.sheet for form in content.forms]
    problems: dict[int, list[Problem]] = {}
    for left_over in content.left_over:
        owner = sheets.index(left_over.sheet) if left_over.sheet in sheets else 0
        problems.setdefault(owner, []).append(
            make_problem(
                "left-over",
                sheet=left_over.sheet,
                row=left_over.row,
                cell=left_over.cells if left_over.row is not None else None,
                value=left_over.text,
                cells=left_over.cells,
            )
        )
    return tuple(
        replace(form, problems=(*form.problems, *problems[number])) if number in problems else form
        for number, form in enumerate(content.forms)
    )


def _decide_empty(file: _File) -> ParsedFile:
    """Returns the result for a file without text: photographs in a document, or nothing at all."""
    return _decide_picture(file) if holds_pictures(file.data) else file.quarantined("no-table", _EMPTY_REASON)


def _decide_picture(file: _File) -> ParsedFile:
    """Returns the result for a photograph or scan: a proof, unless its name or text suggests a form."""
    notice, kind, name = file.notice, file.kind, file.name
    is_proof = _is_named_as_proof(name, notice) or _is_named_as_letter(name, notice)
    # A name that says whose proof it is needs no second opinion, and reading pictures is slow.
    read = () if is_proof and _names_somebody(name, notice) else file.read_scan(file.data, kind)
    if read is None and not is_proof:
        return file.quarantined("too-large", _NO_TIME_FOR_SCAN)
    lines = tuple(map(clean_text, read or ()))
    form, text = _find_form_in_lines(lines, notice), "\n".join(lines)
    students = len(set(_IDENTITY_NUMBER.findall(text)))
    telling = _find_told_children(text, form, notice)
    medium = "照片" if kind is FileKind.IMAGE else "扫描的PDF"
    if students >= _MIN_LISTED or (form is not None and not is_proof):
        count = f",看来有{students}名学生" if students else ""
        reason = f"{medium}里是{form or '一张学生名单'}{count}:请人工登记,或请对方发Excel电子表"
        return replace(file.quarantined("scanned-only", reason, form), text=text, telling=telling)
    if is_proof or (kind is FileKind.IMAGE and not _is_named_as_form(name, notice)):
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


def _names_somebody(file_name: str, notice: Notice) -> bool:
    """Returns whether a file's name has more than proof words, numbers and a suffix."""
    stem = file_name.rpartition("/")[2].rpartition(".")[0]
    for word in sorted(notice.proof_words, key=len, reverse=True):
        stem = stem.replace(word, "")
    return re.search("[\u4e00-\u9fff]{2,}", stem) is not None


def _decide_unreadable_kind(file: _File) -> ParsedFile:
    """Returns the result for kinds that cannot be read: pictures are proofs, the rest is quarantined."""
    if file.kind is FileKind.IMAGE:
        return _decide_picture(file)
    if file.kind is FileKind.EMPTY:
        size = "附件里只有空白,没有内容" if file.data else "附件是空的(0字节)"
        return file.quarantined("unreadable", f"{size}:请对方重发")
    if file.kind is FileKind.ENCRYPTED:
        return file.quarantined("encrypted", _LOCKED_REASON)
    if find_damage(file.data) is Damage.CUT_OFF:
        return file.quarantined("unreadable", explain_unreadable(file.data, file.kind))
    what = describe_unsupported(file.data)
    reason = f"这是{what},不能自动读取" if what else "认不出是哪种文件,没有读取"
    return file.quarantined("unsupported", f"{reason}:请人工查看,或请对方发Excel电子表")
