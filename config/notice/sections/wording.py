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
"""A regular expression: one that is none would stop the reading of every file."""


class WordingModel(BaseModel):
    """The base of the parts of the wording: no value changes, and a key that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class VisitPartWords(WordingModel):
    """The words for one part of a persuasion visit."""

    headings: tuple[str, ...]
    """Words in the heading of a column that holds it."""
    labels: tuple[str, ...]
    """What stands before it in a label–value grid, in full."""
    endings: tuple[str, ...]
    """What does behind the name of a visit: 劝返时间."""


class VisitWords(WordingModel):
    """The words of persuasion visits (劝返)."""

    names: tuple[str, ...]
    """What a visit is called."""
    about: tuple[str, ...]
    """Words in a label or title of a grid that say that it is about visits."""
    date: VisitPartWords
    place: VisitPartWords
    people: VisitPartWords
    result: VisitPartWords
    content: VisitPartWords
    other_labels: tuple[str, ...]
    """Labels of a grid that tell nothing of a visit that is kept."""
    other_endings: tuple[str, ...]
    """The same behind the name of a visit."""
    general_labels: tuple[str, ...]
    """Those of them that before any visit are labels of something else."""
    number_endings: tuple[str, ...]
    """What a label may say behind the number of a visit."""
    people_endings: tuple[str, ...]
    """What stands in running text before the people who made a visit."""
    column_endings: tuple[str, ...]
    """What makes a heading, behind the name of a visit, a part of one visit."""
    bare_headings: tuple[str, ...]
    """Headings that say little, and are parts of a visit where they stand beside columns that are."""
    date_headings: tuple[str, ...]
    """Those of them above dates."""
    count_headings: tuple[str, ...]
    """Those of them above the count of visits, which is no part of one."""
    no_visit: tuple[str, ...]
    """Words in the first cell of a row below visits that is none of them."""

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
    """In the title of the part that comes back."""
    before_child: tuple[Pattern, ...]
    behind_child: tuple[Pattern, ...]
    no_name: tuple[Pattern, ...]
    """In what stands where a name does and is none."""
    schools: tuple[Pattern, ...]
    """Before the child's grade."""
    absent: tuple[Pattern, ...]
    """Behind the day since which the child is absent."""
    served: tuple[Pattern, ...]
    """Before the day on which it was served."""
    received: tuple[Pattern, ...]
    """Before who signed for it."""
    behind_received: tuple[Pattern, ...]
    behind_guardian: tuple[Pattern, ...]
    """Behind the name of whom it speaks to."""


class StatedUnitWords(WordingModel):
    """Patterns of the line in which a table names its unit: 填报单位(盖章):西沱镇小学."""

    verbs: tuple[Pattern, ...]
    labels: tuple[Pattern, ...]
    """Behind one of the verbs, or alone."""
    seals: tuple[Pattern, ...]
    """What is asked for in brackets behind it, or behind the name of who signs."""
    behind: tuple[Pattern, ...]
    """What the next label on the line begins with."""
    left_open: tuple[Pattern, ...]
    """What a blank for the name says, and names nobody."""
    kinds: tuple[Pattern, ...]
    """In a title, what says of which kind the unit is, beside the notice's kinds."""


class UnitNameWords(WordingModel):
    """Patterns of the text before and after the names of units in running text."""

    before: tuple[Pattern, ...]
    """Right before a name, where it is no part of a longer word."""
    after: tuple[Pattern, ...]
    """Right behind one, where it is none."""
    school_tails: tuple[Pattern, ...]
    """What behind a township's name makes a school's of it: 沙子|中学, 沙子镇|盘龙村小学."""
    parts_of_schools: tuple[Pattern, ...]
    """Behind a school's name, what speaks of something else: its kindergarten, its pupils."""


class SignatureWords(WordingModel):
    """Patterns of the lines that units sign."""

    duties: tuple[Pattern, ...]
    """What somebody did: 填表, 审核."""
    of_duty: tuple[Pattern, ...]
    """Behind one of them: 人, 单位, 日期."""
    alone: tuple[Pattern, ...]
    """What is signed by without a duty: 校长, 联系电话."""
    beside: tuple[Pattern, ...]
    """Behind either: 填表人电话."""
    seals: tuple[Pattern, ...]
    in_lines: tuple[Pattern, ...]
    """Anywhere in a line that is signed."""
    before_names: tuple[Pattern, ...]
    before_days: tuple[Pattern, ...]
    around: tuple[Pattern, ...]
    """In a line that is no child's, though a name and a number stand in it."""
    below_lists: tuple[str, ...]
    """What begins a row below a list that is no child; plain words."""


