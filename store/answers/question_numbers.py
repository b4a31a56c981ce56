"""Gives each question a number that stays: the same question has the same one whenever it is asked."""

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
    """Numbers these questions, each with its guess, in their order; returns the numbers of the rows that changed."""
    lock_journal(connection)
    known = {one.key: one for one in stored_questions(connection)}
    last = int(connection.execute(select(func.max(QUESTION.c.number))).scalar() or 0)
    changed = []
    for key, guess in asked:
        stored = known.get(key)
        if stored is None:
            last += 1
            values = {"kind": key.kind, "subject": key.subject, "guess": guess}
            connection.execute(insert(QUESTION).values(number=last, asked_at=now, guessed_at=now, **values))
            known[key] = StoredQuestion(number=last, key=key, guess=guess, guessed_at=now)
            changed.append(last)
        elif stored.guess != guess:
            of_question = QUESTION.c.number == stored.number
            connection.execute(update(QUESTION).where(of_question).values(guess=guess, guessed_at=now))
            changed.append(stored.number)
    return tuple(changed)
