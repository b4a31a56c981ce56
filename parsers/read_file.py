"""Reads one file's bytes into a :class:`ParsedFile`; the only function that a reader process calls."""

from contextlib import suppress
from dataclasses import replace
from weakref import WeakKeyDictionary

from config.installation.extras import Extra, how_to_install
from config.notice import Notice
from config.text.text_folding import clean_text
from config.units.resolve_unit_names import UnitNames
from parsers.formats.clean_sheets import clean_workbook
from parsers.formats.damage import WITH_SECOND_READER, explain_unreadable
from parsers.formats.filled_row_marks import RowMarks, take_row_marks
from parsers.formats.form_origin import FormOrigin, find_form_origin
from parsers.formats.openers import OPENERS
from parsers.formats.sniff import sniff
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
from parsers.formats.workbooks.spreadsheets import read_workbook_fallback
from parsers.forms.sheet_reader import SheetReader
from parsers.forms.sheets.own_forms import apply_origin, apply_row_marks
from parsers.forms.sheets.workbook_content import WorkbookContent
from parsers.outcomes.file_to_read import FileToRead
from parsers.outcomes.pictures import decide_picture
from parsers.outcomes.with_forms import decide_outcome
from parsers.outcomes.without_forms import (
    decide_empty,
    decide_locked,
    decide_unreadable_kind,
    decide_without_forms,
    decide_without_table,
)
from parsers.outcomes.workbook_texts import distinct_texts, find_telling_sentences
from parsers.own_workbooks import day_of_unchanged
from parsers.question_sheets import is_question_workbook, read_property_codes, read_question_rows
from parsers.reading_choices import NO_CHOICES, ReadingChoices
from parsers.records import FileKind, ParsedFile
from parsers.scan_readers import TimedScanReader

_SHEET_READERS: WeakKeyDictionary[UnitNames, SheetReader] = WeakKeyDictionary()

_OWN_WORKBOOK_REASON = "本程序发出的工作簿,没有改动,原样转回:不重复登记,改好的请保存后再发"
_QUESTION_WORKBOOK_REASON = "简报的附表寄回:所填的按答复处理,不作为报送登记"
_NO_READER_REASON = (
    f"本机没有装读旧版Word(.doc、.wps)的部件:{how_to_install(Extra.DOC)},或 antiword、LibreOffice,再运行 kongchuo rerun;"
    "急用的请对方另存为.docx重发"
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
    file = FileToRead(
        data=data,
        kind=sniff(data),
        name=clean_text(file_name),
        subject=clean_text(subject),
        notice=notice,
        choices=choices,
        read_scan=choices.read_scan or TimedScanReader(),
    )
    if file.kind not in OPENERS:
        return decide_unreadable_kind(file)
    if _is_own_and_unchanged(file):
        return ParsedFile(kind=file.kind, outcome="ignored", reason=_OWN_WORKBOOK_REASON)
    file = replace(file, origin=_find_origin(file))
    workbook = _open(file)
    return workbook if isinstance(workbook, ParsedFile) else _read_workbook(file, workbook, names)


def _read_workbook(file: FileToRead, workbook: Workbook, names: UnitNames) -> ParsedFile:
    """Returns the result for a file that was opened as sheets."""
    workbook, marks = take_row_marks(workbook)
    if file.choices.decided_form is None and is_question_workbook(workbook):
        return _read_answers(file, workbook)
    content = _read_content(file, workbook, names)
    if not content.forms and not file.choices.second_reader:
        content, marks = _look_again(file, workbook, names) or (content, marks)
    decided = decide_without_forms(file, content, workbook) if not content.forms else None
    if decided is not None:
        return decided
    decided = decide_outcome(file, content, workbook)
    if file.origin is not None and file.choices.decided_form is None:
        decided = apply_origin(decided, file.origin, workbook, file.notice)
    if marks:
        decided = apply_row_marks(decided, marks)
    if content.forms or content.blank_forms:
        return decided
    return replace(decided, telling=find_telling_sentences(workbook, file.notice))


def _find_origin(file: FileToRead) -> FormOrigin | None:
    """Returns what a file was made as by this program; None for another semester's, which is read by its content."""
    origin = find_form_origin(file.data, file.kind)
    if origin is None or origin.notice != file.notice.id or origin.form not in file.notice.by_key:
        return None
    return origin


def _is_own_and_unchanged(file: FileToRead) -> bool:
    """Returns whether a file of ours came back unchanged; last semester's is excluded, since it may be sent on purpose."""
    if file.choices.decided_form is not None or file.kind not in (FileKind.XLSX, FileKind.DOCX):
        return False
    day = day_of_unchanged(file.data)
    return day is not None and day >= file.notice.first_mail_day


def _read_answers(file: FileToRead, workbook: Workbook) -> ParsedFile:
    """Returns a digest's workbook with the questions that were answered in it."""
    return ParsedFile(
        kind=file.kind,
        outcome="ignored",
        reason=_QUESTION_WORKBOOK_REASON,
        question_rows=read_question_rows(workbook),
        reply_codes=read_property_codes(file.data) if file.kind is FileKind.XLSX else (),
    )


def _open(file: FileToRead) -> Workbook | ParsedFile:
    """Returns a file's sheets, or the final result for a file without sheets."""
    try:
        if file.choices.second_reader:
            return clean_workbook(read_workbook_fallback(file.data, file.kind))
        return clean_workbook(OPENERS[file.kind](file.data))
    except WorkbookTooLarge:
        return file.quarantined("too-large", "文件太大(行列或页数过多):请删去空白行列后重发")
    except LockedDocument:
        return decide_locked(file)
    except ScannedDocument:
        return decide_picture(file)
    except EmptyDocument:
        return decide_empty(file)
    except NoTable:
        return decide_without_table(file)
    except NoReaderInstalled:
        return file.quarantined("unsupported", _NO_READER_REASON)
    except UnreadableWorkbook:
        return file.quarantined("unreadable", explain_unreadable(file.data, file.kind))


def _read_content(file: FileToRead, workbook: Workbook, names: UnitNames) -> WorkbookContent:
    reader = _get_sheet_reader(file.notice, names)
    return reader.read(workbook, file.name, file.subject, file.choices.decided_form, file.made_as)


def _look_again(
    file: FileToRead, workbook: Workbook, names: UnitNames
) -> tuple[WorkbookContent, RowMarks] | None:
    """Returns what the other library reads of a workbook without recognised forms; None if that is no more."""
    if file.kind not in WITH_SECOND_READER:
        return None
    with suppress(UnreadableWorkbook, WorkbookTooLarge):
        second, marks = take_row_marks(clean_workbook(read_workbook_fallback(file.data, file.kind)))
        if distinct_texts(second) != distinct_texts(workbook):
            content = _read_content(file, second, names)
            return (content, marks) if content.forms else None
    return None


def _get_sheet_reader(notice: Notice, names: UnitNames) -> SheetReader:
    reader = _SHEET_READERS.get(names)
    if reader is None or reader.notice is not notice:
        reader = _SHEET_READERS[names] = SheetReader(notice, names)
    return reader
