"""Holds the command correct: an officer's correction of one value of one row."""

from typing import Annotated

import typer

from config.answers.answer_words import CommandKey, answer_table
from config.errors import ConfigError
from kongchuo.clock import parse_as_of
from kongchuo.commands.options import AsOf, By, Config, NoticeId, Why
from kongchuo.decisions.apply_answer import apply_reading, context_of
from kongchuo.decisions.asking import questions_by_number
from kongchuo.decisions.decide import Desk
from kongchuo.lookup import current_user
from kongchuo.office import open_office
from kongchuo.output.terminal_tables import print_line
from ledger.questions.answer_readings import Command
from ledger.questions.read_corrections import read_row
from store.decisions import WhoDecided


def correct(
    row: Annotated[
        str,
        typer.Argument(help="问题编号、个案编号,或“单位 附件 第几行”(整个加引号)", metavar="哪一行"),
    ],
    heading: Annotated[str, typer.Argument(help="栏目,照表头写,如 出生日期", metavar="栏目")],
    value: Annotated[str, typer.Argument(help="新的内容,如 2012-03-04", metavar="新内容")],
    why: Why,
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
    notice: NoticeId = None,
) -> None:
    """按核实的情况改一行里的一处内容;单位再报别的内容时以新报的为准。"""
    with open_office(config, notice) as office:
        desk, asked = Desk(office, parse_as_of(as_of, office.zone)), questions_by_number(office)
        named = read_row(row, row, context_of(desk, asked))
        if not isinstance(named, Command):
            raise ConfigError(
                named.problem
                if named is not None
                else f"请写成“{answer_table().command(CommandKey.CORRECT).usage}”"
            )
        command = Command(
            line=row,
            key=CommandKey.CORRECT,
            number=named.number,
            unit=named.unit,
            form=named.form,
            row=named.row,
            who=named.who,
            heading=heading.strip(),
            value=value,
            why=why,
        )
        applied = apply_reading(desk, command, asked, None)
        decider = WhoDecided(who=by or current_user(), when=desk.when, question=applied.question)
        office.store.decisions.take_steps([(step, decider) for step in applied.decided.steps])
        sentence = office.mask.knowing(applied.decided.names).text(applied.decided.sentence)
    print_line(f"问{applied.question}:{sentence}")
    print_line(f"恢复原样:kongchuo answer 撤回 {applied.question}")
