"""The digest put together from the book, and sent by way of the outbox."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from config.errors import ConfigError
from config.settings import Smtp, password_for_smtp, password_for_workbook
from kongchuo.wiring import Office
from ledger.book import Book
from ledger.judged import changes, judge
from notify.chart import draw
from notify.digest import Digest, build_digest
from notify.message import CHART, Attached, compose, login_address
from notify.names import mask_name
from notify.outbox import Sent, flush
from notify.render import render_html, render_text
from notify.sealing import sealed
from notify.workbook import render_workbook
from store import Store
from store.mail import MailFact

OUTBOX_LEASE = "outbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """A digest and its renderings."""

    digest: Digest
    text: str
    xlsx: bytes
    chart: bytes | None

    def html(self, chart: str | None) -> str:
        """The page, with the picture at this address if there is one."""
        return render_html(self.digest, chart if self.chart else None)


def brief(office: Office, as_of: datetime) -> Briefing:
    """What the office would read at an instant."""
    book = office.book(as_of)
    judged = judge(book)
    before = _last_sent(office, as_of)
    digest = build_digest(
        judged,
        files=book.quarantined,
        office=office.settings.office.name,
        notice_title=office.notice.title,
        due=_due(book),
        contacts={unit.name: unit for unit in office.roster.units},
        triggered=frozenset(form.key for form in office.notice.forms if form.trigger is not None),
        since=changes(judge(office.book(before)), judged) if before else None,
        unsent=_given_up(office),
        shown=mask_name if office.settings.digest.mask == "id+name" else str,
    )
    return Briefing(
        digest=digest,
        text=render_text(digest),
        xlsx=render_workbook(digest),
        chart=draw(digest.progress, digest.numbers.expected, digest.due),
    )


def _given_up(office: Office) -> list[str]:
    """Mails that will not be tried again, for a person to see to."""
    return [
        f"给{'、'.join(mail.recipients)}的邮件没有发出:{mail.error or '原因不明'}"
        for mail in office.store.mails()
        if mail.sent_at is None and mail.next_at is None
    ]


def _last_sent(office: Office, as_of: datetime) -> datetime | None:
    """The instant of the digest sent last before ``as_of``, as its own Date says."""
    sent = (
        parsedate_to_datetime(str(BytesHeaderParser().parsebytes(mail.raw)["Date"]))
        for mail in office.store.mails()
        if mail.sent_at is not None and mail.key.startswith(f"digest:{office.notice.id}:")
    )
    return max((instant for instant in sent if instant < as_of), default=None)


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
        briefing.html(f"cid:{CHART}"),
        briefing.text,
        _attached(office, briefing),
        key=key,
        sender=sender,
        recipients=recipients or (sender,),
        chart=briefing.chart,
    )
    return key, sender, raw


def _attached(office: Office, briefing: Briefing) -> Attached:
    """The workbook, under lock where the office wants it so."""
    name = f"{briefing.digest.title}-{briefing.digest.as_of:%Y-%m-%d}"
    if not office.settings.digest.encrypt:
        return Attached(f"{name}.xlsx", briefing.xlsx, "xlsx")
    password = password_for_workbook(office.settings)
    if password is None:
        raise ConfigError(
            "[digest] encrypt 已打开,但没有密码:请设环境变量 KONGCHUO_WORKBOOK_PASSWORD 或写 password_file"
        )
    return Attached(f"{name}.zip", sealed(f"{name}.xlsx", briefing.xlsx, password), "zip")


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
            ("digest.html", briefing.html(_inline(briefing.chart)).encode()),
            ("digest.xlsx", briefing.xlsx),
        ):
            (folder / name).write_bytes(data)
            found.append(folder / name)
    except OSError as error:
        raise ConfigError(f"简报写不进 {folder}({error.strerror}):请检查路径和权限") from error
    return found


def _inline(chart: bytes | None) -> str | None:
    """The picture as an address that needs no other file."""
    return f"data:image/png;base64,{b64encode(chart).decode()}" if chart else None


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
