"""Holds the command ``kongchuo child forget``: one child's data deleted, or what keeps it, at its guardians' request."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from config.errors import ConfigError
from kongchuo.access.revealing import check_reason
from kongchuo.commands.options import AsJson, Config
from kongchuo.commands.safekeeping.child_commands import Child
from kongchuo.commands.safekeeping.purge_commands import backups_json, format_day, show_what_holds_it
from kongchuo.lookup import current_user
from kongchuo.office import open_office
from kongchuo.output.answers_json import iso_time, to_json
from kongchuo.output.terminal_tables import print_line
from kongchuo.usecases.retention.child_forgetting import Forgetting, plan_forgetting
from kongchuo.usecases.retention.held_of_child import find_held
from kongchuo.usecases.retention.purge_office import plan_request, purge
from store.audit.audit_line import AuditLine

_SOMETHING_STAYS = 1
_LEGAL_GROUND = (
    "依据:履行《义务教育法》规定的职责还要用的,处理目的没有实现(《个人信息保护法》第十三条第一款第三项、第三十四条、第四十七条第一款);"
    "保存期限没有满,或者技术上不能从一封邮件里只抽走一名学生的,只保存和保护(第四十七条第二款)。答复前请法制机构核对"
)
"""Why the law lets the deletion be refused for now; ``docs/privacy.md`` says it, too."""


def forget(
    child: Child,
    config: Config = None,
    as_json: AsJson = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看能不能删、什么时候能删,不动")] = False,
    why: Annotated[str | None, typer.Option("--why", help="理由,记入操作记录", metavar="理由")] = None,
) -> None:
    """监护人要删除:能删的现在整封删除;要留的说明依据和日期,以1结束。"""
    now, reason = datetime.now(UTC), check_reason(why or "")
    if not dry_run and not reason:
        raise ConfigError("删除了就没有了,要写明理由:请加 --why,如 --why 监护人申请;先看看请加 --dry-run")
    with open_office(config) as office:
        held = find_held(office, child, now)
        forgetting = plan_forgetting(office, held, now)
        plan = plan_request(office, forgetting.going, now)
        if not dry_run:
            outcome = f": {len(plan.mails)} mails" if plan.mails else " refused"
            line = AuditLine(
                f"child forget{outcome}",
                current_user(),
                now,
                why=reason,
                children=held.children,
                about=tuple(case.case_id for case in held.cases),
            )
            if plan.mails:
                purge(office, plan, line)
            else:
                office.store.audit.record(line)
        zone = office.zone
    if as_json:
        told = {
            "dry_run": dry_run,
            **_forgetting_json(forgetting, zone),
            "backups_left": backups_json(plan, zone),
        }
        print(to_json(told))
    else:
        _show_forgetting(forgetting, zone, dry_run)
        if plan.mails:
            show_what_holds_it(plan)
    if not plan.mails or forgetting.lists:
        raise typer.Exit(_SOMETHING_STAYS)


def _forgetting_json(forgetting: Forgetting, zone: ZoneInfo) -> dict[str, object]:
    return {
        "may_go": bool(forgetting.going),
        "mails": [
            {
                "received_at": iso_time(mail.received_at, zone),
                "units": mail.units,
                "forms": mail.forms,
                "why": mail.why,
                "until": mail.until and mail.until.isoformat(),
            }
            for mail in forgetting.mails
        ],
        "purged_mails": len(forgetting.going),
        "earliest": forgetting.earliest and forgetting.earliest.isoformat(),
        "lists": forgetting.lists,
    }


def _show_forgetting(forgetting: Forgetting, zone: ZoneInfo, dry_run: bool) -> None:
    mails, earliest = forgetting.mails, forgetting.earliest
    if forgetting.going:
        done = "可以删除" if dry_run else "已删除"
        print_line(
            f"{done}:有这名学生的邮件{len(mails)}封,整封删除(连同登记的行和附件;里面别的学生也都过了保存期)"
        )
        if more := len(forgetting.going) - len(mails):
            print_line(f"同一张表更早的{more}封一起删除:单独留下,里面的学生会又算作现行")
        print_line("操作记录、数目和决定留着,不写这名学生的姓名和号码;邮箱、导出的表请另外删")
    else:
        when = f"最早{format_day(earliest)}起可以" if earliest else "先要办完下面写的事"
        print_line(f"现在不能删除,{when}:")
        for mail in mails:
            origin = (
                " ".join(filter(None, ("、".join(mail.units), "、".join(mail.forms)))) or "没有归入单位的邮件"
            )
            until = f",最早{format_day(mail.until)}" if mail.until else ""
            print_line(
                f"{format_day(mail.received_at.astimezone(zone).date())}收到的{origin}:{mail.why or '可以删,等别的一起'}{until}"
            )
        print_line(_LEGAL_GROUND)
        if not dry_run:
            print_line("申请已记入操作记录;到期由 kongchuo purge 整封清理,请书面答复监护人")
    if forgetting.lists:
        print_line(
            f"办公室录入的名单里还有这名学生({forgetting.lists}份,kongchuo decisions 可查):不随邮件删除,撤回后也留在决定里"
        )
