"""Builds lines of questions: number, sentence, consequences, our guess, and how to write each answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from config.answers.answer_words import Meaning, answer_table
from config.text.output_mask import OutputMask
from ledger.questions.open_questions import NumberedQuestion
from store.stored_values import QuestionKey


@dataclass(frozen=True, slots=True)
class PossibleAnswer:
    """One answer: the letter of its link, and the word that people read and write."""

    letter: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLine:
    """One question for the office, as its mail may show it."""

    key: QuestionKey
    number: int
    kind: str
    about: str
    sentence: str
    stakes: str
    unit: str
    guess: str
    evidence: str
    answers: tuple[PossibleAnswer, ...]
    takes_unit: bool
    reply: str
    """A better way to settle it than an answer, if there is one."""
    prefix: str
    """The words before an answer, which say where to write it."""

    @property
    def label(self) -> str:
        """The label 问12."""
        return f"问{self.number}"

    @property
    def hint(self) -> str:
        """How and where to answer: ``回复:12 同意``."""
        if self.reply:
            return f"{self.prefix}{self.reply}"
        if self.takes_unit and not self.guess:
            return f"{self.prefix}{self.number} 单位 附件"
        if self.takes_unit:
            return f"{self.prefix}{self.number} {self.answers[0].label} ({self.guess})"
        return f"{self.prefix}{self.number} {' / '.join(one.label for one in self.answers)}"


def build_question_lines(
    asked: Iterable[NumberedQuestion], prefix: str, mask: OutputMask
) -> tuple[QuestionLine, ...]:
    """Returns a line for each question, in the given order; ``prefix`` is the words for where to answer."""
    table = answer_table()
    lines = []
    for one in asked:
        question, words = one.question, table.of_kind(one.question.kind)
        lines.append(
            QuestionLine(
                key=question.key,
                number=one.number,
                kind=words.title,
                about=mask.text(question.about) or "",
                sentence=mask.text(question.sentence, question.problems) or "",
                stakes=question.stakes,
                unit=question.unit,
                guess=question.guess.words if question.guess else "",
                reply=question.reply,
                evidence=(mask.text(question.guess.evidence) or "") if question.guess else "",
                answers=tuple(
                    PossibleAnswer(answer.letter, answer.label)
                    for answer in words.answers
                    if question.guess is not None or answer.meaning is not Meaning.AS_GUESSED
                ),
                takes_unit=words.takes_unit,
                prefix=prefix,
            )
        )
    return tuple(lines)


def by_key(lines: Iterable[QuestionLine]) -> Mapping[QuestionKey, QuestionLine]:
    """Maps the key of each question to its line."""
    return {line.key: line for line in lines}
