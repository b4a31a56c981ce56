"""Holds the commands purge and hold: removing data past its retention period, and excluding data from that."""

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from config.errors import ConfigError
from config.text.text_folding import clean_text
from kongchuo.access.revealing import check_reason
from kongchuo.clock import parse_as_of
from kongchuo.commands.options import AsJson, AsOf, By, Config, UnitName, Why
from kongchuo.lookup import current_user
from kongchuo.office import open_office
from kongchuo.output.answers_json import iso_time, to_json
from kongchuo.output.progress import progress_bar
from kongchuo.output.terminal_tables import print_line
from kongchuo.usecases.retention.purge_office import PurgePlan, line_of_purge, plan_purge
from kongchuo.usecases.retention.purge_office import purge as purge_office
from store.audit.audit_line import Door


def purge(
    config: Config = None,
    as_json: AsJson = False,
    before: Annotated[
        str | None, typer.Option("--before", help="只清理哪天以前收到的邮件,如 2023-09-01", metavar="日期")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会清理什么,不动")] = False,
    why: Annotated[str | None, typer.Option("--why", help="理由,记入操作记录", metavar="理由")] = None,
) -> None:
    """清理过了保存期的邮件、名单和发出的信;没结案的、有人要留的不动,数目、决定和操作记录留着。"""
    day = None if before is None else _parse_day(before)
    now = datetime.now(UTC)
    with open_office(config) as office:
        zone = office.zone
        plan = plan_purge(office, now, day)
        if not dry_run and not plan.is_empty:
            reason = check_reason(why or "")
            if not reason:
                raise ConfigError(
                    "清理了就没有了,要写明理由:请加 --why,如 --why 已过保存期;先看看请加 --dry-run"
                )
            line = line_of_purge(plan, current_user(), reason, now, Door.TERMINAL)
            with progress_bar("清理") as on_progress:
                purge_office(office, plan, line, on_progress)
    if as_json:
        print(to_json({"dry_run": dry_run, **_plan_json(plan, zone)}))
    else:
        _show(plan, dry_run)


def _parse_day(text: str) -> date:
    try:
        return date.fromisoformat(clean_text(text).strip())
    except ValueError as error:
        raise ConfigError(f"--before 的“{text}”不是日期:请写成 2023-09-28 的样子") from error


def _plan_json(plan: PurgePlan, zone: ZoneInfo) -> dict[str, object]:
    return {
        "mails_before": plan.mails_before.isoformat(),
        "mails": len(plan.mails),
        "kept": dict(plan.stays),
        "too_young": plan.too_young,
        "outbox_bodies": len(plan.bodies),
        "copies": [str(path) for path in plan.copies],
        "copies_left": [str(path) for path in plan.younger_copies],
        "backups": [str(backup.file) for backup in plan.backups],
        "backups_left": [
            {
                "file": str(backup.file),
                "made_at": iso_time(backup.made_at, zone),
                "until": day.isoformat(),
            }
            for backup, day in plan.stale_backups.items()
        ],
        "backups_elsewhere": plan.backups_elsewhere,
        "traces": len(plan.traces),
    }


def backups_json(plan: PurgePlan, zone: ZoneInfo) -> list[dict[str, str | None]]:
    """Returns the backups that still hold what a plan removes."""
    return [
        {"file": str(backup.file), "made_at": iso_time(backup.made_at, zone), "until": day.isoformat()}
        for backup, day in plan.stale_backups.items()
    ]


def _show(plan: PurgePlan, dry_run: bool) -> None:
    done = "会清理" if dry_run else "已清理"
    print_line(
        f"{done}{format_day(plan.mails_before)}以前收到的邮件{len(plan.mails)}封(连同登记的行和附件)、"
        f"发出的信{len(plan.bodies)}封的正文、改名留下的旧副本{len(plan.copies)}份、备份{len(plan.backups)}份、程序出错的记录{len(plan.traces)}份"
    )
    for reason, count in plan.stays.items():
        print_line(f"留下{count}封:{reason}")
    if plan.too_young:
        print_line(f"另有{plan.too_young}封还没有满保存期([retention] mail_months),没有动")
    show_what_holds_it(plan)
    if not dry_run and not plan.is_empty:
        print_line(
            "以前导出的表、简报文件和拷到别处的备份不在内:不用的请删掉,再做一份新备份(kongchuo backup)"
        )


def show_what_holds_it(plan: PurgePlan) -> None:
    """Shows the copies and backups that still hold what a plan removes."""
    for path in plan.younger_copies:
        print_line(f"旧副本还在:{path}(里面有清理前的数据,不用的请删掉)")
    if plan.stale_backups:
        print_line(
            f"以前的备份还有{len(plan.stale_backups)}份,里面还有清理掉的内容:"
            f"最晚一份到{format_day(max(plan.stale_backups.values()))}满保存期,以后清理时删除"
            + (",但最新的一份要等有了新备份" if plan.newest_backup in plan.stale_backups else "")
        )
    if plan.backups_elsewhere:
        print_line(
            f"另有{plan.backups_elsewhere}份备份不在原处(拷走了、删了,或认不出是备份):程序管不到,不用的请删掉"
        )


def format_day(day: date) -> str:
    """Returns a day as 2026年9月28日."""
    return f"{day.year}年{day.month}月{day.day}日"


def hold(
    why: Why,
    unit: UnitName = None,
    case: Annotated[
        str | None, typer.Option("--case", help="个案编号(kongchuo cases --all 可查)", metavar="个案编号")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="全部数据")] = False,
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """要打官司、受检查、有争议的先留住:一个单位、一个个案或全部不得清理;用 withdraw 撤回。"""
    from kongchuo.decisions import decide  # slow to load, and purge does without
    from kongchuo.decisions.recording_steps import record_once

    if (unit is not None) + (case is not None) + everything != 1:
        raise ConfigError("留住什么:请写 --unit 单位、--case 个案编号、--all 里的一个")
    with open_office(config) as office:
        desk = decide.Desk(office, parse_as_of(as_of, office.zone))
        if unit is not None:
            decided = decide.hold_unit(desk, unit, why)
        elif case is not None:
            decided = decide.hold_case(desk, case, why)
        else:
            decided = decide.hold_all(why)
        sentence = record_once(desk, decided, by)
    print_line(f"已记下:{sentence}")
