"""Defines the words that clerks use in tables and mails, independent of the notice.

The words are in ``config/notices/common-words.toml``, which every notice extends; a notice states what it words
otherwise in its own ``[wording]``. Patterns are regular expressions, searched in folded text.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


def _compile_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"“{text}”不是正则表达式:括号要成对,要找括号本身的写成 \\( 或 \\)") from error
    return text


Pattern = Annotated[str, AfterValidator(_compile_pattern)]
"""A regular expression, checked when the notice is read, because a wrong one would stop the reading of every file."""


class WordingModel(BaseModel):
    """The base of the parts of the wording: no value changes, and a key that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class VisitPartWords(WordingModel):
    """The words for one part of a persuasion visit."""

    headings: tuple[str, ...]
    """Words in the headings of its columns."""
    labels: tuple[str, ...]
    """Its labels in a grid of labels and values, in full."""
    endings: tuple[str, ...]
    """The endings of its labels after the name of a visit: 劝返时间."""


class VisitWords(WordingModel):
    """The words of persuasion visits (劝返)."""

    names: tuple[str, ...]
    """The names of a visit."""
    about: tuple[str, ...]
    """Words in a label or title of a grid that show that it is about visits."""
    date: VisitPartWords
    place: VisitPartWords
    people: VisitPartWords
    result: VisitPartWords
    content: VisitPartWords
    other_labels: tuple[str, ...]
    """Labels of a grid whose values are not kept."""
    other_endings: tuple[str, ...]
    """Endings of such labels after the name of a visit."""
    general_labels: tuple[str, ...]
    """Those of these labels that mean something else above the first visit."""
    number_endings: tuple[str, ...]
    """The endings of a label after the number of a visit."""
    people_endings: tuple[str, ...]
    """Words in running text before the people who made a visit."""
    column_endings: tuple[str, ...]
    """The endings after the name of a visit that make a heading a part of one visit."""
    bare_headings: tuple[str, ...]
    """General headings that are parts of a visit only beside columns that certainly are."""
    date_headings: tuple[str, ...]
    """Those of these headings above dates."""
    count_headings: tuple[str, ...]
    """Those of these headings above the number of visits, which is no part of one."""
    no_visit: tuple[str, ...]
    """Words in the first cell of a row below visits that is not a visit."""

    @property
    def parts(self) -> tuple[tuple[str, VisitPartWords], ...]:
        """The parts by their keys; if a heading fits several, the first counts."""
        return (
            ("date", self.date), ("place", self.place), ("people", self.people), ("result", self.result),
            ("content", self.content),
        )  # fmt: skip


class LetterWords(WordingModel):
    """Patterns of a letter that orders a guardian to send the child back to school (送达书)."""

    titles: tuple[Pattern, ...]
    receipts: tuple[Pattern, ...]
    """Words in the title of the part that is returned (回执)."""
    before_child: tuple[Pattern, ...]
    behind_child: tuple[Pattern, ...]
    no_name: tuple[Pattern, ...]
    """Words in the place of a name that show that it is not a name."""
    schools: tuple[Pattern, ...]
    """Words before the child's grade."""
    absent: tuple[Pattern, ...]
    """Words after the day since which the child is absent."""
    served: tuple[Pattern, ...]
    """Words before the day on which it was served."""
    received: tuple[Pattern, ...]
    """Words before the person who signed for it."""
    behind_received: tuple[Pattern, ...]
    behind_guardian: tuple[Pattern, ...]
    """Words after the name of the addressee."""


class StatedUnitWords(WordingModel):
    """Patterns of the line in which a table names its unit: 填报单位(盖章):西沱镇小学."""

    verbs: tuple[Pattern, ...]
    labels: tuple[Pattern, ...]
    """Words after one of the verbs, or alone."""
    seals: tuple[Pattern, ...]
    """Words in brackets after the label, or after the name of a signer."""
    behind: tuple[Pattern, ...]
    """The beginnings of the next label on the line."""
    left_open: tuple[Pattern, ...]
    """Texts of an unfilled blank for the name."""
    kinds: tuple[Pattern, ...]
    """Words in a title for the kind of the unit, besides the notice's kinds."""


class UnitNameWords(WordingModel):
    """Patterns of the text before and after the names of units in running text."""

    before: tuple[Pattern, ...]
    """Text directly before a name that shows that the name is not part of a longer word."""
    after: tuple[Pattern, ...]
    """Text directly after a name that shows that the name is not part of a longer word."""
    school_tails: tuple[Pattern, ...]
    """Text after a township's name that makes it a school's name: 沙子|中学, 沙子镇|盘龙村小学."""
    parts_of_schools: tuple[Pattern, ...]
    """Text after a school's name that shows that something else is meant: its kindergarten, its pupils."""


class SignatureWords(WordingModel):
    """Patterns of the lines that units sign."""

    duties: tuple[Pattern, ...]
    """Words for what a signer did: 填表, 审核."""
    of_duty: tuple[Pattern, ...]
    """Words after one of these: 人, 单位, 日期."""
    alone: tuple[Pattern, ...]
    """Labels without a duty: 校长, 联系电话."""
    beside: tuple[Pattern, ...]
    """Words after either kind: 填表人电话."""
    seals: tuple[Pattern, ...]
    in_lines: tuple[Pattern, ...]
    """Text anywhere in a line that is signed."""
    before_names: tuple[Pattern, ...]
    before_days: tuple[Pattern, ...]
    around: tuple[Pattern, ...]
    """Text in a line that is not a child's although it contains a name and a number."""
    below_lists: tuple[str, ...]
    """Plain words at the beginning of rows below a list that are not children."""


