"""Reads the files of an archived message again."""

from collections.abc import Mapping
from dataclasses import dataclass

from parsers.archives.unpack import unpack
from parsers.mail.mime import MailHead, parse_mail
from store.archive import Archive
from store.drafts import file_id


@dataclass(frozen=True, slots=True)
class ArchivedMail:
    """An archived message: its head, and the bytes of each of its files by file id."""

    head: MailHead
    files: Mapping[str, bytes]


def read_archived_mail(archive: Archive, message_id: str) -> ArchivedMail:
    """Take an archived message apart as ingestion did.

    Raises:
        StoreError: the archive does not hold it.
    """
    mail = parse_mail(archive.get(message_id))
    attachments = unpack(mail.attachments, mail.passwords)
    return ArchivedMail(
        mail.head,
        {file_id(message_id, position): attachment.data for position, attachment in enumerate(attachments)},
    )
