"""Makes replies to one person of the office, each with its own reply code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from config.answers.reply_codes import PLACEHOLDER, reply_code, write_code
from config.settings import PersonSettings
from kongchuo.office import Office
from kongchuo.usecases.office_mail import OfficeMail, encrypt_workbook
from notify.answers.answer_letters import AnswerLetter, render_answer_letter
from notify.mail.compose import AttachedFile, MailBody, MailHeaders, compose_mail
from notify.spreadsheet.workbook_files import with_keyword
from parsers.reading.reader_pool import ReaderPool
from store.outbox import MailDraft

_PLAIN_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,200}@[A-Za-z0-9.-]{1,200}>")
"""Matches a Message-ID that can be used unchanged in a header of ours."""
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Post:
    """The values needed to make replies: office, key of reply codes, sender, instant and reading processes."""

    office: Office
    key: str
    sender: str
    now: datetime
    readers: ReaderPool
    """Reads files that a person assigns, before the assignment is recorded."""

    @property
    def office_name(self) -> str:
        """The office's name, which signs the letters."""
        return self.office.settings.office.name

    def letter(
        self,
        letter: AnswerLetter,
        mail_key: str,
        purpose: str,
        to: PersonSettings,
        in_reply_to: str = "",
        attached: Sequence[AttachedFile] = (),
        digest: OfficeMail | None = None,
    ) -> MailDraft:
        """Returns the mail of a letter; a digest is appended below it, and its workbook is attached with the other files."""
        page, text = render_answer_letter(letter)
        code = reply_code(self.key, to.mailbox, mail_key)
        files = list(attached)
        if digest is not None:
            digest_page, digest_text = digest.to_each or (digest.page, digest.text)
            page = _below(page, digest_page.replace(PLACEHOLDER, code))
            text = f"{text}\n\n{digest_text}"
            workbook = digest.attached
            data = with_keyword(workbook.data, write_code(code))
            files.append(encrypt_workbook(self.office, AttachedFile(workbook.name, data, workbook.kind)))
        headers = MailHeaders(
            subject=letter.subject,
            office=letter.office,
            as_of=self.now.astimezone(self.office.zone),
            in_reply_to=in_reply_to if _PLAIN_ID.fullmatch(in_reply_to) else "",
            code=code,
        )
        raw = compose_mail(
            headers,
            MailBody(page, text, digest.chart if digest is not None else None),
            files,
            key=mail_key,
            sender=self.sender,
            recipients=(to.mailbox,),
        )
        return MailDraft(key=mail_key, purpose=purpose, raw=raw, sender=self.sender, recipients=(to.mailbox,))


def _below(page: str, other: str) -> str:
    """Returns a page with the content of another one below it."""
    shown = _BODY.search(other)
    return page.replace("</body>", f"{shown[1]}</body>", 1) if shown else page
