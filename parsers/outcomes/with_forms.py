"""Decides whether the forms of a workbook are recorded, or held because not all of it was understood."""

from dataclasses import replace

from config.records.record import Problem
from parsers.formats.workbook import Workbook
from parsers.forms.left_over.account import LeftOver
from parsers.forms.left_over.numbering import find_numbering_gap
from parsers.forms.sheets.workbook_content import WorkbookContent
from parsers.outcomes.file_to_read import FileToRead
from parsers.problem_sentences import make_problem
from parsers.records import FileKind, ParsedFile, ParsedForm

_COUNTS_REASON = "表里只有人数,没有学生名单:请人工查看,零报告也请对方按附件的模板报送"


def decide_outcome(file: FileToRead, content: WorkbookContent, workbook: Workbook) -> ParsedFile:
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


def _find_doubt(file: FileToRead, content: WorkbookContent, workbook: Workbook) -> ParsedFile | None:
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


def _with_unrecognised_sheets(file: FileToRead, content: WorkbookContent) -> ParsedFile:
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