class DenialWords(WordingModel):
    """Patterns of sentences that say that there are, or shall be, no children out of school."""

    none: tuple[Pattern, ...]
    """Before a status in the name of a file."""
    in_cells: tuple[Pattern, ...]
    in_sentences: tuple[Pattern, ...]
    """Before what is denied, in letters and mails, where more is wished for and prevented."""
    behind: Pattern


class AnswerWords(WordingModel):
    """The words for yes and no."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    ticks: tuple[str, ...]
    """What stands in a column to say that its heading holds (four √ columns of which one is ticked)."""


class VersionWords(WordingModel):
    """Patterns for mails on which version of a form counts; ``<earlier>`` and ``<this>`` are replaced by the patterns of the two."""

    earlier: Pattern
    """What was sent before."""
    this: Pattern
    """What comes with the mail."""
    keeps_earlier: tuple[Pattern, ...]
    replaces: tuple[Pattern, ...]
    """May say that the mail replaces what was sent."""
    plainly_replaces: tuple[Pattern, ...]
    """Says so of a whole list."""
    doubts: tuple[Pattern, ...]
    """Asks, denies or puts off what it says."""
    withdraws: tuple[Pattern, ...]


class MailWords(WordingModel):
    """Patterns for the subjects of a mail's text."""

    material: tuple[Pattern, ...]
    """Forms, lists, and what is done with them."""
    absence: tuple[Pattern, ...]
    """Children out of school and their return."""
    child: tuple[Pattern, ...]
    """Any child."""
    in_school: Pattern
    """That all of them are in school."""
    every_child: Pattern
    """All children, and nobody in particular."""
    not_all_unchanged: tuple[Pattern, ...]
    """What makes 无变化 no plain word."""
    link: tuple[Pattern, ...]
    """A drive where a file lies."""
    link_key: tuple[Pattern, ...]
    """What stands beside a link to a file."""
    of_a_part: tuple[Pattern, ...]
    explains: tuple[Pattern, ...]
    """What a clerk writes of a row that was asked about and is right."""
    asks_extension: tuple[Pattern, ...]
    """What a correction of a few values speaks of."""
    versions: VersionWords


class InstructionWords(WordingModel):
    """Patterns of an instruction, which says what is to be done and states no fact."""

    examples: tuple[Pattern, ...]
    """Of an example or a condition."""
    orders: tuple[Pattern, ...]
    """Of what is to be done; none of them stands in a sentence on a child, as 请 does in 请假."""
    of_reports: tuple[Pattern, ...]
    """The same in a text that speaks of reporting nothing, where 若 and 应 are never said of a child."""
    courtesies: tuple[Pattern, ...]
    """What is asked of the reader, and says nothing of the report: 请查收."""


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
    """What stands for the county where the place of a school is asked for."""
    outside: tuple[str, ...]
    """What stands for any other place there."""
    counts: tuple[str, ...]
    """What headings of numbers end with."""
    totals: tuple[str, ...]
    """What a row of totals begins with."""
    whole_county: tuple[str, ...]
    """What stands before the total of a list of units."""
    zero_report: tuple[str, ...]
    """What a report of nothing is called."""
    none_of_kind: tuple[str, ...]
    """The same in other words, in the name of a file."""
    none_of_statuses: Pattern
    """A pattern of a sentence that reports nothing; ``<statuses>`` stands for those of children out of school."""
    unchanged_report: str
    """What a report is called that says that nothing has changed."""
    no_change: tuple[Pattern, ...]
    """Patterns that say that nothing has changed since the last report."""
    back: tuple[str, ...]
    """What is said of a child that was out of school and is back."""
    all_back: Pattern
    """A pattern that says it of everybody, and so of nobody in particular."""
    notice_titles: Pattern
    """A pattern in the file name of a notice, which is no report."""
    placeholders: tuple[str, ...]
    """What stands in a cell where there is nothing to say."""
    no_proof: tuple[str, ...]
    """What stands for a proof that there is none of."""
    school_proofs: tuple[str, ...]
    """What a proof is called, or says, that its child goes to another school."""
    duties: tuple[Pattern, ...]
    """Patterns before the names of adults."""
    list_titles: tuple[str, ...]
    """What titles of forms and lists end with."""
    student: tuple[Pattern, ...]
    """Patterns before a heading that say that it is the student's (学生姓名)."""
