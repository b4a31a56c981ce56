"""Holds the commands case close|reopen|note|file|own|merge|split and waive: an officer's decisions on cases."""

from collections.abc import Collection
from typing import Annotated

import typer

from config.errors import ConfigError
from kongchuo.clock import parse_as_of
from kongchuo.commands.lookup import current_user, find_case, find_form, find_unit_name
from kongchuo.commands.options import AsOf, Config, Why
from kongchuo.office import Office, open_office
from kongchuo.output.terminal_tables import print_line
from ledger.assessment import Judgements
from ledger.crosscheck.possible_matches import decidable_ids
from ledger.officer_decisions import OWN, WAIVE_FORM, WORK_FILE
from ledger.results import Case, CaseState

CaseId = Annotated[str, typer.Argument(help="个案编号(kongchuo cases 可查)", metavar="个案编号")]
_CLOSED_STATES = (CaseState.RETURNED, CaseState.EXCUSED, CaseState.MOVED, CaseState.AGED_OUT)


def close(
    case_id: CaseId,
    why: Why,
    state: Annotated[
        str, typer.Option("--state", help="returned excused moved aged_out", metavar="结果")
    ] = "returned",
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """结案:已返校、已批准(休学等)、已转走或已超龄。"""
    if state not in _CLOSED_STATES:
        raise ConfigError(f"--state 没有“{state}”:可选 {'、'.join(_CLOSED_STATES)}")
    _record_decision(config, as_of, "close", case_id, why, state, "已结案")


def reopen(case_id: CaseId, why: Why, config: Config = None, as_of: AsOf = None) -> None:
    """撤销结案,重新列为未返校。"""
    _record_decision(config, as_of, "reopen", case_id, why, None, "已重新列为未返校")


def note(
    case_id: CaseId,
    why: Annotated[str, typer.Argument(help="要记下的话", metavar="内容")],
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """在个案上记一笔。"""
    _record_decision(config, as_of, "note", case_id, why, None, "已记下")


def file(case_id: CaseId, why: Why, config: Config = None, as_of: AsOf = None) -> None:
    """已返校学生的一生一案工作档案已经建好。"""
    _record_decision(config, as_of, WORK_FILE, case_id, why, None, "已记下一生一案")


def own(
    case_id: CaseId,
    unit: Annotated[str, typer.Argument(help="由哪个单位负责(名册里的名称)", metavar="单位")],
    why: Why,
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
        case = _find_case(office, case_id, as_of)
        office.store.record_decision(OWN, case.case_id, why, current_user(), when, owner)
    print_line(f"{case.name}({case.case_id}):由{owner}负责")


def merge(
    case_id: CaseId,
    other: Annotated[str, typer.Argument(help="与它是同一名学生的另一个案或在册学生", metavar="另一编号")],
    why: Why,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """两个编号是同一名学生:并成一个(比对结果 maybe-same 写明编号)。"""
    _record_pair_decision(config, as_of, "merge", (case_id, other), why, f"已与{other}合并")


def split(
    case_id: CaseId,
    other: Annotated[
        str,
        typer.Argument(help="其中哪一份报送(origins 里的 submission_id),或另一编号", metavar="报送或编号"),
    ],
    why: Why,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """其中一份报送、或另一编号说的是另一名学生:分开,以后也不再合并。"""
    _record_pair_decision(config, as_of, "split", (case_id, other), why, "已分开")


def waive(
    finding_id: Annotated[
        str,
        typer.Argument(help="比对结果编号(kongchuo crosscheck 可查);写 --form 时是个案编号", metavar="编号"),
    ],
    why: Why,
    form: Annotated[str | None, typer.Option("--form", help="免报这名学生的劝返表", metavar="附件")] = None,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """一条比对结果已核实、不再提示;或免报一名学生的劝返表。"""
    if form is not None:
        _waive_form(config, as_of, finding_id, why, form)
        return
    with open_office(config) as office:
        when = parse_as_of(as_of, office.zone)
        findings = Judgements(office.snapshot_at(when)).across_notices.findings
        if all(finding.finding_id != finding_id for finding in findings):
            raise ConfigError(f"没有编号为“{finding_id}”的比对结果:请用 kongchuo crosscheck 查编号")
        office.store.record_decision("waive", finding_id, why, current_user(), when)
    print_line("已记下,不再提示")


def _waive_form(config: Config, as_of: AsOf, case_id: str, why: str, form: str) -> None:
    with open_office(config) as office:
        spec = find_form(office, form)
        if spec.trigger is None:
            raise ConfigError(f"{spec.key}不是按学生报的:请用 kongchuo exempt 免报整张附件")
        if not office.notice.readings.waive_per_child:
            raise ConfigError("通知不允许按学生免报(readings.waive_per_child = false)")
        case = _find_case(office, case_id, as_of)
        office.store.record_decision(
            WAIVE_FORM, case.case_id, why, current_user(), parse_as_of(as_of, office.zone), spec.key
        )
    print_line(f"{case.name}({case.case_id}):免报{spec.key}")


def _record_decision(
    config: Config, as_of: AsOf, kind: str, case_id: str, why: str, detail: str | None, confirmation: str
) -> None:
    with open_office(config) as office:
        case = _find_case(office, case_id, as_of)
        office.store.record_decision(
            kind, case.case_id, why, current_user(), parse_as_of(as_of, office.zone), detail
        )
    print_line(f"{case.name}({case.case_id}):{confirmation}")


def _record_pair_decision(
    config: Config, as_of: AsOf, kind: str, pair: tuple[str, str], why: str, confirmation: str
) -> None:
    """Keep a decision on whether two ids, or an id and one of its submissions, are one student."""
    with open_office(config) as office:
        when = parse_as_of(as_of, office.zone)
        children = Judgements(office.snapshot_at(when)).across_notices
        ids = decidable_ids(children.students, children.enrolment, children.absence)
        ids |= {case.case_id for case in children.suspected}
        submissions = (
            {row.submission_id for row in children.snapshot.case_rows}
            if kind == "split"
            else frozenset[str]()
        )
        first_id, second_id = _find_id(ids, pair[0]), _find_id(ids | submissions, pair[1])
        office.store.record_decision(kind, first_id, why, current_user(), when, second_id)
    print_line(f"{first_id}:{confirmation}")


def _find_id(ids: Collection[str], prefix: str) -> str:
    matching_ids = [candidate for candidate in ids if candidate.startswith(prefix)]
    if len(matching_ids) != 1:
        raise ConfigError(
            f"没有编号为“{prefix}”的个案或学生:请用 kongchuo cases --all、kongchuo crosscheck 查编号"
        )
    return matching_ids[0]


def _find_case(office: Office, case_id: str, as_of: AsOf) -> Case:
    children = Judgements(office.snapshot_at(parse_as_of(as_of, office.zone))).across_notices
    return find_case((*children.cases, *children.suspected), case_id)
