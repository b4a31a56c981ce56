"""Holds the commands poll, rerun and assign: fetching mail, reading it again, deciding on a file."""

from contextlib import ExitStack
from typing import Annotated

import typer

from config.errors import ConfigError
from config.text.masking import mask_text
from ingest.pipeline import RerunSelection
from ingest.pipeline import rerun as rerun_mail
from ingest.poll_summary import PollSummary
from kongchuo.clock import parse_as_of, parse_since
from kongchuo.commands.options import AsJson, By, Config, FormKey, Quiet, UnitName, Verbose
from kongchuo.decisions import decide
from kongchuo.decisions.decide import Desk
from kongchuo.decisions.reading_again import read_mail_again
from kongchuo.decisions.recording_steps import record_once
from kongchuo.lookup import find_unit_name
from kongchuo.mail_sources import source_of_file, sources_of
from kongchuo.office import open_office
from kongchuo.output.answers_json import summary_json, to_json
from kongchuo.output.progress import progress_bar
from kongchuo.output.tables.file_tables import DISPOSITION_WORDS
from kongchuo.output.terminal_tables import print_line
from store.decisions import AssignmentDraft
from store.stored_values import Disposition

_DONE, _NEEDS_PERSON = 0, 1


def poll(
    config: Config = None,
    as_json: AsJson = False,
    everything: Annotated[
        bool, typer.Option("--all", help="把邮箱从头核对一遍,补收以前没看到、没取下来的")
    ] = False,
    eml: Annotated[
        str | None,
        typer.Option("--eml", help="不连邮箱,把这个邮件文件当作收到的读进来;- 为标准输入", metavar="文件"),
    ] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """收一遍邮件:取信、存档、拆包、识别、登记。"""
    from kongchuo.answering.poll_and_answer import poll_and_answer  # slow to load, and only needed here

    if eml is not None and everything:
        raise ConfigError("--eml 与 --all 不能同时写:请去掉一个")
    with ExitStack() as opened:
        office = opened.enter_context(open_office(config))
        on_progress = opened.enter_context(progress_bar("收信"))
        sources = sources_of(office.settings) if eml is None else [opened.enter_context(source_of_file(eml))]
        compare = [source.name for source in sources] if everything else []
        summary = poll_and_answer(office, sources, on_progress, compare=compare)
    print_summary(summary, as_json)


def rerun(
    config: Config = None,
    as_json: AsJson = False,
    everything: Annotated[bool, typer.Option("--all", help="全部存档邮件(不带其他选项时也是)")] = False,
    failed: Annotated[bool, typer.Option("--failed", help="只重读待人工处理和出错的")] = False,
    message: Annotated[
        str | None, typer.Option("--message", help="邮件编号(可只写前几位)", metavar="编号")
    ] = None,
    unit: UnitName = None,
    since: Annotated[str | None, typer.Option("--since", help="此日及以后收到的", metavar="日期")] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """把存档的邮件重新识别一遍(不需要连邮箱)。"""
    if everything and (failed or message or unit or since):
        raise ConfigError("--all 不能与 --failed、--message、--unit、--since 同用:请去掉其一")
    with open_office(config) as office, progress_bar("重读") as on_progress:
        selection = RerunSelection(
            failed=failed,
            message=message,
            unit=find_unit_name(office, unit) if unit else None,
            since=parse_since(since, office.zone) if since else None,
        )
        summary = rerun_mail(
            office.store,
            office.reading_rules,
            selection,
            progress=on_progress,
        )
    if message and not summary.messages:
        raise ConfigError(f"存档里没有编号以“{message}”开头的邮件:请用 kongchuo files --json 查 message_id")
    print_summary(summary, as_json)


def assign(
    file_id: Annotated[
        str, typer.Argument(help="文件编号,可只写前几位(kongchuo files 可查)", metavar="文件编号")
    ],
    unit: Annotated[str, typer.Option("--unit", help="归入哪个单位", metavar="单位")],
    config: Config = None,
    as_json: AsJson = False,
    form: FormKey = None,
    why: Annotated[str, typer.Option("--why", help="依据、理由", metavar="理由")] = "人工认定",
    by: By = None,
) -> None:
    """由人决定一份文件归哪个单位(和附件);以后重读也照此办,kongchuo withdraw 可撤回。"""
    with open_office(config) as office:
        desk = Desk(office, parse_as_of(None, office.zone))
        decided = decide.assign(desk, file_id, unit, form, why)
        sentence = record_once(desk, decided, by)
        (chosen,) = (step.file_id for step in decided.steps if isinstance(step, AssignmentDraft))
        (message_id,) = {one.message_id for one in desk.files if one.file_id == chosen}
        summary = read_mail_again(office, message_id)
        file = next(f for f in Desk(office, desk.when).files if f.file_id == chosen)
    if as_json:
        print(to_json(summary_json(summary)))
    else:
        print_line(
            f"{sentence}:现为“{DISPOSITION_WORDS[file.disposition]}”"
            + (f"({mask_text(file.reason)})" if file.reason else "")
        )
    raise typer.Exit(_NEEDS_PERSON if file.disposition is Disposition.QUARANTINED else _DONE)


def print_summary(summary: PollSummary, as_json: bool) -> None:
    """Prints the result of a pass; exits with 1 if a person is needed."""
    if as_json:
        print(to_json(summary_json(summary)))
    else:
        print_line(
            f"邮件{summary.messages}封(新{summary.new_messages}),文件{summary.files}份:登记{summary.recorded}、证明{summary.proofs}、"
            f"重复{summary.duplicates}、忽略{summary.ignored}、待人工处理{summary.quarantined};报送{summary.submissions}项"
        )
        if summary.quarantined:
            print_line("待人工处理的请看:kongchuo files --disposition 待人工处理")
        for remark in summary.remarks:
            print_line(remark)
        if summary.unconfirmed:
            print_line(
                f"来源未核实{summary.unconfirmed}份,核实前不结案、不算已报,请看:kongchuo files;属实的:kongchuo accept 文件编号"
            )
        for error in summary.errors:
            print_line(f"出错:{error}")
    raise typer.Exit(_NEEDS_PERSON if summary.needs_person else _DONE)
