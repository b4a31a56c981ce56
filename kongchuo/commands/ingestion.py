"""poll, rerun, assign: bringing mail in, and deciding what the program could not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from config.errors import ConfigError
from config.masking import mask_text
from ingest.pipeline import RerunSelection
from ingest.pipeline import rerun as rerun_mail
from ingest.summary import PollSummary
from kongchuo.clock import start_of_day
from kongchuo.commands.lookup import form_named, unit_named, who
from kongchuo.commands.options import AsJson, Config, FormKey, UnitName
from kongchuo.office import office
from kongchuo.output.answers_json import document, tally_json
from kongchuo.output.terminal_tables import DISPOSITIONS, console
from kongchuo.usecases.polling import poll_office
from store.stored_values import Disposition

_FINE, _NEEDS_PERSON = 0, 1


def poll(config: Config = None, as_json: AsJson = False) -> None:
    """收一遍邮件:取信、存档、拆包、识别、登记。"""
    with office(config) as place, progress_bar("收信") as step:
        done = poll_office(place, place.sources(), step)
    finish(done, as_json)


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
) -> None:
    """把存档的邮件重新识别一遍(不需要连邮箱)。"""
    if everything and (failed or message or unit or since):
        raise ConfigError("--all 不能与 --failed、--message、--unit、--since 同用:请去掉其一")
    with office(config) as place, progress_bar("重读") as step:
        chosen = RerunSelection(
            failed=failed,
            message=message,
            unit=unit_named(place, unit) if unit else None,
            since=start_of_day(since, place.zone) if since else None,
        )
        done = rerun_mail(place.store, place.notices, place.roster, chosen, place.zone, progress=step)
    if message and not done.messages:
        raise ConfigError(f"存档里没有编号以“{message}”开头的邮件:请用 kongchuo files --json 查 message_id")
    finish(done, as_json)


def assign(
    file_id: Annotated[str, typer.Argument(help="文件编号(kongchuo files 可查)", metavar="文件编号")],
    unit: Annotated[str, typer.Option("--unit", help="归入哪个单位", metavar="单位")],
    config: Config = None,
    as_json: AsJson = False,
    form: FormKey = None,
) -> None:
    """由人决定一份文件归哪个单位(和附件);以后重读也照此办。"""
    with office(config) as place:
        known = unit_named(place, unit)
        key = form_named(place, form).key if form else None
        message = place.store.assign(file_id, known, key, who(), datetime.now(UTC))
        if message is None:
            raise ConfigError(f"没有编号为“{file_id}”的文件:请用 kongchuo files 查文件编号")
        place.store.audit(f"assign {file_id} {known} {key or ''}".strip(), who(), datetime.now(UTC))
        done = rerun_mail(
            place.store, place.notices, place.roster, RerunSelection(message=message), place.zone
        )
        file = next(f for f in place.store.files(datetime.max.replace(tzinfo=UTC)) if f.file_id == file_id)
    if as_json:
        print(document(tally_json(done)))
    else:
        console().print(
            f"已归入{known}{key or ''}:现为“{DISPOSITIONS[file.disposition]}”"
            + (f"({mask_text(file.reason)})" if file.reason else "")
        )
    raise typer.Exit(_NEEDS_PERSON if file.disposition is Disposition.QUARANTINED else _FINE)


def finish(done: PollSummary, as_json: bool) -> None:
    """Say what a pass did; exit 1 where a person is needed."""
    if as_json:
        print(document(tally_json(done)))
    else:
        console().print(
            f"邮件{done.messages}封(新{done.new_messages}),文件{done.files}份:登记{done.recorded}、证明{done.proofs}、"
            f"重复{done.duplicates}、忽略{done.ignored}、待人工处理{done.quarantined};报送{done.submissions}项"
        )
        if done.quarantined:
            console().print("待人工处理的请看:kongchuo files --disposition quarantined")
        for error in done.errors:
            console().print(f"出错:{error}")
    raise typer.Exit(_NEEDS_PERSON if done.needs_person else _FINE)


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr where that is a terminal; a function that takes (done, total)."""
    screen = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
