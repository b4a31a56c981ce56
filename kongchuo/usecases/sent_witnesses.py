"""Checks whether an uncertain mail was sent, before a person is asked.

There are two sources: the polled mailbox, where a mail to the office itself arrives, and the folder of sent mail of
the sending account. Neither proves that a mail was not sent: keeping sent mail is a setting of the account, and a
mail may still be on its way. If neither has the mail, a person decides.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from config.errors import MailboxError, StoreError
from config.settings import MailboxSettings, find_mailbox_password
from ingest.sources.imap_wire import Patience
from ingest.sources.sent_folder import find_message_ids, message_id_of
from kongchuo.office import Office
from store.stored_values import OutboxMail

log = logging.getLogger(__name__)

SENT_FOLDER_JOB = "sent-folder"
LOOK_EVERY = timedelta(minutes=30)  # every look is a login, and QQ counts logins
LOOK_FOR = timedelta(days=3)  # then a person is asked, and nobody else
COMES_BACK_AFTER = timedelta(days=-1)
"""The greatest difference between the clocks of sender and mailbox."""


class SentWitnesses:
    """Finds uncertain mails among the mail that came back, and in the folder of sent mail."""

    def __init__(self, office: Office, now: datetime | None = None, patience: Patience | None = None) -> None:
        self._office = office
        self._now = now or datetime.now(UTC)
        self._patience = patience

    def find_sent(self, mails: Sequence[OutboxMail]) -> Mapping[str, bool]:
        """Maps the key of each mail that was found to True; the others are absent."""
        sent = {mail.key: True for mail in mails if self._came_back(mail)}
        unknown = [
            mail
            for mail in mails
            if mail.key not in sent and abs(self._now - (mail.tried_at or mail.queued_at)) <= LOOK_FOR
        ]
        return sent | self._in_sent_folder(unknown)

    def _came_back(self, mail: OutboxMail) -> bool:
        """Returns whether a mail of the same Message-ID and the same body is in the archive: nobody else has that body."""
        store = self._office.store
        since = (mail.tried_at or mail.queued_at) + COMES_BACK_AFTER
        ours = store.outbox.mail_bytes(mail.key)
        for message_id in store.messages.find_from(mail.sender, since):
            try:
                raw = store.archive.get(message_id)
            except StoreError as error:  # a damaged blob is no witness
                log.warning("archived message %s cannot be read: %s", message_id, error)
                continue
            if message_id_of(raw) == message_id_of(ours) and _body(raw) == _body(ours):
                return True
        return False

    def _in_sent_folder(self, mails: Sequence[OutboxMail]) -> dict[str, bool]:
        sent: dict[str, bool] = {}
        for box in self._office.settings.open_mailboxes:
            of_account = [mail for mail in mails if _is_account_of(box, mail)]
            if of_account and self._may_look(box.name):
                sent |= self._look(box, of_account)
        return sent

    def _may_look(self, mailbox: str) -> bool:
        """Returns whether the folder was last read long enough ago. A time in the future was written by a wrong clock."""
        tried_at = [
            status.tried_at
            for status in self._office.store.jobs.statuses()
            if (status.job, status.subject) == (SENT_FOLDER_JOB, mailbox)
        ]
        return not tried_at or not self._now - LOOK_EVERY < tried_at[0] <= self._now

    def _look(self, box: MailboxSettings, mails: Sequence[OutboxMail]) -> dict[str, bool]:
        store = self._office.store
        key_by_id = {message_id_of(mail.head.encode()): mail.key for mail in mails}
        password = find_mailbox_password(self._office.settings, box)
        try:
            found = find_message_ids(box, password, key_by_id, self._patience)
        except MailboxError as error:
            log.warning("sent mail of %s: %s", box.name, error)
            store.jobs.record_failure(SENT_FOLDER_JOB, box.name, self._now, str(error), None)
            return {}
        store.jobs.record_success(SENT_FOLDER_JOB, box.name, self._now)
        return {key_by_id[message_id]: True for message_id in found}


def _is_account_of(box: MailboxSettings, mail: OutboxMail) -> bool:
    return box.host is not None and (box.username or "").lower() == mail.sender.lower()


def _body(raw: bytes) -> bytes:
    """Returns the bytes after the header, with uniform line ends."""
    return re.sub(rb"\r\n|\r", b"\n", raw).partition(b"\n\n")[2].rstrip()
