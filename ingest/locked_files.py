"""Opens encrypted files with passwords from other mails of their sender, at the end of a pass.

Senders often send the password of an encrypted workbook in a separate mail, before or after it. Mails of one sender within
seven days of each other are combined, the nearest first, in the reading processes and within their limits.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from config.mail.file_ids import file_ids
from config.passwords import find_file_passwords
from parsers.mail.stated_passwords import MAX_PASSWORDS
from parsers.reading.reading_job import MailReading
from store import Store
from store.drafts import MessageDraft

_NEAR = timedelta(days=7)
_MOST_MAILS = 20
"""The greatest number of a sender's other mails that are read again for passwords."""
_LOCKED = "encrypted"
_USED_REASON = "邮件里只有密码,这个发件人前后7天的加密文件已用密码打开"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailWithLock:
    """The facts about a mail that are needed to match passwords with encrypted files."""

    notice: str
    received_at: datetime
    locked: int
    """The number of its encrypted files, without those that a person has assigned."""
    passwords: tuple[str, ...] = field(repr=False)
    draft: MessageDraft

    @property
    def tells_only_a_password(self) -> bool:
        """Whether the mail holds only a password."""
        return [(file.path, file.reason_code) for file in self.draft.files] == [((), _LOCKED)]

    @property
    def matters(self) -> bool:
        """Whether the mail holds an encrypted file, or a password that may open one."""
        return bool(self.locked or self.passwords) and bool(self.draft.sender)


Reread = Callable[[str, datetime, tuple[str, ...]], MailWithLock | None]
"""Reads an archived mail again with further passwords; None if it is damaged."""


def describe_locks(
    notice: str,
    received_at: datetime,
    reading: MailReading,
    draft: MessageDraft,
    assigned: Collection[str],
) -> MailWithLock:
    """Returns the facts about a mail for matching passwords; ``assigned`` are ids of files that a person has assigned."""
    ids = file_ids(draft.message_id, reading.parts.attachments)
    locked = [
        one
        for one, parsed in zip(ids, reading.readings, strict=True)
        if parsed.reason_code == _LOCKED and one not in assigned
    ]
    return MailWithLock(
        notice=notice,
        received_at=received_at,
        locked=len(locked),
        passwords=reading.parts.passwords,
        draft=draft,
    )


def open_locked_files(
    store: Store,
    mails: Iterable[MailWithLock],
    seen: Collection[str],
    reread: Reread,
    record: Callable[[str, MessageDraft], None],
) -> None:
    """Tries the passwords of a sender's mails on the encrypted files in the sender's other mails, and records what they open.

    The store keeps a note of what a pass could not finish, for the next pass.

    Args:
        mails: mails of this pass with an encrypted file or a password.
        seen: the ids of all messages read in this pass.
        reread: reads an archived mail again.
        record: records a draft under a notice's id.
    """
    by_sender: dict[str, list[MailWithLock]] = {}
    for mail in [*mails, *_take_up(store, seen, reread)]:
        by_sender.setdefault(mail.draft.sender.lower(), []).append(mail)
    for sender, group in by_sender.items():
        first, last = min(mail.received_at for mail in group), max(mail.received_at for mail in group)
        around = {
            message_id: at
            for message_id, at in store.messages.find_from(sender, first - 2 * _NEAR).items()
            if at <= last + 2 * _NEAR
        }
        if any(mail.locked or mail.tells_only_a_password for mail in group) or store.messages.find_with_code(
            frozenset(around), _LOCKED
        ):
            others = _read_others(group, around, seen, reread)
            _open_among(store, [*group, *others], frozenset(around), reread, record)
        store.messages.settle_passwords([mail.draft.message_id for mail in group])


def _take_up(store: Store, seen: Collection[str], reread: Reread) -> list[MailWithLock]:
    """Returns the mails that an interrupted pass left over."""
    due = [(one, at) for one, at in store.messages.find_with_passwords_due() if one not in seen]
    read = {one: reread(one, at, ()) for one, at in due}
    if settled := [one for one, mail in read.items() if mail is None or not mail.matters]:
        store.messages.settle_passwords(settled)
    return [mail for mail in read.values() if mail is not None and mail.matters]


def _read_others(
    group: Collection[MailWithLock], around: Mapping[str, datetime], seen: Collection[str], reread: Reread
) -> list[MailWithLock]:
    """Returns the sender's earlier mails nearest in time to those of this pass."""
    distances = {
        message_id: min(abs(at - mail.received_at) for mail in group)
        for message_id, at in around.items()
        if message_id not in seen
    }
    nearest = sorted(distances, key=lambda one: (distances[one], one))[:_MOST_MAILS]
    read = [reread(one, around[one], ()) for one in nearest if distances[one] <= _NEAR]
    return [mail for mail in read if mail is not None and mail.matters]


def _open_among(
    store: Store,
    mails: Collection[MailWithLock],
    around: Collection[str],
    reread: Reread,
    record: Callable[[str, MessageDraft], None],
) -> None:
    for mail in mails:
        passwords = (*_passwords_kept(mail), *_passwords_near(mail, mails))[:MAX_PASSWORDS]
        if not mail.locked or not passwords:
            continue
        opened = reread(mail.draft.message_id, mail.received_at, passwords)
        if opened is not None and opened.locked < mail.locked:
            record(opened.notice, opened.draft)
    still_locked = store.messages.find_with_code(around, _LOCKED)
    arrivals = {mail.draft.message_id: mail.received_at for mail in mails if mail.locked}
    for mail in mails:
        near = [one for one, at in arrivals.items() if abs(at - mail.received_at) <= _NEAR]
        if mail.tells_only_a_password and near and still_locked.isdisjoint(near):
            (words,) = mail.draft.files
            used = replace(words, outcome="ignored", reason_code=None, reason=_USED_REASON)
            record(mail.notice, replace(mail.draft, files=(used,)))


def _passwords_kept(locked: MailWithLock) -> tuple[str, ...]:
    """Returns the passwords that the office stored for the units of the encrypted files."""
    if not locked.locked:
        return ()
    units = {file.unit_hint for file in locked.draft.files if file.reason_code == _LOCKED and file.unit_hint}
    return tuple(password for unit in sorted(units) for password in find_file_passwords(unit))


def _passwords_near(locked: MailWithLock, mails: Iterable[MailWithLock]) -> tuple[str, ...]:
    """Returns the passwords in the sender's other mails within a week, the nearest first."""
    near = [
        (abs(mail.received_at - locked.received_at), mail.draft.message_id, mail.passwords)
        for mail in mails
        if mail.draft.message_id != locked.draft.message_id
        and abs(mail.received_at - locked.received_at) <= _NEAR
    ]
    passwords = dict.fromkeys(
        password for _, _, passwords_of_mail in sorted(near) for password in passwords_of_mail
    )
    return tuple(passwords)[:MAX_PASSWORDS]
