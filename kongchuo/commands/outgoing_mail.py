"""Holds the commands digest, receipts, remind and run: mails composed once, or on schedule."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from config.errors import ConfigError
from config.text.punctuation import set_punctuation
from kongchuo.clock import parse_as_of
from kongchuo.commands.options import AsOf, Config, NoticeId
from kongchuo.office import open_office
from kongchuo.output.kept_files import tell_written
from kongchuo.output.layout.answer_screen import TableForm, answer_screen
from kongchuo.output.layout.table_layout import Column
from kongchuo.output.terminal_tables import print_line, print_table
from kongchuo.output.terminal_text import print_error
from kongchuo.usecases.polling import finish_reading

if TYPE_CHECKING:
    from kongchuo.usecases.unit_mail import UnitMail


_KINDS = {"日报": "daily", "周通报": "weekly", "月通报": "monthly"}


def digest(
    config: Config = None,
    as_of: AsOf = None,
    notice: NoticeId = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="写到哪个目录(默认 ./digest)", metavar="目录")
    ] = None,
    send_it: Annotated[
        bool, typer.Option("--yes", "--send", help="发给 [office] recipients;不写就只生成文件")
    ] = False,
    kind: Annotated[
        str, typer.Option("--kind", help="日报、周通报、月通报(daily weekly monthly)", metavar="种类")
    ] = "日报",
) -> None:
    """生成简报(digest.eml、digest.html、digest.xlsx)或通报草稿;--yes 发出。"""
    from kongchuo.usecases.office_mail import (  # slow to load, and only needed here
        compose_bulletin_mail,
        compose_digest_mail,
        send_office_mail,
        write_files,
    )
    from notify.bulletin.bulletin import Period

    kind = _KINDS.get(kind, kind)
    if kind not in _KINDS.values():
        raise ConfigError(f"--kind 没有“{kind}”:可选 {'、'.join(_KINDS)}")
    with open_office(config, notice) as office:
        finish_reading(office)
        when = parse_as_of(as_of, office.zone)
        office_mail = (
            compose_digest_mail(office, when)
            if kind == "daily"
            else compose_bulletin_mail(office, Period(kind), when)
        )
        if out is not None or not send_it:
            for file in write_files(office, office_mail, out or Path("digest")):
                tell_written(file)
        if not send_it:
            if out is None:
                print_line(f"没有发出:加 --yes 发给{'、'.join(office.settings.office.recipients)}")
            return
        result = send_office_mail(office, office_mail)
    if result.errors or result.failed:
        for error in result.errors:
            print_error(f"没有发出或没有全部收到:{error}")
        raise typer.Exit(1)
    print_line(f"已发出{result.sent}封" if result.sent else "这一期已经发过,没有重复发送")


QueueIt = Annotated[
    bool,
    typer.Option("--yes", "--queue", help="放进发件箱,由服务或下一次发信发出;不写就只看信"),
]


def receipts(config: Config = None, as_of: AsOf = None, queue_it: QueueIt = False) -> None:
    """近三天来件的回执:给谁、说什么(全文);--yes 放进发件箱。"""
    from kongchuo.usecases import unit_mail

    with open_office(config) as office:
        finish_reading(office)
        when = parse_as_of(as_of, office.zone)
        mails = [*unit_mail.compose_receipts(office, when), *unit_mail.compose_waiting_mails(office, when)]
        _show_mails(mails)
        if not queue_it:
            _show_letters(mails)
        else:
            _require_enabled(office.settings.units.receipts, "回执", "receipts")
            print_line(f"已放进发件箱{unit_mail.queue_unit_mails(office, mails)}封")


def remind(
    config: Config = None, as_of: AsOf = None, notice: NoticeId = None, queue_it: QueueIt = False
) -> None:
    """今天该发的催报:给哪些单位、说什么(全文);--yes 放进发件箱。"""
    from kongchuo.usecases import unit_mail

    with open_office(config, notice) as office:
        finish_reading(office)
        when = parse_as_of(as_of, office.zone)
        reminders_due = unit_mail.find_due_reminders(office, when)
        mails = unit_mail.compose_reminder_mails(office, reminders_due, when)
        mails += unit_mail.compose_sweep_mails(office, when, reminders_due)
        _show_mails(mails)
        if not queue_it:
            _show_letters(mails)
        for note in unit_mail.office_notes(reminders_due, when.year):
            print_line(note)
        if queue_it:
            _require_enabled(office.settings.units.reminders, "催报", "reminders")
            result = unit_mail.queue_reminders(office, when)
            print_line(
                f"已放进发件箱{result.queued}封" + (f",撤回{result.cancelled}封" if result.cancelled else "")
            )


def _require_enabled(enabled: bool, what: str, key: str) -> None:
    """Raises ConfigError unless the office has enabled this mail to units (docs/contract.md, Configuration)."""
    if not enabled:
        raise ConfigError(f"{what}还没有打开,没有放进发件箱:请在 kongchuo.toml 的 [units] 写 {key} = true")


def _show_mails(mails: "Sequence[UnitMail]") -> None:
    rows = [(mail.about, set_punctuation(mail.subject)) for mail in mails]
    print_table(f"{len(rows)}封", [Column("给"), Column("主题", is_sentence=True)], rows, "没有要发的")


def _show_letters(mails: "Sequence[UnitMail]") -> None:
    """Prints each mail in full, through the pager."""
    if not mails:
        return
    with answer_screen(TableForm.FITTED):
        for number, mail in enumerate(mails, start=1):
            print_line(f"\n第{number}封,给{'、'.join(mail.recipients)}:{set_punctuation(mail.subject)}\n")
            print_line(mail.text.rstrip("\n"))
    print_line(f"\n以上{len(mails)}封都没有发出:加 --yes 放进发件箱")


def run(config: Config = None) -> None:
    """按计划收信、发简报,直到停止(Ctrl+C 或 SIGTERM)。"""
    from kongchuo.service.jobs import run_service

    run_service(config)
