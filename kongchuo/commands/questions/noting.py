"""Holds the command note: a person's remark on a file, or on one of its rows."""

from typing import Annotated

import typer

from kongchuo.clock import parse_as_of
from kongchuo.commands.options import AsOf, By, Config, Why
from kongchuo.decisions import decide
from kongchuo.decisions.decide import Desk
from kongchuo.decisions.recording_steps import record_once
from kongchuo.office import open_office
from kongchuo.output.terminal_tables import print_line


def note(
    file_id: Annotated[
        str, typer.Argument(help="文件编号,可只写前几位(kongchuo files 可查)", metavar="文件编号")
    ],
    why: Why,
    row: Annotated[int | None, typer.Option("--row", min=1, help="只说第几行", metavar="行号")] = None,
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """在一份文件(或它的一行)上记一笔,以后看到这份文件就看到;不改变任何判断。"""
    with open_office(config) as office:
        desk = Desk(office, parse_as_of(as_of, office.zone))
        sentence = record_once(desk, decide.note_file(desk, file_id, row, why), by)
    print_line(sentence)
