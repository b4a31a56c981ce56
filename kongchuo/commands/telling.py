"""digest, run: telling the office, once or on schedule."""

from pathlib import Path
from typing import Annotated

import typer

from config.errors import ConfigError
from kongchuo.clock import instant
from kongchuo.commands.options import AsOf, Config, NoticeId
from kongchuo.tables import console
from kongchuo.wiring import office


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
    from kongchuo.briefing import brief, brief_period, send, write  # slow to load, and only needed here
    from notify.bulletin import Period

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


def run(config: Config = None) -> None:
    """按计划收信、发简报,直到停止(Ctrl+C 或 SIGTERM)。"""
    from kongchuo.service import serve

    serve(config)
