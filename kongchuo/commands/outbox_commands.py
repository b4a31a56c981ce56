"""Holds the command outbox with retry and cancel: the outgoing mails, and an officer's decisions on them."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import HeaderParser
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from config.errors import ConfigError
from config.text.os_reasons import reason_of
from config.text.punctuation import set_punctuation
from kongchuo.access.guarded_commands import GuardedCommand, GuardedGroup
from kongchuo.clock import parse_as_of
from kongchuo.commands.options import AsJson, AsOf, AsTsv, Config, Wide
from kongchuo.lookup import current_user
from kongchuo.office import Office, open_office
from kongchuo.output.answers_json import iso_time, to_json
from kongchuo.output.layout.answer_screen import answer_screen, chosen_form
from kongchuo.output.layout.table_layout import Column
from kongchuo.output.terminal_tables import format_minute, print_line, print_table
from notify.mail.send_outbox import unsent_mails
from notify.shown_dates import format_day
from store.audit.audit_line import AuditLine
from store.stored_values import DeliveryStatus, OutboxMail

Key = Annotated[str, typer.Argument(help="邮件的键(kongchuo outbox 可查)", metavar="键")]
MAIL_STATE_WORDS = {
    DeliveryStatus.WAITING: "等待发送", DeliveryStatus.SENDING: "正在发送", DeliveryStatus.SENT: "已发出",
    DeliveryStatus.WRITTEN: "已写成文件(演练)", DeliveryStatus.HELD: "没有发出,待人工处理",
    DeliveryStatus.UNCERTAIN: "不知是否发出,待人工核对", DeliveryStatus.CANCELLED: "已取消",
}  # fmt: skip
_NUMBER_OF_A_MAIL = re.compile("(?<=:[0-9a-f]{12})[0-9a-f]{52}$")
"""Matches the end of a receipt's key, the number of the answered mail, which is not shown."""

outbox_app = typer.Typer(
    name="outbox",
    cls=GuardedGroup,
    help="发件箱:哪些发了、哪些在等、哪些要人处理(退出码1);--out 把一天的信写成网页。",
)


@outbox_app.callback(invoke_without_command=True)
def outbox(
    context: typer.Context,
    config: Config = None,
    as_json: AsJson = False,
    tsv: AsTsv = False,
    wide: Wide = False,
    as_of: AsOf = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="把等着发的和今天该发的回执、催报写成一个网页,先看再发", metavar="文件"),
    ] = None,
) -> None:
    """发件箱:哪些发了、哪些在等、哪些要人处理(退出码1);--out 把一天的信写成网页。"""
    if context.invoked_subcommand is not None:
        context.default_map = {name: {"config": config} for name in OUTBOX_COMMANDS}
        return
    if out is not None:
        with open_office(config) as office:
            _write_letters(office, parse_as_of(as_of, office.zone), out)
        return
    form_of_answer = chosen_form(wide=wide, tsv=tsv, as_json=as_json)
    with open_office(config) as office:
        mails, zone = office.store.outbox.mails(), office.zone
        undelivered = unsent_mails(office.store.outbox)
    if as_json:
        print(to_json([mail_json(mail, zone) for mail in mails]))
    else:
        with answer_screen(form_of_answer):
            _show_mails(mails, zone)
    raise typer.Exit(1 if undelivered else 0)


def _show_mails(mails: Sequence[OutboxMail], zone: ZoneInfo) -> None:
    rows = [
        (
            _shown_key(mail, mails),
            set_punctuation(MAIL_STATE_WORDS[mail.state]),
            format_minute(mail.sent_at, zone) if mail.sent_at else "",
            format_minute(mail.next_at, zone) if mail.next_at else "",
            _head(mail)["Subject"] or "",
            "、".join(mail.recipients),
            set_punctuation(mail.error) if mail.error and mail.state is not DeliveryStatus.CANCELLED else "",
        )
        for mail in mails
    ]
    columns = [
        Column("键"),
        Column("状态"),
        Column("发出", 1),
        Column("下次", 2),
        Column("主题", is_sentence=True),
        Column("给", is_sentence=True),
        Column("原因", is_sentence=True),
    ]
    print_table(f"发件箱{len(rows)}封", columns, rows, "发件箱是空的")


