"""Holds the command health: the state of the service, for people and for monitors."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import typer

from config.errors import StoreError
from config.text.punctuation import set_punctuation
from kongchuo.clock import parse_as_of
from kongchuo.commands.options import AsJson, AsOf, Config
from kongchuo.office import open_office
from kongchuo.output.answers_json import iso_time, to_json
from kongchuo.output.terminal_tables import format_minute, print_line

_HEALTHY, _UNHEALTHY = 0, 1
_BACKUPS_SHOWN = 5


def health(config: Config = None, as_json: AsJson = False, as_of: AsOf = None) -> None:
    """服务是否正常:收信、简报、积压、待人工处理、发件箱;有毛病退出码1,数据库不可用3。"""
    from kongchuo.usecases.health import (
        assess_service,  # slow to load, and only this command needs it
    )

    try:
        with open_office(config) as office:
            report, zone = assess_service(office, parse_as_of(as_of, office.zone)), office.zone
    except StoreError as error:
        if not as_json:
            raise
        print(to_json({"ok": False, "faults": [set_punctuation(str(error))]}))
        raise typer.Exit(error.exit_code) from error
    if as_json:
        print(to_json({"ok": not report.faults, **_to_json_values(asdict(report), zone)}))
        raise typer.Exit(_UNHEALTHY if report.faults else _HEALTHY)
    for mailbox in report.mailboxes:
        last = format_minute(mailbox.last_good_poll, zone) if mailbox.last_good_poll else "从未"
        back_off = f",暂停到{format_minute(mailbox.hold_until, zone)}" if mailbox.hold_until else ""
        print_line(f"邮箱 {mailbox.name}:最近收成 {last},连续失败{mailbox.failures}次{back_off}")
    print_line(
        f"最近简报 {format_minute(report.last_digest, zone) if report.last_digest else '从未'};"
        f"未读完的邮件{report.backlog}封;待人工处理的文件{report.quarantined}份"
        + (f"(最早 {format_minute(report.oldest_quarantined, zone)})" if report.oldest_quarantined else "")
        + (f";来源未核实的文件{report.unconfirmed}份" if report.unconfirmed else "")
        + f";发件箱等待{report.waiting}封、没有发出{report.held}封、不知是否发出{report.uncertain}封"
    )
    for backup in report.backups[:_BACKUPS_SHOWN]:
        gone = "" if backup.exists else ",文件已不在原处"
        print_line(f"备份 {format_minute(backup.made_at, zone)}({backup.days}天前){gone}:{backup.file}")
    if not report.backups:
        print_line("还没有备份过:请运行 kongchuo backup 文件名")
    for fault in report.faults:
        print_line(f"✗ {fault}")
    if not report.faults:
        print_line("✓ 正常")
    raise typer.Exit(_UNHEALTHY if report.faults else _HEALTHY)


def _to_json_values(value: Any, zone: ZoneInfo) -> Any:
    """Returns the value with its instants formatted as in docs/contract.md, JSON."""
    match value:
        case dict():
            return {key: _to_json_values(inner, zone) for key, inner in value.items()}
        case list() | tuple():
            return [_to_json_values(inner, zone) for inner in value]
        case datetime():
            return iso_time(value, zone)
        case _:
            return value
