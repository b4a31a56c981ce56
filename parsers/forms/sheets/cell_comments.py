"""Adds cell comments (批注) on a child's row to its remarks.

A comment that may change where the child is becomes a question to a person.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from config.notice import Notice
from config.records.record import Json, Record
from config.records.row_block import RowBlock
from config.text.text_folding import fold_text
from parsers.fields.normalise import cell_text
from parsers.formats.workbook import EMPTY_ROW, Sheet
from parsers.forms.left_over.account import column_letters, find_mentions
from parsers.problem_sentences import make_problem
from parsers.records import ParsedForm

COMMENT_KEY = "批注"
"""The key in ``extra`` under which a row's comments are kept."""


def take_comments(
    forms: Sequence[ParsedForm], comments: Sequence[Sheet], notice: Notice
) -> tuple[tuple[ParsedForm, ...], tuple[Sheet, ...]]:
    """Returns the forms with the comments on their rows, and the sheets of comments with what is left.

    A comment that mentions a child by name or number is also left, because it may be another child.
    """
    if not comments:
        return tuple(forms), ()
    rows = {position for form in forms for position in zip(form.rows.sheets, form.rows.rows, strict=True)}
    by_row: dict[tuple[str, int], dict[int, str]] = defaultdict(dict)
    rest: list[Sheet] = []
    for sheet in comments:
        left = list(sheet.rows)
        for index, row in enumerate(sheet.rows):
            position = sheet.comments_on or "", index + sheet.first_row
            texts = {n + sheet.first_col: text for n, cell in enumerate(row) if (text := cell_text(cell))}
            if position not in rows or not texts:
                continue
            by_row[position] |= texts
            if not any(find_mentions(text, notice) for text in texts.values()):
                left[index] = EMPTY_ROW
        rest.append(replace(sheet, rows=left))
    return tuple(_with_comments(form, by_row, notice) for form in forms), tuple(rest)


def _with_comments(
    form: ParsedForm, by_row: Mapping[tuple[str, int], Mapping[int, str]], notice: Notice
) -> ParsedForm:
    if not any(place in by_row for place in zip(form.rows.sheets, form.rows.rows, strict=True)):
        return form
    records = (
        _with_comment(record, texts, notice) if (texts := by_row.get((record.sheet, record.row))) else record
        for record in form.rows
    )
    return replace(form, rows=RowBlock.of(records))


def _with_comment(record: Record, texts: Mapping[int, str], notice: Notice) -> Record:
    extra = record.values.get("extra")
    values: dict[str, Json] = {
        **record.values,
        "extra": {**(extra if isinstance(extra, dict) else {}), COMMENT_KEY: "\n".join(texts.values())},
    }
    problems = [
        make_problem(
            "row-comment",
            sheet=record.sheet,
            row=record.row,
            cell=f"{column_letters(column)}{record.row}",
            value=text,
        )
        for column, text in texts.items()
        if _speaks_of_whereabouts(text, notice)
    ]
    return replace(record, values=values, problems=(*record.problems, *problems))


def _speaks_of_whereabouts(text: str, notice: Notice) -> bool:
    """Returns whether a comment mentions that the child is out of school, back, or elsewhere."""
    folded = fold_text(text)
    return any(word in folded for word in (*notice.absence_words, *notice.return_words))
