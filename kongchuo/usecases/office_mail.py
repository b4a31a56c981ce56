"""Composes the daily digest and the 通报, and writes them to a folder or queues them for sending."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.parser import HeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from config.answers.reply_codes import PLACEHOLDER, reply_code, write_code
from config.errors import ConfigError
from config.settings import SmtpSettings, find_answers_key, find_smtp_password, find_workbook_password
from config.text.os_reasons import reason_of
from kongchuo.access.acts import record_act
from kongchuo.access.mail_recipients import MailRecipients
from kongchuo.access.revealing import NamedChild, mail_mask_of, seen_children
from kongchuo.decisions.asking import answer_notes, ask_about, files_to_ask_about
from kongchuo.office import Office
from kongchuo.output.kept_files import WrittenFile, write_beside
from kongchuo.usecases.alarms.held_mails import queue_held_notices
from ledger.assessment import assess, foresee_acceptance
from ledger.changes import find_changes, reported_state
from ledger.lists.past_figures import compare_with_past
from ledger.lists.rolls import build_roll_lines
from ledger.officer_decisions import read_file_notes
from ledger.submissions.monthly_signs import find_monthly_signs
from notify.bulletin.bulletin import Bulletin, BulletinSources, Period, build_bulletin
from notify.course_chart import draw_course
from notify.digest.build_digest import DigestSources, build_digest
from notify.digest.digest import Digest
from notify.digest.digest_workbook import WHOLE, render_workbook
from notify.digest.due_dates import find_due_date
from notify.digest.render_digest import render_digest_html, render_digest_text
from notify.mail.compose import (
    CHART_CONTENT_ID,
    AttachedFile,
    MailBody,
    MailHeaders,
    compose_mail,
    sender_address,
)
from notify.mail.send_outbox import SendingPace, SendingResult, send_due_mails, unsent_mails
from notify.spreadsheet.workbook_files import with_keyword
from store.audit.audit_line import SeenChild
from store.outbox import MailDraft
from store.stored_values import DeliveryStatus, ReportedState

OUTBOX_LEASE = "outbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeMail:
    """A mail to the office: its parts, its key in the outbox, and its files' name."""

    key: str
    purpose: str
    name: str
    cover: MailHeaders
    page: str
    """The mail as HTML, with its picture at ``cid:progress@kongchuo``."""
    text: str
    attached: AttachedFile
    """The attachment as it is mailed."""
    open_copy: AttachedFile | None = None
    """The attachment as it may be written unencrypted into a folder, if the mailed one is only for a zip with a password."""
    chart: bytes | None = None
    digest: Digest | None = None
    children: tuple[SeenChild, ...] = ()
    """The children that it names."""
    reported: ReportedState | None = None
    """The content of a digest with which the next one is compared."""
    to_each: tuple[str, str] | None = None
    """Page and text of a mail to one person, whose reply is an answer; the page has a placeholder for the reply code."""


