"""The digest put together from the book, and sent by way of the outbox."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from config.errors import ConfigError
from config.settings import Smtp, password_for_smtp
from kongchuo.wiring import Office
from ledger.book import Book
from ledger.cases import cases
from ledger.gaps import gaps
from ledger.judgements import CaseState
from ledger.problems import problems
from ledger.status import status
from notify.digest import Digest, build_digest
from notify.message import compose, login_address
from notify.outbox import Sent, flush
from notify.render import render_html, render_text
from notify.workbook import render_workbook
from store import Store
from store.mail import MailFact

OUTBOX_LEASE = "outbox"


@dataclass(frozen=True, slots=True)
class Briefing:
    """The digest in its three shapes."""

    digest: Digest
    html: str
    text: str
    xlsx: bytes


def brief(office: Office, as_of: datetime) -> Briefing:
    """What the office would read at an instant."""
    book = office.book(as_of)
    digest = build_digest(
        status=status(book),
        gaps=gaps(book),
        cases=[case for case in cases(book.whole) if case.state is CaseState.OPEN],
        files=book.quarantined,
        office=office.settings.office.name,
        notice_title=office.notice.title,
        due=_due(book),
        contacts={unit.name: unit for unit in office.roster.units},
        problems=[problem for problem in problems(book) if problem.explained is None],
    )
    return Briefing(digest, render_html(digest), render_text(digest), render_workbook(digest))


def _due(book: Book) -> datetime | None:
    """The last date on which a form of the notice is due."""
    dates = [due for form in book.notice.forms if (due := book.notice.due_at(form, book.zone)) is not None]
    return max(dates, default=None)


def mail_of(office: Office, briefing: Briefing) -> tuple[str, str, bytes]:
    """Outbox key, sender and bytes of the digest's mail; without ``[smtp]`` as the office would send it to itself."""
    settings = office.settings
    smtp = settings.smtp
    recipients = settings.office.recipients
    sender = (
        login_address(smtp.sender, smtp.username)
        if smtp
        else (recipients[0] if recipients else "kongchuo@localhost")
    )
    key = f"digest:{office.notice.id}:{briefing.digest.as_of:%Y-%m-%d}"
    raw = compose(
        briefing.digest,
        briefing.html,
        briefing.text,
        briefing.xlsx,
        key=key,
        sender=sender,
        recipients=recipients or (sender,),
    )
    return key, sender, raw


def write(office: Office, briefing: Briefing, folder: Path) -> list[Path]:
    """``digest.eml``, ``digest.html`` and ``digest.xlsx`` in a folder.

    Raises:
        ConfigError: the folder cannot be written.
    """
    _, _, raw = mail_of(office, briefing)
    found = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in (
            ("digest.eml", raw),
            ("digest.html", briefing.html.encode()),
            ("digest.xlsx", briefing.xlsx),
        ):
            (folder / name).write_bytes(data)
            found.append(folder / name)
    except OSError as error:
        raise ConfigError(f"简报写不进 {folder}({error.strerror}):请检查路径和权限") from error
    return found


def send(office: Office, briefing: Briefing) -> Sent:
    """Queue the digest, once a day and notice, and send it with all that waits.

    Whoever asks to send wants it now: a digest of today that failed before does not wait for its next try.

    Raises:
        ConfigError: there is nobody to send to, or no server to send by.
        StoreLockedError: another process is sending.
    """
    settings = office.settings
    if settings.smtp is None:
        raise ConfigError("没有配置发信服务器:请在 kongchuo.toml 写好 [smtp]")
    if not settings.office.recipients:
        raise ConfigError("没有收件人:请在 kongchuo.toml 的 [office] recipients 写上收简报的邮箱")
    key, sender, raw = mail_of(office, briefing)
    office.store.queue_mail(
        key=key,
        purpose="digest",
        raw=raw,
        sender=sender,
        recipients=settings.office.recipients,
        when=datetime.now(UTC),
    )
    return send_waiting(office, settings.smtp, urgent=key)


def send_waiting(office: Office, smtp: Smtp, *, urgent: str | None = None) -> Sent:
    """Send what is due in the outbox, and the mail with the key ``urgent`` whether due or not.

    Raises:
        StoreLockedError: another process is sending.
    """
    with office.store.lease(OUTBOX_LEASE):
        outbox = _Outbox(office.store, urgent)
        return flush(outbox, smtp, password_for_smtp(office.settings), datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class _Outbox:
    """The store's outbox with one mail moved to the front."""

    store: Store
    urgent: str | None

    def mails_due(self, now: datetime) -> tuple[MailFact, ...]:
        due = self.store.mails_due(now)
        if self.urgent is None or any(mail.key == self.urgent for mail in due):
            return due
        unsent = (mail for mail in self.store.mails() if mail.sent_at is None)
        return (*(mail for mail in unsent if mail.key == self.urgent), *due)

    def mail_sent(self, key: str, when: datetime) -> None:
        self.store.mail_sent(key, when)

    def mail_failed(self, key: str, retry_at: datetime | None, error: str) -> None:
        self.store.mail_failed(key, retry_at, error)
