"""Shows questions as a terminal table and as JSON; numbers of persons are masked."""

from collections.abc import Iterable, Sequence
from typing import Any

from config.answers.answer_words import answer_table
from config.text.output_mask import OutputMask
from config.text.punctuation import set_punctuation
from ledger.questions.open_questions import NumberedQuestion


def question_rows(asked: Iterable[NumberedQuestion], mask: OutputMask) -> list[Sequence[str]]:
    """Returns one row a question: number, kind, subject, question, our guess, possible answers."""
    table = answer_table()
    return [
        (
            str(one.number),
            table.of_kind(one.question.kind).title,
            mask.text(one.question.about) or "",
            mask.sentence(one.question.sentence, one.question.problems) or "",
            one.question.guess.words if one.question.guess else "",
            "、".join(_labels(one)),
        )
        for one in asked
    ]


def how_to_answer(one: NumberedQuestion) -> str:
    """Returns ``12 同意``, or ``12 单位 附件`` if there is no guess to agree to."""
    return one.question.reply or f"{one.number} {_labels(one)[0]}"


def _labels(one: NumberedQuestion) -> list[str]:
    if one.question.reply:
        return [one.question.reply]
    words = answer_table().of_kind(one.question.kind)
    agreeing = one.question.guess is not None or not words.takes_unit
    labels = [answer.label for answer in words.answers if agreeing or answer.meaning != "as-guessed"]
    return ["单位 附件", *labels] if not agreeing else [*labels, *(["单位 附件"] if words.takes_unit else [])]


def questions_json(asked: Iterable[NumberedQuestion], mask: OutputMask) -> list[dict[str, Any]]:
    """Returns every open question with its possible answers."""
    table = answer_table()
    return [
        {
            "number": one.number,
            "kind": one.question.kind.value,
            "subject": one.question.key.subject,
            "about": mask.text(one.question.about),
            "unit": one.question.unit or None,
            "question": mask.sentence(one.question.sentence, one.question.problems) or "",
            "stakes": set_punctuation(one.question.stakes),
            "guess": {
                "unit": one.question.guess.unit,
                "form": one.question.guess.form,
                "evidence": mask.sentence(one.question.guess.evidence),
            }
            if one.question.guess
            else None,
            "answers": [
                {"letter": answer.letter, "label": answer.label}
                for answer in table.of_kind(one.question.kind).answers
                if one.question.guess is not None or answer.meaning != "as-guessed"
            ],
        }
        for one in asked
    ]
