"""Gives each question a permanent number: the same question has the same number whenever it is asked."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from store.engine import lock_journal
from store.models import QuestionRow
from store.recording import core_table
from store.stored_values import QuestionKey, StoredQuestion

QUESTION = core_table(QuestionRow)


def stored_questions(connection: Connection) -> tuple[StoredQuestion, ...]:
    """Returns every question that was ever numbered, by number."""
    rows = connection.execute(select(QUESTION).order_by(QUESTION.c.number))
    return tuple(
        StoredQuestion(
            number=row.number,
            key=QuestionKey(row.kind, row.subject),
            guess=row.guess,
            guessed_at=row.guessed_at,
        )
        for row in rows
    )


def number_questions(
    connection: Connection, asked: Sequence[tuple[QuestionKey, str | None]], now: datetime
) -> tuple[int, ...]:
    """Numbers these questions in order and stores their guesses; returns the numbers of the rows changed.

    Args:
        asked: the questions, each with its guess or None.
    """
    lock_journal(connection)
    questions_by_key = {one.key: one for one in stored_questions(connection)}
    last = int(connection.execute(select(func.max(QUESTION.c.number))).scalar() or 0)
    changed = []
    for key, guess in asked:
        stored = questions_by_key.get(key)
        if stored is None:
            last += 1
            values = {"kind": key.kind, "subject": key.subject, "guess": guess}
            connection.execute(insert(QUESTION).values(number=last, asked_at=now, guessed_at=now, **values))
            questions_by_key[key] = StoredQuestion(number=last, key=key, guess=guess, guessed_at=now)
            changed.append(last)
        elif stored.guess != guess:
            of_question = QUESTION.c.number == stored.number
            connection.execute(update(QUESTION).where(of_question).values(guess=guess, guessed_at=now))
            changed.append(stored.number)
    return tuple(changed)
