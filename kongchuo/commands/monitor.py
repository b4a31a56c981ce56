"""health: whether the service does its work, for people and for what watches it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import typer

from config.errors import StoreError
from kongchuo.clock import instant
from kongchuo.commands.options import AsJson, AsOf, Config
from kongchuo.office import office
from kongchuo.output.answers_json import document, when
from kongchuo.output.terminal_tables import console, minute

_WELL, _RED = 0, 1


def health(config: Config = None, as_json: AsJson = False, as_of: AsOf = None) -> None:
    """服务是否正常:收信、简报、积压、待人工处理、发件箱;有毛病退出码1,数据库不可用3。"""
    from kongchuo.usecases.health import health as look  # slow to load, and only this command needs it

    try:
        with office(config) as place:
            found, zone = look(place, instant(as_of, place.zone)), place.zone
    except StoreError as error:
        if not as_json:
            raise
        print(document({"ok": False, "faults": [str(error)]}))
        raise typer.Exit(error.exit_code) from error
    if as_json:
        print(document({"ok": not found.faults, **_plain(asdict(found), zone)}))
        raise typer.Exit(_RED if found.faults else _WELL)
    for box in found.mailboxes:
        last = minute(box.last_good_poll, zone) if box.last_good_poll else "从未"
        rest = f",暂停到{minute(box.hold_until, zone)}" if box.hold_until else ""
        console().print(f"邮箱 {box.name}:最近收成 {last},连续失败{box.failures}次{rest}", markup=False)
    console().print(
        f"最近简报 {minute(found.last_digest, zone) if found.last_digest else '从未'};"
        f"未读完的邮件{found.backlog}封;待人工处理的文件{found.quarantined}份"
        + (f"(最早 {minute(found.oldest_quarantined, zone)})" if found.oldest_quarantined else "")
        + f";发件箱等待{found.waiting}封、没有发出{found.held}封、不知是否发出{found.uncertain}封"
    )
    for fault in found.faults:
        console().print(f"✗ {fault}", markup=False)
    if not found.faults:
        console().print("✓ 正常")
    raise typer.Exit(_RED if found.faults else _WELL)


def _plain(value: Any, zone: ZoneInfo) -> Any:
    """The value with its instants as the contract writes them."""
    match value:
        case dict():
            return {key: _plain(inner, zone) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner, zone) for inner in value]
        case datetime():
            return when(value, zone)
        case _:
            return value
