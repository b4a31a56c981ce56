"""Looks for mails by their Message-ID in the account's folder of sent mail."""

import logging
from collections.abc import Collection, Sequence
from email.parser import BytesHeaderParser

from config.errors import MailboxError
from config.settings import MailboxSettings
from ingest.sources.imap import UIDS_PER_FETCH
from ingest.sources.imap_answers import first_bytes
from ingest.sources.imap_session import ImapSession, mailbox_error, open_session
from ingest.sources.imap_wire import CommandRefusedError, ConnectionLostError, Patience
from ingest.sources.received_header import LARGEST_HEADER

log = logging.getLogger(__name__)

SENT_FOLDERS = ("Sent Messages", "Sent", "已发送", "Sent Items", "INBOX.Sent", "已发送邮件")
"""Its names at QQ, Dovecot, 163, Exchange and others; tried by name, as answers to LIST vary."""
NEWEST = 200  # mails at the end of the folder whose headers are read: SEARCH HEADER finds nothing at 163, all at QQ
_MOST_HINTS = 20
_HEADER_BYTES = 20_000


def find_message_ids(
    box: MailboxSettings, password: str | None, wanted: Collection[str], patience: Patience | None = None
) -> frozenset[str]:
    """Returns those of these Message-IDs that occur in the folder of sent mail.

    Absence proves nothing: whether mail sent by SMTP is kept there is a setting of the account.

    Raises:
        MailboxError: the server cannot be reached or has no such folder.
    """
    patience = patience or Patience()
    session = _open_sent_folder(box, password, patience)
    try:
        present: set[str] = set()
        uids = [uid for each in wanted for uid in _hints(session, each)]
        uids += (session.search_uids(1, None) or [])[-NEWEST:]
        for start in range(0, len(uids := sorted(set(uids))), UIDS_PER_FETCH):
            present |= _message_ids(session, uids[start : start + UIDS_PER_FETCH])
        return frozenset(present.intersection(wanted))
    except (CommandRefusedError, ConnectionLostError) as error:
        raise mailbox_error(box, f"看不了已发送文件夹({error}):稍后会再看") from error
    finally:
        session.log_out()


def message_id_of(raw: bytes) -> str:
    """Returns a mail's Message-ID, or an empty text."""
    return str(BytesHeaderParser().parsebytes(raw)["Message-ID"] or "").strip()


def _open_sent_folder(box: MailboxSettings, password: str | None, patience: Patience) -> ImapSession:
    """Returns a session with the first existing folder of sent mail, using one login.

    Raises:
        MailboxError: there is none, or the server refuses the login.
    """
    inbox = open_session(box, password, patience)
    for name in SENT_FOLDERS:
        try:
            inbox.examine(name)
        except CommandRefusedError as error:
            log.debug("%s: no folder %s: %s", box.name, name, error.words)
        except ConnectionLostError as error:
            inbox.close()
            raise mailbox_error(box, f"看不了已发送文件夹({error}):稍后会再看") from error
        else:
            return inbox
    inbox.log_out()
    raise MailboxError(f"邮箱“{box.name}”里没有找到已发送文件夹:不知是否发出的信请人工核对")


def _hints(session: ImapSession, message_id: str) -> Sequence[int]:
    """Returns the UIDs that SEARCH finds, or none where it returns too many to be useful."""
    try:
        uids = session.search_message_id(message_id)
    except CommandRefusedError:
        return ()
    return uids if len(uids) <= _MOST_HINTS else ()


def _message_ids(session: ImapSession, uids: Sequence[int]) -> set[str]:
    answers = session.headers(uids, len(uids) * _HEADER_BYTES)
    found = {message_id_of(first_bytes(answer.body, LARGEST_HEADER)) for answer in answers if answer.body}
    for answer in answers:
        answer.close()
    return found
