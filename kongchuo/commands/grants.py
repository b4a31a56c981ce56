"""extend, exempt, explain, decisions, withdraw: what an officer grants a unit, and takes back."""

from datetime import date
from typing import Annotated

import typer

from config.errors import ConfigError
from kongchuo.clock import instant
from kongchuo.commands.lookup import form_named, unit_named, who
from kongchuo.commands.options import AsJson, AsOf, Config, FormKey, NoticeId
from kongchuo.office import office
from kongchuo.output import terminal_tables
from kongchuo.output.answers_json import decisions_json, document
from kongchuo.output.terminal_tables import console
from ledger.officer_decisions import (
    EXEMPT,
    EXPLAIN,
    EXTEND,
    WITHDRAW,
    decisions_in_force,
    obligation_subject,
    problem_id,
)
from ledger.submissions.current_problems import find_current_problems

Unit = Annotated[str, typer.Option("--unit", help="报送单位,名册上的名称或别名", metavar="单位")]
Why = Annotated[str, typer.Option("--why", help="依据、理由(必填)", metavar="理由")]


def extend(
    unit: Unit,
    until: Annotated[str, typer.Option("--until", help="宽限到哪天,如 2023-09-28", metavar="日期")],
    why: Why,
    form: FormKey = None,
    config: Config = None,
    as_of: AsOf = None,
    notice: NoticeId = None,
) -> None:
    """给一个单位宽限时间;不写 --form 即各附件都宽限。"""
    try:
        day = date.fromisoformat(until)
    except ValueError as error:
        raise ConfigError(f"--until 的“{until}”不是日期:请写成 2023-09-28 的样子") from error
    with office(config, notice) as place:
        name = unit_named(place, unit)
        key = form_named(place, form).key if form else None
        subject = obligation_subject(place.notice.id, name, key)
        place.store.decide(EXTEND, subject, why, who(), instant(as_of, place.zone), day.isoformat())
    console().print(f"已记下:{name}{key or '各附件'}宽限到{day.month}月{day.day}日")


def exempt(
    unit: Unit,
    why: Why,
    form: FormKey = None,
    config: Config = None,
    as_of: AsOf = None,
    notice: NoticeId = None,
) -> None:
    """免去一个单位的一张附件;不写 --form 即各附件都免报。"""
    with office(config, notice) as place:
        name = unit_named(place, unit)
        key = form_named(place, form).key if form else None
        place.store.decide(
            EXEMPT, obligation_subject(place.notice.id, name, key), why, who(), instant(as_of, place.zone)
        )
    console().print(f"已记下:{name}免报{key or '各附件'}")


def explain(
    problem: Annotated[str, typer.Argument(help="问题编号(kongchuo problems 可查)", metavar="问题编号")],
    why: Why,
    config: Config = None,
    as_of: AsOf = None,
    notice: NoticeId = None,
) -> None:
    """一处问题已核实无误:不再计数,所填内容变了会重新提示。"""
    with office(config, notice) as place:
        when = instant(as_of, place.zone)
        found = [p for p in find_current_problems(place.book(when)) if problem_id(p).startswith(problem)]
        if not found or len({problem_id(p) for p in found}) > 1:
            raise ConfigError(f"没有编号为“{problem}”的问题:请用 kongchuo problems 查编号")
        one = found[0]
        place.store.decide(EXPLAIN, problem_id(one), why, who(), when, f"{one.unit}|{one.form}")
    console().print(f"已记下:{one.unit}{one.form}的这处问题不再计数")


def decisions(config: Config = None, as_json: AsJson = False, as_of: AsOf = None) -> None:
    """人工作过的决定:谁、什么时候、为什么;已撤回的不列。"""
    with office(config) as place:
        found = decisions_in_force(place.store.decisions(instant(as_of, place.zone)))
        if as_json:
            print(document(decisions_json(found, place.zone)))
        else:
            terminal_tables.show_decisions(found, place.zone)


def withdraw(
    number: Annotated[int, typer.Argument(help="决定编号(kongchuo decisions 可查)", metavar="编号")],
    why: Why,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """撤回一个决定,恢复原样。"""
    with office(config) as place:
        when = instant(as_of, place.zone)
        if all(decision.id != number for decision in decisions_in_force(place.store.decisions(when))):
            raise ConfigError(f"没有编号为“{number}”的决定:请用 kongchuo decisions 查编号")
        place.store.decide(WITHDRAW, str(number), why, who(), when)
    console().print(f"已撤回第{number}号决定")
