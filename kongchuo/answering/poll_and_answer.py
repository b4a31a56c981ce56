"""Polls the mailboxes, then processes the mails of the office's people and sends the replies at once."""

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

from config.errors import StoreLockedError
from ingest.poll_summary import PollSummary
from ingest.sources.source import MailSource
from kongchuo.clock import parse_as_of
from kongchuo.decisions.answer_units import accept_trusted_explanations
from kongchuo.office import Office
from kongchuo.usecases.polling import poll_office

log = logging.getLogger(__name__)


def poll_and_answer(
    office: Office,
    sources: Sequence[MailSource],
    progress: Callable[[int, int], None] | None = None,
    *,
    compare: Collection[str] = (),
) -> PollSummary:
    """Runs one pass over these mailboxes (:func:`poll_office`) and answers the mails that it brought.

    Raises:
        StoreLockedError: another process is doing this.
        MailboxError: no mailbox could be reached at all.
    """
    summary = poll_office(office, sources, progress, compare=compare)
    accept_trusted_explanations(office, parse_as_of(None, office.zone))
    _answer(office)
    return summary


def _answer(office: Office) -> None:
    """Answers the office's mails and sends the replies; those that cannot be sent now are sent with the next mails."""
    smtp = office.settings.smtp
    if smtp is None:
        return
    if not office.store.questions.open_replies() and not office.store.outbox.due(datetime.now(UTC)):
        return
    from kongchuo.answering.answering_mail import (  # loads what writes letters and workbooks
        ANSWERING_PURPOSES,
        answer_office_mail,
    )
    from kongchuo.usecases.office_mail import send_due_mail

    answer_office_mail(office)
    due = office.store.outbox.due(datetime.now(UTC))
    if not any(mail.purpose in ANSWERING_PURPOSES for mail in due):
        return
    try:
        send_due_mail(office, smtp)
    except StoreLockedError:
        log.info("another process is sending")
