"""Reads the files of an archived message again."""

from collections.abc import Mapping
from dataclasses import dataclass

from config.mail.file_ids import file_ids
from parsers.mail.mail_contents import MailHead
from parsers.reading.read_mail import take_apart
from store.archive import Archive


@dataclass(frozen=True, slots=True)
class ArchivedMail:
    """An archived message: its headers, and the bytes of each of its files by file id."""

    head: MailHead
    files: Mapping[str, bytes]


def read_archived_mail(archive: Archive, message_id: str) -> ArchivedMail:
    """Returns an archived message, parsed and unpacked as at its ingestion.

    Raises:
        StoreError: the message is not in the archive.
    """
    mail = take_apart(archive.get(message_id))
    return ArchivedMail(
        mail.head,
        {
            file: attachment.data
            for file, attachment in zip(
                file_ids(message_id, [attachment.describe() for attachment in mail.attachments]),
                mail.attachments,
                strict=True,
            )
        },
    )