def _shown_key(mail: OutboxMail, mails: Sequence[OutboxMail]) -> str:
    """Returns a prefix of a mail's key that is short enough to copy and unique among ``mails``."""
    short = _NUMBER_OF_A_MAIL.sub("", mail.key)
    is_clear = sum(other.key.startswith(short) for other in mails) == 1
    return short if is_clear else mail.key


def _head(mail: OutboxMail) -> EmailMessage:
    return HeaderParser(policy=policy.default).parsestr(mail.head)


def _write_letters(office: Office, as_of: datetime, file: Path) -> None:
    """Writes the letters that wait and those that this day would bring as one page; nothing is queued or sent."""
    from kongchuo.usecases import unit_mail  # slow to load, and only needed here
    from notify.mail.letters_page import Letter, render_letters

    store = office.store
    waiting = store.outbox.with_status([DeliveryStatus.WAITING, DeliveryStatus.HELD])
    letters = [Letter(MAIL_STATE_WORDS[mail.state], store.outbox.mail_bytes(mail.key)) for mail in waiting]
    reminders = unit_mail.find_due_reminders(office, as_of)
    known = {mail.key for mail in store.outbox.mails()}
    letters += [
        Letter("今天该发,还没有放进发件箱", mail.raw)
        for mail in (
            *unit_mail.compose_receipts(office, as_of),
            *unit_mail.compose_waiting_mails(office, as_of),
            *unit_mail.compose_reminder_mails(office, reminders, as_of),
            *unit_mail.compose_sweep_mails(office, as_of, reminders),
        )
        if mail.key not in known
    ]
    page = render_letters(f"{format_day(as_of.astimezone(office.zone))}的信,共{len(letters)}封", letters)
    try:
        file.write_text(page, "utf-8")
    except OSError as error:
        raise ConfigError(f"网页写不进 {file}({reason_of(error)}):请检查路径和权限") from error
    print_line(f"已生成 {file}({len(letters)}封,都还没有发出)")


def mail_json(mail: OutboxMail, zone: ZoneInfo) -> dict[str, Any]:
    """Returns one mail for ``outbox --json``, without its text."""
    head = _head(mail)
    return {
        "key": mail.key,
        "purpose": mail.purpose,
        "state": mail.state,
        "subject": str(head["Subject"] or ""),
        "message_id": str(head["Message-ID"] or "").strip() or None,
        "recipients": list(mail.recipients),
        "unserved": list(mail.not_accepted),
        "size": mail.size,
        "queued_at": iso_time(mail.queued_at, zone),
        "tried_at": iso_time(mail.tried_at, zone),
        "next_at": iso_time(mail.next_at, zone),
        "sent_at": iso_time(mail.sent_at, zone),
        "attempts": mail.attempts,
        "error": None if mail.error is None else set_punctuation(mail.error),
    }


def retry(key: Key, config: Config = None) -> None:
    """现在就再发一次(没发出的、已核对确实没收到的)。"""
    with open_office(config) as office:
        key = _whole_key(office, key)
        now = datetime.now(UTC)
        audit = AuditLine(f"outbox retry {key}", current_user(), now)
        if not office.store.outbox.make_due_again(key, now, audit):
            raise ConfigError(_why_unchanged(office.store.outbox.find(key), key))
    print_line("已排上,下一次发信时发出")


def cancel(key: Key, config: Config = None) -> None:
    """不发了(或已核对确实收到)。"""
    with open_office(config) as office:
        key = _whole_key(office, key)
        audit = AuditLine(f"outbox cancel {key}", current_user(), datetime.now(UTC))
        if not office.store.outbox.cancel(key, audit):
            raise ConfigError(_why_unchanged(office.store.outbox.find(key), key))
    print_line("已取消,不会再发")


def _whole_key(office: Office, typed: str) -> str:
    """Returns the one key that begins with ``typed``; ``typed`` itself if none or several do."""
    keys = [mail.key for mail in office.store.outbox.mails() if mail.key.startswith(typed)]
    return keys[0] if len(keys) == 1 else typed


def _why_unchanged(mail: OutboxMail | None, key: str) -> str:
    if mail is None:
        return f"发件箱里没有“{key}”:请用 kongchuo outbox 查键"
    return f"“{key}”{MAIL_STATE_WORDS[mail.state]}:没有改动"


OUTBOX_COMMANDS = {"retry": retry, "cancel": cancel}
for name, command in OUTBOX_COMMANDS.items():
    outbox_app.command(name, cls=GuardedCommand)(command)
