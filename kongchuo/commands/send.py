"""digest, run: telling the office, once or on schedule."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from config.errors import ConfigError
from kongchuo.clock import instant
from kongchuo.commands.options import AsOf, Config, NoticeId
from kongchuo.office import office
from kongchuo.output.terminal_tables import console, show

if TYPE_CHECKING:
    from kongchuo.usecases.unit_mail import Letter


def digest(
    config: Config = None,
    as_of: AsOf = None,
    notice: NoticeId = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="写到哪个目录(默认 ./digest)", metavar="目录")
    ] = None,
    send_it: Annotated[bool, typer.Option("--send", help="发给 [office] recipients")] = False,
    kind: Annotated[
        str, typer.Option("--kind", help="daily 日报,weekly 周通报,monthly 月通报", metavar="种类")
    ] = "daily",
) -> None:
    """生成简报(digest.eml、digest.html、digest.xlsx)或通报草稿;--send 发出。"""
    from kongchuo.usecases.office_mail import (  # slow to load, and only needed here
        brief,
        brief_period,
        send,
        write,
    )
    from notify.bulletin.bulletin import Period

    if kind not in ("daily", *Period):
        raise ConfigError(f"--kind 没有“{kind}”:可选 daily、weekly、monthly")
    with office(config, notice) as place:
        when = instant(as_of, place.zone)
        briefing = brief(place, when) if kind == "daily" else brief_period(place, Period(kind), when)
        if out is not None or not send_it:
            for path in write(place, briefing, out or Path("digest")):
                console().print(f"已生成 {path}")
        if not send_it:
            return
        done = send(place, briefing)
    if done.errors or done.failed:
        for error in done.errors:
            typer.echo(f"没有发出或没有全部收到:{error}", err=True)
        raise typer.Exit(1)
    console().print(f"已发出{done.sent}封" if done.sent else "这一期已经发过,没有重复发送")


QueueIt = Annotated[bool, typer.Option("--queue", help="放进发件箱,由服务或下一次发信发出")]


def receipts(config: Config = None, as_of: AsOf = None, queue_it: QueueIt = False) -> None:
    """近三天来件的回执:给谁、说什么;--queue 放进发件箱。"""
    from kongchuo.usecases import unit_mail

    with office(config) as place:
        letters = list(unit_mail.receipts(place, instant(as_of, place.zone)))
        _show_letters(letters)
        if queue_it:
            _must_be_on(place.settings.units.receipts, "回执", "receipts")
            console().print(f"已放进发件箱{unit_mail.queue(place, letters)}封")


def remind(
    config: Config = None, as_of: AsOf = None, notice: NoticeId = None, queue_it: QueueIt = False
) -> None:
    """今天该发的催报:给哪些单位、缺什么;--queue 放进发件箱。"""
    from kongchuo.usecases import unit_mail

    with office(config, notice) as place:
        when = instant(as_of, place.zone)
        found = unit_mail.due_reminders(place, when)
        letters = unit_mail.reminder_letters(place, found, when)
        _show_letters(letters)
        for note in unit_mail.reminder_notes(found, when.year):
            console().print(note, markup=False)
        if queue_it:
            _must_be_on(place.settings.units.reminders, "催报", "reminders")
            done = unit_mail.queue_reminders(place, when)
            console().print(
                f"已放进发件箱{done.queued}封" + (f",撤回{done.cancelled}封" if done.cancelled else "")
            )


def _must_be_on(on: bool, what: str, key: str) -> None:
    """Nothing goes to units until the office has turned it on (contract 3)."""
    if not on:
        raise ConfigError(f"{what}还没有打开,没有放进发件箱:请在 kongchuo.toml 的 [units] 写 {key} = true")


def _show_letters(letters: "Sequence[Letter]") -> None:
    rows = [(letter.about, letter.subject) for letter in letters]
    show(f"{len(rows)}封", ["给", "主题"], rows, "没有要发的")


def run(config: Config = None) -> None:
    """按计划收信、发简报,直到停止(Ctrl+C 或 SIGTERM)。"""
    from kongchuo.service.jobs import serve

    serve(config)