class DenialWords(WordingModel):
    """Patterns for sentences that say that there are, or must be, no children out of school."""

    none: tuple[Pattern, ...]
    """Words before a status in the name of a file."""
    in_cells: tuple[Pattern, ...]
    in_sentences: tuple[Pattern, ...]
    """Words before the denied status in letters and mails, which also wish for and prevent things."""
    behind: Pattern


class AnswerWords(WordingModel):
    """The words for yes and no."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    ticks: tuple[str, ...]
    """The texts of a cell that mean that its heading applies (one √ in four columns)."""


class VersionWords(WordingModel):
    """Patterns for mails on which version of a form counts; ``<earlier>`` and ``<this>`` are replaced by the patterns of the two."""

    earlier: Pattern
    """Words for the earlier version."""
    this: Pattern
    """Words for the version in the mail."""
    keeps_earlier: tuple[Pattern, ...]
    replaces: tuple[Pattern, ...]
    """Sentences that may say that the mail replaces an earlier version."""
    plainly_replaces: tuple[Pattern, ...]
    """Sentences that say so of a whole list."""
    doubts: tuple[Pattern, ...]
    """Sentences that ask about, deny or postpone the replacement."""
    withdraws: tuple[Pattern, ...]


class MailWords(WordingModel):
    """Patterns for the subjects of a mail's text."""

    material: tuple[Pattern, ...]
    """Words for forms and lists, and what is done with them."""
    absence: tuple[Pattern, ...]
    """Words for children out of school and their return."""
    child: tuple[Pattern, ...]
    """Words for any child."""
    in_school: Pattern
    """Words that all children are in school."""
    every_child: Pattern
    """Words for all children and no particular one."""
    not_all_unchanged: tuple[Pattern, ...]
    """Words beside which 无变化 is not a clear statement."""
    link: tuple[Pattern, ...]
    """Words for a cloud drive with a file."""
    link_key: tuple[Pattern, ...]
    """Words beside a link to a file (提取码)."""
    of_a_part: tuple[Pattern, ...]
    explains: tuple[Pattern, ...]
    """Words that say that a questioned row is right."""
    asks_extension: tuple[Pattern, ...]
    """Words for the correction of a few values."""
    versions: VersionWords


class InstructionWords(WordingModel):
    """Patterns for instructions, which say what must be done and state no fact."""

    examples: tuple[Pattern, ...]
    """Words of an example or a condition."""
    orders: tuple[Pattern, ...]
    """Words of an order; none of them occurs in a sentence about a child, as 请 does in 请假."""
    of_reports: tuple[Pattern, ...]
    """Words of an order in a text about zero reports, where 若 and 应 are never about a child."""
    courtesies: tuple[Pattern, ...]
    """Polite requests to the reader, which are not about the report: 请查收."""


class Wording(WordingModel):
    """The words that clerks write, except headings and values."""

    visits: VisitWords
    letters: LetterWords
    mail: MailWords
    instructions: InstructionWords
    stated_unit: StatedUnitWords
    unit_names: UnitNameWords
    answers: AnswerWords
    signatures: SignatureWords
    denials: DenialWords
    inside: tuple[str, ...]
    """Words for the county in a cell for the place of a school."""
    outside: tuple[str, ...]
    """Words for any other place in such a cell."""
    counts: tuple[str, ...]
    """The endings of headings of counts."""
    totals: tuple[str, ...]
    """The beginnings of a row of totals."""
    whole_county: tuple[str, ...]
    """Words before the total of a list of units."""
    zero_report: tuple[str, ...]
    """The names of a zero report."""
    none_of_kind: tuple[str, ...]
    """Other words for a zero report, in the name of a file."""
    none_of_statuses: Pattern
    """A pattern for a sentence that reports nothing; ``<statuses>`` is replaced by the statuses of children out of school."""
    unchanged_report: str
    """The names of a report that nothing has changed."""
    no_change: tuple[Pattern, ...]
    """Patterns for the statement that nothing has changed since the last report."""
    back: tuple[str, ...]
    """Words for a child that was out of school and is back."""
    all_back: Pattern
    """A pattern for the statement that all are back, which names no child."""
    notice_titles: Pattern
    """A pattern in the file name of a notice, which is no report."""
    placeholders: tuple[str, ...]
    """The texts of a cell that has no information."""
    no_proof: tuple[str, ...]
    """The texts of a proof's cell that mean that there is no proof."""
    school_proofs: tuple[str, ...]
    """Words in the name or text of a proof that its child goes to another school."""
    duties: tuple[Pattern, ...]
    """Patterns before the names of adults."""
    list_titles: tuple[str, ...]
    """The endings of titles of forms and lists."""
    student: tuple[Pattern, ...]
    """Patterns before a heading that show that it is about the student (学生姓名)."""
