"""outbox: what is to be mailed, what became of it, and what a person says about it."""

from datetime import UTC, datetime
from email import policy
from email.parser import BytesHeaderParser
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from config.errors import ConfigError
from kongchuo.commands.lookup import who
from kongchuo.commands.options import AsJson, Config
from kongchuo.office import office
from kongchuo.output.answers_json import document, when
from kongchuo.output.terminal_tables import console, minute
from notify.mail.send_outbox import unsent_mails
from store.outbox import DeliveryStatus, OutboxMail

Key = Annotated[str, typer.Argument(help="邮件的键(kongchuo outbox 可查)", metavar="键")]
STATES = {
    DeliveryStatus.WAITING: "等待发送", DeliveryStatus.SENDING: "正在发送", DeliveryStatus.SENT: "已发出",
    DeliveryStatus.WRITTEN: "已写成文件(演练)", DeliveryStatus.HELD: "没有发出,待人工处理",
    DeliveryStatus.UNCERTAIN: "不知是否发出,待人工核对", DeliveryStatus.CANCELLED: "已取消",
}  # fmt: skip

outbox_app = typer.Typer(name="outbox", help="发件箱:哪些发了、哪些在等、哪些要人处理(退出码1)。")


@outbox_app.callback(invoke_without_command=True)
def outbox(context: typer.Context, config: Config = None, as_json: AsJson = False) -> None:
    """发件箱:哪些发了、哪些在等、哪些要人处理(退出码1)。"""
    if context.invoked_subcommand is not None:
        context.default_map = {name: {"config": config} for name in OUTBOX_COMMANDS}
        return
    with office(config) as place:
        mails, zone = place.store.mails(), place.zone
        waits = unsent_mails(place.store)
    if as_json:
        print(document([mail_json(mail, zone) for mail in mails]))
    else:
        for mail in mails:
            sent = f"{minute(mail.sent_at, zone)}" if mail.sent_at else ""
            again = f",下次 {minute(mail.next_at, zone)}" if mail.next_at else ""
            console().print(
                f"{mail.key}  {STATES[mail.state]}{sent}{again}"
                + (f"  {mail.error}" if mail.error and mail.state is not DeliveryStatus.CANCELLED else ""),
                markup=False,
            )
        if not mails:
            console().print("发件箱是空的")
    raise typer.Exit(1 if waits else 0)


def mail_json(mail: OutboxMail, zone: ZoneInfo) -> dict[str, Any]:
    """One mail for ``outbox --json``; its text stays in the store."""
    head = BytesHeaderParser(policy=policy.default).parsebytes(mail.raw)
    return {
        "key": mail.key,
        "purpose": mail.purpose,
        "state": mail.state,
        "subject": str(head["Subject"] or ""),
        "message_id": str(head["Message-ID"] or "").strip() or None,
        "recipients": list(mail.recipients),
        "unserved": list(mail.not_accepted),
        "size": len(mail.raw),
        "queued_at": when(mail.queued_at, zone),
        "tried_at": when(mail.tried_at, zone),
        "next_at": when(mail.next_at, zone),
        "sent_at": when(mail.sent_at, zone),
        "attempts": mail.attempts,
        "error": mail.error,
    }


def retry(key: Key, config: Config = None) -> None:
    """现在就再发一次(没发出的、已核对确实没收到的)。"""
    with office(config) as place:
        if not place.store.make_mail_due_again(key, datetime.now(UTC)):
            raise ConfigError(_why_not(place.store.mail_with_key(key), key))
        place.store.audit(f"outbox retry {key}", who(), datetime.now(UTC))
    console().print("已排上,下一次发信时发出")


def cancel(key: Key, config: Config = None) -> None:
    """不发了(或已核对确实收到)。"""
    with office(config) as place:
        if not place.store.cancel_mail(key):
            raise ConfigError(_why_not(place.store.mail_with_key(key), key))
        place.store.audit(f"outbox cancel {key}", who(), datetime.now(UTC))
    console().print("已取消,不会再发")


def _why_not(mail: OutboxMail | None, key: str) -> str:
    if mail is None:
        return f"发件箱里没有“{key}”:请用 kongchuo outbox 查键"
    return f"“{key}”{STATES[mail.state]}:没有改动"


OUTBOX_COMMANDS = {"retry": retry, "cancel": cancel}
for name, command in OUTBOX_COMMANDS.items():
    outbox_app.command(name)(command)
