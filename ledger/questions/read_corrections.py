"""Reads which value of which row an officer overrules (改 15 出生日期 2012-03-04 户口簿): pure, and strict."""

import re
from collections.abc import Iterator

from config.answers.answer_words import CommandKey, answer_table
from config.notice import Notice
from ledger.questions.answer_parts import EDGES, doubt_in, doubted, read_unit_and_form, take_number
from ledger.questions.answer_readings import AnswerContext, Command, Unclear

_BEFORE = " \t:,、.的行号"
"""Characters that may precede a column's heading."""
_ROW = re.compile("第?\\s*([0-9]{1,5})\\s*行")
_DATE = re.compile(r"[12][0-9]{3}\s*[年./-]\s*[0-9]{1,2}\s*[月./-]\s*[0-9]{1,2}\s*日?(?![0-9])")
_VALUE = re.compile(r"[^\s,;(\uff08]+")
_AROUND_WHY = EDGES + "()\uff08\uff09"


def read_correction(line: str, rest: str, context: AnswerContext) -> Command | Unclear | None:
    """Returns the reading of the text after 改, or None if a part of it is missing."""
    first_heading = min(_find_headings(rest, context.notice), default=None)
    if first_heading is None:
        return None
    start, neg_length = first_heading
    heading = rest[start : start - neg_length]
    named = read_row(line, rest[:start], context)
    value, why = _split_value(rest[start - neg_length :])
    if named is None or isinstance(named, Unclear) or not value:
        return named if isinstance(named, Unclear) else None
    if doubt := doubt_in(value) or doubt_in(why):
        return Unclear(line=line, number=named.number, problem=doubted(doubt))
    if not why:
        return Unclear(
            line=line, number=named.number, problem=f"请在最后写依据,如“改 {rest.strip(EDGES)} 户口簿”"
        )
    return Command(
        line=line,
        key=CommandKey.CORRECT,
        number=named.number,
        unit=named.unit,
        form=named.form,
        row=named.row,
        who=named.who,
        heading=heading,
        value=value,
        why=why,
    )


def read_row(line: str, text: str, context: AnswerContext) -> Command | Unclear | None:
    """Returns the row that a text names: by question number, by unit, form and row, or by a child; None if it names none."""
    text = text.strip(EDGES).removesuffix("的").strip(EDGES)
    if not text:
        return None
    numbered = take_number(text, answer_table())
    if numbered is not None and not numbered[1].strip(EDGES):
        return Command(line=line, key=CommandKey.CORRECT, number=numbered[0])
    row = _ROW.search(text)
    if row is None:
        return Command(line=line, key=CommandKey.CORRECT, who=text)
    if text[row.end() :].strip(EDGES):
        return None
    named = read_unit_and_form(text[: row.start()], context)
    if isinstance(named, str):
        return Unclear(line=line, problem=named)
    if named.form is None or named.rest:
        return Unclear(line=line, problem="请写清是哪个单位、哪张附件、第几行")
    return Command(line=line, key=CommandKey.CORRECT, unit=named.unit, form=named.form, row=int(row[1]))


def _find_headings(text: str, notice: Notice) -> Iterator[tuple[int, int]]:
    """Yields (start, -length) of each column heading in a text, so that the minimum is the first and longest."""
    links = answer_table().value_links
    for heading in headings_of(notice):
        start = text.find(heading)
        while start >= 0:
            before, after = text[:start], text[start + len(heading) :]
            ends = not after or after[0] in EDGES or after.startswith(links)
            if ends and (not before or before[-1] in _BEFORE):
                yield start, -len(heading)
            start = text.find(heading, start + 1)


def headings_of(notice: Notice) -> frozenset[str]:
    """Returns every heading that a column of the notice's forms may have."""
    usual = {word for spec in notice.fields.values() for word in (spec.heading, *spec.synonyms)}
    of_forms = {word for form in notice.forms for words in form.headings.values() for word in words}
    return frozenset(filter(None, usual | of_forms))


def _split_value(text: str) -> tuple[str, str]:
    """Returns the new value that begins a text, and the reason after it."""
    text = text.strip(EDGES)
    for link in answer_table().value_links:
        if text.startswith(link):
            text = text[len(link) :].strip(EDGES)
            break
    match = _DATE.match(text) or _VALUE.match(text)
    if match is None:
        return "", ""
    return match[0].strip(EDGES), text[match.end() :].strip(_AROUND_WHY)
