"""Holds the commands of ``kongchuo child``: export and correction of one child's data at its guardians' request."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from config.errors import ConfigError
from kongchuo.access.revealing import audit_files, audited_mask
from kongchuo.commands.options import AsJson, By, Config, Reveal, RevealWhy, Why
from kongchuo.office import open_office
from kongchuo.output.answers_json import to_json
from kongchuo.output.kept_files import tell_written, write_beside
from kongchuo.output.terminal_tables import print_line

Child = Annotated[str, typer.Argument(help="身份证号、个案编号,或没有重名的姓名", metavar="学生")]
WORKBOOK = "child.xlsx"


def export(
    child: Child,
    config: Config = None,
    as_json: AsJson = False,
    out: Annotated[Path, typer.Option("--out", help="写到哪个目录", metavar="目录")] = Path("child"),
    reveal: Reveal = False,
    why: RevealWhy = None,
) -> None:
    """监护人要查:一名学生登记过的全部内容、个案、邮件、决定和谁看过,写成一个工作簿。"""
    from kongchuo.export.child_export import child_json, child_workbook  # slow to load
    from kongchuo.usecases.retention.held_of_child import find_held

    now = datetime.now(UTC)
    with open_office(config) as office:
        held = find_held(office, child, now)
        mask = audited_mask(office, reveal, "child export", why, held.children)
        if not reveal:
            audit_files(office, "child export", why, held.children)
        if as_json:
            print(to_json(child_json(office, held, mask)))
            return
        written = write_beside(out, WORKBOOK, child_workbook(office, held, mask, now))
    tell_written(written)
    print_line(
        f"登记{len(held.rows)}行、个案{len(held.cases)}个、文件{len(held.files)}份、看过或动过{len(held.seen)}次"
        + ("" if reveal else ";号码已打码,给监护人的请加 --reveal --why 监护人申请")
    )


def correct(
    child: Child,
    heading: Annotated[str, typer.Argument(help="栏目,照表头写,如 出生日期", metavar="栏目")],
    value: Annotated[str, typer.Argument(help="新的内容,如 2012-03-04", metavar="新内容")],
    why: Why,
    by: By = None,
    config: Config = None,
) -> None:
    """监护人要更正:按核实的情况改这名学生现在的登记;单位再报别的内容时以新报的为准。"""
    from kongchuo.commands.questions.correcting import correct as correct_row
    from kongchuo.usecases.retention.held_of_child import find_held, name_current_rows

    with open_office(config) as office:
        held = find_held(office, child, datetime.now(UTC))
        named = tuple(case.case_id for case in held.cases) or name_current_rows(
            office, held, datetime.now(UTC)
        )
    if not named:
        raise ConfigError("这名学生没有现在有效的登记,没有可改的:请让单位重报")
    if len(named) > 1:
        raise ConfigError(
            f"有几行是这名学生的:{'、'.join(named)}。请用 kongchuo correct “单位 附件 第几行” 逐行改"
        )
    correct_row(named[0], heading, value, why, by, config)
