"""Holds the commands case close|reopen|note|file|own|merge|split and waive: an officer's decisions on cases."""

from typing import Annotated

import typer

from config.errors import ConfigError
from kongchuo.clock import parse_as_of
from kongchuo.commands.options import AsOf, By, Config, Why
from kongchuo.decisions import decide
from kongchuo.decisions.decide import CLOSED_STATES, MERGE, SPLIT, Desk
from kongchuo.decisions.recording_steps import record_once
from kongchuo.lookup import find_form, find_unit_name
from kongchuo.office import open_office
from kongchuo.output.terminal_tables import print_line
from ledger.officer_decisions import OWN, REOPEN, WAIVE_FORM, WORK_FILE
from ledger.results import CaseState
from ledger.state_words import CASE_STATE_WORDS
from store.decisions import DecisionDraft

CaseId = Annotated[str, typer.Argument(help="个案编号(kongchuo cases 可查)", metavar="个案编号")]


def close(
    case_id: CaseId,
    why: Why,
    state: Annotated[
        str,
        typer.Option(
            "--state", help="、".join(CASE_STATE_WORDS[one] for one in CLOSED_STATES), metavar="结果"
        ),
    ] = CASE_STATE_WORDS[CaseState.RETURNED],
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """结案:已返校、已批准(休学等)、已转走或已超龄。"""
    with open_office(config) as office:
        desk = Desk(office, parse_as_of(as_of, office.zone))
        decided = decide.close_case(desk, case_id, state, why)
        sentence = record_once(desk, decided, by)
    print_line(sentence)


def reopen(case_id: CaseId, why: Why, by: By = None, config: Config = None, as_of: AsOf = None) -> None:
    """撤销结案,重新列为未返校。"""
    _record_decision(
        config, as_of, by, DecisionDraft(kind=REOPEN, subject=case_id, why=why), "已重新列为未返校"
    )


def note(
    case_id: CaseId,
    why: Annotated[str, typer.Argument(help="要记下的话", metavar="内容")],
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """在个案上记一笔。"""
    _record_decision(config, as_of, by, DecisionDraft(kind="note", subject=case_id, why=why), "已记下")


def file(case_id: CaseId, why: Why, by: By = None, config: Config = None, as_of: AsOf = None) -> None:
    """已返校学生的一生一案工作档案已经建好。"""
    _record_decision(
        config, as_of, by, DecisionDraft(kind=WORK_FILE, subject=case_id, why=why), "已记下工作档案"
    )


def own(
    case_id: CaseId,
    unit: Annotated[str, typer.Argument(help="由哪个单位负责(名册里的名称)", metavar="单位")],
    why: Why,
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """确定由哪个单位负责劝返;以后报来的表不再改变。"""
    with open_office(config) as office:
        when = parse_as_of(as_of, office.zone)
        owner = find_unit_name(office, unit)
        unit_of_roster = office.roster.get(owner)
        closed_on = unit_of_roster.active_to if unit_of_roster is not None else None
        if closed_on is not None and closed_on < when.astimezone(office.zone).date():
            raise ConfigError(f"{owner}已于{closed_on}停办:请选接续它的单位")
        desk = Desk(office, when)
        decided = decide.decide_on_case(desk, OWN, case_id, why, owner, f"由{owner}负责")
        sentence = record_once(desk, decided, by)
    print_line(sentence)


def merge(
    case_id: CaseId,
    other: Annotated[str, typer.Argument(help="与它是同一名学生的另一个案或在册学生", metavar="另一编号")],
    why: Why,
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """两个编号是同一名学生:并成一个(比对结果里写明编号)。"""
    _record_pair_decision(
        config,
        as_of,
        by,
        DecisionDraft(kind=MERGE, subject=case_id, why=why, detail=other),
        f"已与{other}合并",
    )


def split(
    case_id: CaseId,
    other: Annotated[
        str,
        typer.Argument(help="其中哪一份报送的编号(cases --json 的 origins),或另一编号", metavar="报送或编号"),
    ],
    why: Why,
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """其中一份报送、或另一编号说的是另一名学生:分开,以后也不再合并。"""
    _record_pair_decision(
        config, as_of, by, DecisionDraft(kind=SPLIT, subject=case_id, why=why, detail=other), "已分开"
    )


def waive(
    finding_id: Annotated[
        str,
        typer.Argument(help="比对结果编号(kongchuo crosscheck 可查);写 --form 时是个案编号", metavar="编号"),
    ],
    why: Why,
    form: Annotated[str | None, typer.Option("--form", help="免报这名学生的劝返表", metavar="附件")] = None,
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """一条比对结果已核实、不再提示;或免报一名学生的劝返表。"""
    if form is not None:
        _waive_form(
            config, as_of, by, DecisionDraft(kind=WAIVE_FORM, subject=finding_id, why=why, detail=form)
        )
        return
    with open_office(config) as office:
        desk = Desk(office, parse_as_of(as_of, office.zone))
        decided = decide.waive(desk, finding_id, why)
        sentence = record_once(desk, decided, by)
    print_line(sentence)


def _waive_form(config: Config, as_of: AsOf, by: By, typed: DecisionDraft) -> None:
    with open_office(config) as office:
        spec = find_form(office, typed.detail or "")
        if spec.trigger is None:
            raise ConfigError(f"{spec.key}不是按学生报的:请用 kongchuo exempt 免报整张附件")
        if not office.notice.readings.waive_per_child:
            raise ConfigError("通知不允许按学生免报(readings.waive_per_child = false)")
        desk = Desk(office, parse_as_of(as_of, office.zone))
        decided = decide.decide_on_case(
            desk, WAIVE_FORM, typed.subject, typed.why, spec.key, f"免报{spec.key}"
        )
        sentence = record_once(desk, decided, by)
    print_line(sentence)


def _record_decision(config: Config, as_of: AsOf, by: By, typed: DecisionDraft, confirmation: str) -> None:
    """Records a decision on a case, as it was typed."""
    with open_office(config) as office:
        desk = Desk(office, parse_as_of(as_of, office.zone))
        decided = decide.decide_on_case(
            desk, typed.kind, typed.subject, typed.why, typed.detail, confirmation
        )
        sentence = record_once(desk, decided, by)
    print_line(sentence)


def _record_pair_decision(
    config: Config, as_of: AsOf, by: By, typed: DecisionDraft, confirmation: str
) -> None:
    """Records a decision on whether two ids, or an id and one of its submissions, are one student."""
    with open_office(config) as office:
        desk = Desk(office, parse_as_of(as_of, office.zone))
        pair = (typed.subject, typed.detail or "")
        decided = decide.decide_on_pair(desk, typed.kind, pair, typed.why, confirmation)
        sentence = record_once(desk, decided, by)
    print_line(sentence)