def compose_digest_mail(office: Office, as_of: datetime) -> OfficeMail:
    """Returns the daily digest at an instant; its key is unique by day and notice."""
    built = _build_digests(office, as_of)
    digest, answered = built.digest, built.answered
    chart = draw_course(digest.course)
    name, picture = f"{digest.title}-{digest.as_of:%Y-%m-%d}", f"cid:{CHART_CONTENT_ID}" if chart else None
    workbook = AttachedFile(f"{name}.xlsx", render_workbook(answered or digest), "xlsx")
    encrypted = office.settings.digest.encrypt
    return OfficeMail(
        key=f"digest:{office.notice.id}:{digest.as_of:%Y-%m-%d}",
        purpose="digest",
        name="digest",
        cover=MailHeaders(subject=digest.subject, office=digest.office, as_of=digest.as_of),
        page=render_digest_html(digest, picture),
        text=render_digest_text(digest),
        attached=replace(workbook, data=render_workbook(answered or digest, WHOLE))
        if encrypted
        else workbook,
        open_copy=workbook,
        chart=chart,
        digest=digest,
        children=built.children,
        reported=built.reported,
        to_each=(render_digest_html(answered, picture), render_digest_text(answered)) if answered else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _BuiltDigest:
    """A digest before it is rendered."""

    digest: Digest
    answered: Digest | None
    """The version whose reader may answer by mail; None if nobody may."""
    children: tuple[SeenChild, ...]
    reported: ReportedState


def _build_digests(office: Office, as_of: datetime) -> _BuiltDigest:
    snapshot = office.snapshot_at(as_of)
    assessment = foresee_acceptance(snapshot, assess(snapshot))
    last_digest = _last_digest_time(office, as_of)
    asked = ask_about(office, snapshot, assessment)
    sources = DigestSources(
        assessment=assessment,
        files=files_to_ask_about(snapshot),
        office=office.settings.office.name,
        notice=office.notice,
        due=find_due_date(snapshot),
        roster={unit.name: unit for unit in office.roster.units},
        rolls=build_roll_lines(snapshot),
        past=compare_with_past(snapshot),
        since=find_changes(state_of_last_digest(office, last_digest), assessment) if last_digest else None,
        unsent_mails=_unsent_lines(office),
        show_name=office.settings.name_in_mail,
        mask=mail_mask_of(office),
        asked=asked,
        answer_notes=answer_notes(office, as_of, last_digest),
        last_digest=last_digest,
        file_notes=read_file_notes(snapshot.decisions),
        audit_head=head.words if (head := office.store.audit.head(as_of)) is not None else "",
    )
    address = _answer_address(office)
    digest = build_digest(sources)
    moved = (child for line in digest.rolls for child in (*line.came, *line.left))
    named: tuple[NamedChild, ...] = (
        *assessment.open_cases,
        *assessment.suspected,
        *assessment.findings,
        *moved,
    )
    answered = build_digest(replace(sources, answer_address=address)) if address else None
    return _BuiltDigest(
        digest=digest,
        answered=answered,
        children=tuple(seen_children(named)),
        reported=reported_state(office.notice.id, assessment),
    )


def state_of_last_digest(office: Office, sent: datetime) -> ReportedState:
    """Returns what the digest of an instant reported; if that is not stored, what it would report now.

    Changes are relative to what that digest really said: it would say something else now, after files were read again or a person accepted a sender.
    """
    kept = office.store.outbox.find_reported(office.notice.id, sent.astimezone(office.zone))
    return _state_at(office, sent) if kept is None else kept


def _state_at(office: Office, as_of: datetime) -> ReportedState:
    return reported_state(office.notice.id, assess(office.snapshot_at(as_of)))


def _answer_address(office: Office) -> str:
    """Returns the address for answers by mail; empty without a key of reply codes."""
    smtp = office.settings.smtp
    if smtp is None or find_answers_key(office.settings) is None:
        return ""
    return sender_address(smtp.sender, smtp.username)


def compose_bulletin_mail(office: Office, period: Period, as_of: datetime) -> OfficeMail:
    """Returns the weekly or monthly 通报 as a draft; its key is unique by week or month and notice."""
    from notify.bulletin.render_bulletin import render_bulletin
    from notify.bulletin.word_file import render_docx  # slow to load, and only this needs it
    from notify.bulletin.word_template import fill_template

    bulletin = _build_bulletin(office, period, as_of)
    template = office.settings.bulletin.template
    chart = draw_course(bulletin.course)
    document = (
        render_docx(bulletin, chart)
        if template is None
        else fill_template(bulletin, _read_template(template))
    )
    page, text = render_bulletin(bulletin, f"cid:{CHART_CONTENT_ID}" if chart else None)
    day = bulletin.as_of.date()
    return OfficeMail(
        key=f"{period}:{office.notice.id}:{period.key(day)}",
        purpose=str(period),
        name=str(period),
        cover=MailHeaders(
            subject=f"{bulletin.title}({bulletin.number},草稿)",
            office=bulletin.office,
            as_of=bulletin.as_of,
        ),
        page=page,
        text=text,
        attached=AttachedFile(f"{bulletin.title}-{bulletin.number}.docx", document, "docx"),
        chart=chart,
    )


def _read_template(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"[bulletin] template 打不开 {file}({reason_of(error)}):请检查路径和权限"
        ) from error


def _build_bulletin(office: Office, period: Period, as_of: datetime) -> Bulletin:
    snapshot = office.snapshot_at(as_of)
    assessment = assess(snapshot)
    sources = BulletinSources(
        assessment=assessment,
        period=period,
        notice=office.notice,
        office=office.settings.office.name,
        roster={unit.name: unit for unit in office.roster.units},
        due=find_due_date(snapshot),
        since=find_changes(_state_at(office, period.before(as_of)), assessment),
        signs=find_monthly_signs(snapshot),
    )
    return build_bulletin(sources)


def _unsent_lines(office: Office) -> list[str]:
    """Returns the mails that a person must deal with, one line each."""
    return [
        f"给{'、'.join(mail.recipients)}:{mail.error or '原因不明'}"
        for mail in unsent_mails(office.store.outbox)
    ]


def _last_digest_time(office: Office, as_of: datetime) -> datetime | None:
    """Returns the instant of the last digest before ``as_of``, by its Date header.

    An old journal has no Date; then it is the instant at which the digest was queued.
    """
    sent = (
        parsedate_to_datetime(str(HeaderParser().parsestr(mail.head)["Date"]))
        if mail.head
        else mail.queued_at
        for mail in office.store.outbox.mails()
        if mail.sent_at is not None and mail.key.startswith(f"digest:{office.notice.id}:")
    )
    return max((instant for instant in sent if instant < as_of), default=None)


def compose_message(office: Office, office_mail: OfficeMail) -> tuple[str, bytes]:
    """Returns sender and bytes of the mail; without ``[smtp]`` as sent by the office to itself."""
    settings = office.settings
    smtp = settings.smtp
    recipients = settings.office.recipients
    sender = (
        sender_address(smtp.sender, smtp.username)
        if smtp
        else (recipients[0] if recipients else "kongchuo@localhost")
    )
    raw = compose_mail(
        office_mail.cover,
        MailBody(office_mail.page, office_mail.text, office_mail.chart),
        [encrypt_workbook(office, office_mail.attached)],
        key=office_mail.key,
        sender=sender,
        recipients=recipients or (sender,),
    )
    return sender, raw


def encrypt_workbook(office: Office, attached: AttachedFile) -> AttachedFile:
    """Encrypts a workbook if the office wants it; a 通报 names no child and stays open."""
    if not office.settings.digest.encrypt or attached.kind != "xlsx":
        return attached
    password = find_workbook_password(office.settings)
    if password is None:
        raise ConfigError(
            "[digest] encrypt 已打开,但没有密码:请设环境变量 KONGCHUO_WORKBOOK_PASSWORD 或写 password_file"
        )
    from notify.mail.encrypted_zip import encrypt_zip  # slow to load, and few offices want it

    name = attached.name.removesuffix(".xlsx")
    return AttachedFile(f"{name}.zip", encrypt_zip({attached.name: attached.data}, password), "zip")


def write_files(office: Office, office_mail: OfficeMail, folder: Path) -> list[WrittenFile]:
    """Writes the mail, the page and the attachment (``digest.eml``, ``.html``, ``.xlsx``), without overwriting edited files.

    Raises:
        ConfigError: the folder cannot be written.
    """
    _, raw = compose_message(office, office_mail)
    page = office_mail.page.replace(f"cid:{CHART_CONTENT_ID}", _inline_image(office_mail.chart))
    copy = office_mail.open_copy or office_mail.attached
    contents = {"eml": raw, "html": page.encode(), copy.kind: copy.data}
    try:
        return [
            write_beside(folder, f"{office_mail.name}.{extension}", data)
            for extension, data in contents.items()
        ]
    except OSError as error:
        raise ConfigError(f"简报写不进 {folder}({reason_of(error)}):请检查路径和权限") from error


def _inline_image(chart: bytes | None) -> str:
    """Returns the picture as a data URL."""
    return f"data:image/png;base64,{b64encode(chart).decode()}" if chart else ""


def queue_office_mail(office: Office, office_mail: OfficeMail) -> tuple[SmtpSettings, tuple[str, ...]]:
    """Queues a mail to the office, once a key; returns the server and the keys.

    If replies are answers, each person gets a mail with a reply code of their own; else one mail goes to all.

    Raises:
        ConfigError: there are no recipients or no server.
    """
    settings = office.settings
    if settings.smtp is None:
        raise ConfigError("没有配置发信服务器:请在 kongchuo.toml 写好 [smtp]")
    if not settings.everyone:
        raise ConfigError("没有收件人:请在 kongchuo.toml 的 [office] recipients 写上收简报的邮箱")
    mails = _mails_to_people(office, office_mail) or [_mail_to_all(office, office_mail)]
    queued = [
        mail.recipients
        for mail in mails
        if office.store.outbox.queue(
            key=mail.key,
            purpose=mail.purpose,
            raw=mail.raw,
            sender=mail.sender,
            recipients=mail.recipients,
            when=datetime.now(UTC),
            reported=office_mail.reported,
        )
    ]
    if queued:
        people = " ".join(dict.fromkeys(one for recipients in queued for one in recipients))
        record_act(office.store, f"mail {office_mail.key} {people}", children=office_mail.children)
    return settings.smtp, tuple(mail.key for mail in mails)


def _mail_to_all(office: Office, office_mail: OfficeMail) -> MailDraft:
    sender, raw = compose_message(office, office_mail)
    return MailDraft(
        key=office_mail.key,
        purpose=office_mail.purpose,
        raw=raw,
        sender=sender,
        recipients=office.settings.office.recipients,
    )


def _mails_to_people(office: Office, office_mail: OfficeMail) -> list[MailDraft]:
    """Returns one mail for each person with a reply code; empty without a key of reply codes."""
    smtp, key = office.settings.smtp, find_answers_key(office.settings)
    if smtp is None or key is None:
        return []
    sender = sender_address(smtp.sender, smtp.username)
    page, text = office_mail.to_each or (office_mail.page, office_mail.text)
    mails = []
    for person in office.settings.everyone:
        mail_key = f"{office_mail.key}:{person.mailbox}"
        code = reply_code(key, person.mailbox, mail_key)
        attached = office_mail.attached
        if attached.kind == "xlsx":
            attached = replace(attached, data=with_keyword(attached.data, write_code(code)))
        raw = compose_mail(
            replace(office_mail.cover, code=code),
            MailBody(page.replace(PLACEHOLDER, code), text, office_mail.chart),
            [encrypt_workbook(office, attached)],
            key=mail_key,
            sender=sender,
            recipients=(person.mailbox,),
        )
        mails.append(
            MailDraft(
                key=mail_key,
                purpose=office_mail.purpose,
                raw=raw,
                sender=sender,
                recipients=(person.mailbox,),
            )
        )
    return mails


def send_office_mail(office: Office, office_mail: OfficeMail) -> SendingResult:
    """Queues a mail to the office, once a key, and sends it with all due mail.

    A digest of today that failed before is sent at once.

    Raises:
        ConfigError: there are no recipients or no server.
        StoreLockedError: another process is sending; the mail is queued.
    """
    smtp, keys = queue_office_mail(office, office_mail)
    for key in keys:
        office.store.outbox.make_due_now(key, datetime.now(UTC))
    result = send_due_mail(office, smtp)
    mails = [mail for key in keys if (mail := office.store.outbox.find(key)) is not None]
    left = [mail for mail in mails if mail.state not in (DeliveryStatus.SENT, DeliveryStatus.WRITTEN)]
    if not left or result.errors:
        return result
    why = left[0].error or "已到 [smtp] 的发送上限,会自动接着发(kongchuo outbox 可查)"
    return replace(result, errors=[why])


def send_due_mail(
    office: Office, smtp: SmtpSettings, *, should_continue: Callable[[], bool] = lambda: True
) -> SendingResult:
    """Sends the due mails of the outbox; of one to the office that is held, it queues a notice for the next pass.

    Raises:
        StoreLockedError: another process is sending.
    """
    from kongchuo.usecases.sent_witnesses import SentWitnesses  # IMAP is slow to load, and only this needs it

    def keep_lease() -> bool:
        office.store.jobs.renew_lease(OUTBOX_LEASE)
        return should_continue()

    with office.store.jobs.hold_lease(OUTBOX_LEASE):
        result = send_due_mails(
            office.store.outbox,
            smtp,
            find_smtp_password(office.settings),
            lambda: datetime.now(UTC),
            recipients=MailRecipients(office, lambda: datetime.now(UTC)),
            sent_mail_finder=SentWitnesses(office),
            pace=SendingPace(should_continue=keep_lease),
        )
        if result.failed:
            queue_held_notices(office, smtp, datetime.now(UTC))
    if result.is_login_refused:
        record_act(office.store, f"login smtp {smtp.host} refused")
    return result
