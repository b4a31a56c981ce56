"""Holds the commands extend, exempt, paper, explain, accept, decisions and withdraw: an officer's decisions on units."""

from datetime import date
from typing import Annotated

import typer

from config.errors import ConfigError
from config.text.text_folding import clean_text
from kongchuo.access.revealing import mask_of
from kongchuo.clock import parse_as_of
from kongchuo.commands.options import (
    AsJson,
    AsOf,
    AsTsv,
    By,
    Config,
    FormKey,
    NoticeId,
    PeriodKey,
    RequiredUnit,
    Why,
    Wide,
)
from kongchuo.decisions import decide
from kongchuo.decisions.decide import Decided, Desk
from kongchuo.decisions.recording_steps import record, record_once
from kongchuo.lookup import current_user, find_one_obligation, find_unit_name
from kongchuo.office import open_office
from kongchuo.output.answers_json import decisions_json, to_json
from kongchuo.output.layout.answer_screen import answer_screen, chosen_form
from kongchuo.output.tables import decision_tables
from kongchuo.output.terminal_tables import print_line
from ledger.officer_decisions import ASSIGN, PAPER, WITHDRAW, decisions_in_force
from store.decisions import AssignmentDraft, Step

PaperUnit = Annotated[str, typer.Argument(help="报送单位,名册上的名称或别名", metavar="单位")]
PaperForms = Annotated[list[str], typer.Argument(help="通知里的附件,可写几个", metavar="附件…")]


def extend(
    unit: RequiredUnit,
    until: Annotated[str, typer.Option("--until", help="宽限到哪天,如 2023-09-28", metavar="日期")],
    why: Why,
    form: FormKey = None,
    period: PeriodKey = None,
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
    notice: NoticeId = None,
) -> None:
    """给一个单位宽限时间;不写 --form 即各附件都宽限。"""
    day = _parse_day(until, "--until")
    with open_office(config, notice) as office:
        desk = Desk(office, parse_as_of(as_of, office.zone))
        decided = decide.extend(desk, unit, form, period, day, why)
        sentence = record_once(desk, decided, by)
    print_line(f"已记下:{sentence}")


def _parse_day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(clean_text(text).strip())
    except ValueError as error:
        raise ConfigError(f"{option} 的“{text}”不是日期:请写成 2023-09-28 的样子") from error


def exempt(
    unit: RequiredUnit,
    why: Why,
    form: FormKey = None,
    period: PeriodKey = None,
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
    notice: NoticeId = None,
) -> None:
    """免去一个单位的一张附件;不写 --form 即各附件都免报。"""
    with open_office(config, notice) as office:
        desk = Desk(office, parse_as_of(as_of, office.zone))
        decided = decide.exempt(desk, unit, form, period, why)
        sentence = record_once(desk, decided, by)
    print_line(f"已记下:{sentence}")


def paper_received(
    unit: PaperUnit,
    forms: PaperForms,
    on: Annotated[
        str | None, typer.Option("--on", help="哪天收到,如 2023-09-26(默认今天)", metavar="日期")
    ] = None,
    period: PeriodKey = None,
    why: Annotated[str, typer.Option("--why", help="依据、说明", metavar="理由")] = "收到纸质件",
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
    notice: NoticeId = None,
) -> None:
    """记下一个单位签字盖章的纸质件已经收到。"""
    with open_office(config, notice) as office:
        desk = Desk(office, parse_as_of(as_of, office.zone))
        day = _parse_day(on, "--on") if on else desk.today
        if day > desk.today:
            raise ConfigError(f"--on 的“{on}”还没有到:请写收到纸质件的那一天")
        decided = decide.receive_paper(desk, unit, forms, period, day, why)
        sentence = record_once(desk, decided, by)
    print_line(f"已记下:{sentence}")


def paper_undo(
    unit: PaperUnit,
    forms: PaperForms,
    why: Why,
    period: PeriodKey = None,
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
    notice: NoticeId = None,
) -> None:
    """撤销:纸质件其实没有收到,或退回重盖。"""
    with open_office(config, notice) as office:
        when = parse_as_of(as_of, office.zone)
        today = when.astimezone(office.zone).date()
        unit_name = find_unit_name(office, unit)
        in_force = decisions_in_force(office.store.decisions.made(when))
        for what in (
            find_one_obligation(office, unit_name, form, period, today) for form in dict.fromkeys(forms)
        ):
            noted = [one for one in in_force if (one.kind, one.subject) == (PAPER, what.subject)]
            if not noted:
                raise ConfigError(f"没有记过{what.words}的纸质件:请用 kongchuo decisions 查看")
            for decision in noted:
                office.store.decisions.record(WITHDRAW, str(decision.id), why, by or current_user(), when)
            print_line(f"已撤销:{what.words}的纸质件记为没有收到")


def explain(
    problem: Annotated[str, typer.Argument(help="问题编号(kongchuo problems 可查)", metavar="问题编号")],
    why: Why,
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
    notice: NoticeId = None,
) -> None:
    """一处问题已核实无误:不再计数,所填内容变了会重新提示。"""
    with open_office(config, notice) as office:
        desk = Desk(office, parse_as_of(as_of, office.zone))
        decided = decide.explain(desk, problem, why)
        sentence = record_once(desk, decided, by)
    print_line(f"已记下:{sentence}")


def accept(
    files: Annotated[
        list[str],
        typer.Argument(help="文件编号,可写几个、只写前几位(kongchuo files 可查)", metavar="文件编号…"),
    ],
    why: Annotated[str, typer.Option("--why", help="依据,如 电话核实", metavar="理由")] = "核实属实",
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """确认文件确由所写单位报送:立即计入,并记住这个发件地址。"""
    with open_office(config) as office:
        desk = Desk(office, parse_as_of(as_of, office.zone))
        decided = decide.accept(desk, files, why)
        told = record_once(desk, decided, by)
    for sentence in told.split("\n"):
        print_line(sentence)


def decisions(
    config: Config = None,
    as_json: AsJson = False,
    tsv: AsTsv = False,
    wide: Wide = False,
    as_of: AsOf = None,
) -> None:
    """人工作过的决定:谁、什么时候、为什么;已撤回的不列。"""
    form_of_answer = chosen_form(wide=wide, tsv=tsv, as_json=as_json)
    with open_office(config) as office:
        in_force = decisions_in_force(office.store.decisions.made(parse_as_of(as_of, office.zone)))
        if as_json:
            print(to_json(decisions_json(in_force, office.zone, mask_of(office))))
        else:
            with answer_screen(form_of_answer):
                decision_tables.show_decisions(in_force, office.zone, mask_of(office))


def withdraw(
    number: Annotated[int, typer.Argument(help="决定编号(kongchuo decisions 可查)", metavar="编号")],
    why: Why,
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """撤回一个决定,恢复原样。"""
    from kongchuo.decisions.reading_again import read_mail_again  # slow to load, and seldom needed

    with open_office(config) as office:
        desk = Desk(office, parse_as_of(as_of, office.zone))
        decision = next((one for one in desk.in_force if one.id == number), None)
        if decision is None:
            raise ConfigError(f"没有编号为“{number}”的决定:请用 kongchuo decisions 查编号")
        steps: list[Step] = [decide.withdraw(decision, why)]
        if decision.kind == ASSIGN:
            steps.append(AssignmentDraft(file_id=decision.subject, unit=None))
        for message_id in record(desk, Decided(tuple(steps), ""), by):
            read_mail_again(office, message_id)
    print_line(f"已撤回第{number}号决定")
