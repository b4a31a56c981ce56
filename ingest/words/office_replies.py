"""Reads a mail's answers to questions; pure, and without effect until the sender has been checked."""

import re
from collections.abc import Collection, Sequence

from config.answers.answer_words import answer_table
from config.answers.reply_codes import codes_of_message_ids, find_codes, find_tapped
from config.text.text_folding import clean_text
from config.units.resolve_unit_names import UnitNames
from ledger.questions.read_answers import is_greeting, says_an_answer
from parsers.mail.mail_contents import Mail
from parsers.mail.shown_words import QUOTATION
from parsers.records import ParsedFile
from store.drafts import ReplyDraft

_QUOTED = re.compile(
    r"\s*(?:>|-{3,}|_{5,}|\*{5,}|={5,}|\u2014{3,}|(?:发件人|发送时间|寄件者|收件人|from|sent|date)\s*:|在\s*[0-9]{4}|于\s*[0-9]{4}|"
    r"on\s+(?:mon|tue|wed|thu|fri|sat|sun|[0-9]{4}|[a-z]{3}\s+[0-9])|at\s+[0-9]{4}-|[0-9]{4}[年./-][0-9]{1,2}[月./-][0-9]{1,2}.{0,60}(?:写道|<)|"
    r".{0,80}(?:写道|wrote)\s*:\s*$|begin forwarded|原始邮件)",
    re.IGNORECASE,
)
_FORWARD = re.compile(r"\s*(?:转发|fwd?)\s*:", re.IGNORECASE)
_MOST_LINES, _LONGEST = 200, 600
_MOST_LEADING_IN = 3
"""The greatest number of lines that introduce a quotation (某某于…写道:), wrapped or in two languages."""


def draft_reply(
    mail: Mail, readings: Sequence[ParsedFile], people: Collection[str], names: UnitNames
) -> ReplyDraft | None:
    """Returns the answers in a mail, or None if it contains none.

    Automatic mail contains none, and neither does mail that was merely forwarded.
    """
    head = mail.head
    if head.automatic or mail.delivery_report is not None:
        return None
    rows = tuple(row for reading in readings for row in reading.question_rows)
    codes = tuple(
        dict.fromkeys(
            (
                *codes_of_message_ids(head.references),
                *find_codes(head.clean_subject),
                *(code for reading in readings for code in reading.reply_codes),
            )
        )
    )
    lines, is_sure = find_own_words(mail.shown, names)
    tapped = find_tapped(head.clean_subject)
    says_something = bool(rows or tapped or says_an_answer(lines, names))
    is_from_office = head.author in people
    if not says_something and (not codes or not is_from_office or _FORWARD.match(head.clean_subject)):
        return None
    if not is_from_office and not codes:
        return None
    return ReplyDraft(
        mail_id=(head.message_id or "").strip(),
        codes=codes,
        lines=() if tapped else tuple(lines),
        tapped=tapped,
        rows=rows,
        hides_words=mail.hides_words or not is_sure,
    )


def find_own_words(shown: str, names: UnitNames) -> tuple[list[str], bool]:
    """Returns the lines that the sender wrote, and whether this is certain.

    They are above the quotation and the signature, or below a marked quotation. Text between two quotations
    of an HTML mail, and answers below a quotation with more than a greeting above it, must be confirmed. Text
    below a quotation without a recognisable end (原始邮件) is left out, as its author is unknown.
    """
    lines = [line.strip() for line in clean_text(shown).splitlines()[:_MOST_LINES]]
    first = _until_quotation(lines)
    above = [line[:_LONGEST] for line in lines[:first] if line]
    rest = lines[first:]
    below, is_sure = _words_below_elements(rest) if QUOTATION in rest else (_words_below(rest), True)
    if not above:
        return below, is_sure
    if not says_an_answer(below, names):
        return above, True
    return [*above, *below], is_sure and all(map(is_greeting, above))


def _until_quotation(lines: Sequence[str]) -> int:
    """Returns the number of lines before the first that is quoted, introduces a quotation or begins a signature."""
    signatures = answer_table().signatures
    return next(
        (
            number
            for number, line in enumerate(lines)
            if _QUOTED.match(line[:_LONGEST]) or line.lower().startswith(signatures)
        ),
        len(lines),
    )


def _words_below_elements(lines: Sequence[str]) -> tuple[list[str], bool]:
    """Returns the lines below the first quotation of an HTML mail, and whether it is the only one.

    There are none if more than an introduction is above it, or if a line below has a reply code.
    """
    first = lines.index(QUOTATION)
    leads_in = [line for line in lines[:first] if line]
    below = [line for line in lines[first + 1 :] if line != QUOTATION]
    own = [line[:_LONGEST] for line in below[: _until_quotation(below)] if line]
    if len(leads_in) > _MOST_LEADING_IN or any(find_codes(line) for line in below):
        return [], True
    return own, QUOTATION not in lines[first + 1 :]


def _words_below(lines: Sequence[str]) -> list[str]:
    """Returns the lines below the last line marked as quoted, if a blank line separates them; a wrapped quotation has none.

    Lines with a reply code, or below a quotation that is only partly marked, are left out.
    """
    marked = [number for number, line in enumerate(lines) if line.startswith(">")]
    if not marked:
        return []
    first, last = marked[0], marked[-1]
    leads_in = [line for line in lines[:first] if line]
    is_whole = all(line.startswith(">") or not line for line in lines[first:last])
    below = lines[last + 1 :]
    if not is_whole or len(leads_in) > _MOST_LEADING_IN or not below or below[0]:
        return []
    own = [line[:_LONGEST] for line in below[: _until_quotation(below)] if line]
    return [] if any(find_codes(line) for line in below) else own
