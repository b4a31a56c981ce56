"""Operations on questions to people, and on the mails that answer them."""

from collections.abc import Sequence
from datetime import datetime

from store import outbox
from store.aggregates.decision_store import take_steps
from store.aggregates.transactions import ROWS_AT_ONCE, Transactions
from store.answers import answer_mails, question_numbers
from store.decisions import Step, WhoDecided
from store.safekeeping.journal import EntryKind
from store.stored_values import QuestionKey, StoredQuestion


class QuestionStore:
    """Numbered questions, and the outcome of the mails that answer them."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def number(self, asked: Sequence[tuple[QuestionKey, str | None]], now: datetime) -> None:
        """Numbers the questions without a number, in order, and stores the guess of each."""
        for start in range(0, len(asked), ROWS_AT_ONCE):
            with self._transactions.writing_durably() as connection:
                changed = question_numbers.number_questions(
                    connection, asked[start : start + ROWS_AT_ONCE], now
                )
                self._transactions.journal_together(
                    connection, [(EntryKind.QUESTION, number) for number in changed]
                )

    def numbered(self) -> tuple[StoredQuestion, ...]:
        """Returns every question that was ever numbered, by number."""
        with self._transactions.reading() as connection:
            return question_numbers.stored_questions(connection)

    def open_replies(self) -> tuple[answer_mails.StoredReply, ...]:
        """Returns the mails that may answer questions and have no outcome yet, in order of arrival."""
        with self._transactions.reading() as connection:
            return answer_mails.open_replies(connection)

    def replies_of(self, message_ids: Sequence[str]) -> tuple[answer_mails.StoredReply, ...]:
        """Returns these mails, whatever their outcome."""
        with self._transactions.reading() as connection:
            return answer_mails.replies_of(connection, message_ids)

    def answered_mails(self) -> tuple[answer_mails.AnsweredMail, ...]:
        """Returns the outcome of each handled mail, oldest first."""
        with self._transactions.reading() as connection:
            return answer_mails.answered_mails(connection)

    def settle(
        self,
        answered: Sequence[answer_mails.AnsweredMail],
        steps: Sequence[tuple[Step, WhoDecided]],
        mails: Sequence[outbox.MailDraft],
        when: datetime,
    ) -> answer_mails.SettledAnswers:
        """Records decisions that came by mail, the outcome of those mails, and the replies to them, all or none.

        A reply that would replace one that has already left is sent by itself.
        """
        with self._transactions.writing_durably() as connection:
            taken = take_steps(connection, steps)
            for one in answered:
                answer_mails.put_answered(connection, one)
                taken.rows.append((EntryKind.ANSWERED, one.message_id))
            alone: set[str] = set()
            for mail in mails:
                if mail.joins is not None and not outbox.take_back(connection, mail.joins.key):
                    mail = mail.joins.alone
                    alone.add(mail.key)
                outbox.add_mail(
                    connection,
                    key=mail.key,
                    purpose=mail.purpose,
                    raw=mail.raw,
                    sender=mail.sender,
                    recipients=mail.recipients,
                    when=when,
                )
            self._transactions.journal_together(connection, taken.rows)
            return answer_mails.SettledAnswers(
                reread=tuple(dict.fromkeys(taken.reread)), alone=frozenset(alone)
            )
