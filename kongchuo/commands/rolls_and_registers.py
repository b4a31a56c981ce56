"""Holds the commands roll and ledgers: the students on the rolls, and the registers as workbooks."""

from pathlib import Path
from typing import Annotated

import typer

from config.errors import ConfigError
from kongchuo.clock import parse_as_of
from kongchuo.commands.options import AsJson, AsOf, Config, NoticeId, PeriodKey, Reveal, UnitName
from kongchuo.lookup import audited_mask, find_periods, find_unit_name
from kongchuo.office import open_office
from kongchuo.output import terminal_rolls
from kongchuo.output.answers_json import to_json
from kongchuo.output.rolls_json import rolls_json
from kongchuo.output.terminal_tables import print_line
from ledger.assessment import Judgements, assess
from ledger.lists.rolls import build_rolls, map_rows_to_cases


def roll(
    config: Config = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
    notice: NoticeId = None,
    unit: UnitName = None,
    period: PeriodKey = None,
    reveal: Reveal = False,
) -> None:
    """在读名册:各单位人数、比上次的增减,送教上门、随班就读、结对帮扶名单。"""
    with open_office(config, notice) as office:
        mask = audited_mask(office, reveal, "roll")
        unit_name = find_unit_name(office, unit) if unit else None
        snapshot = office.snapshot_at(parse_as_of(as_of, office.zone))
        wanted = find_periods(office, None, period, snapshot.today) if period is not None else None
        unit_rolls = build_rolls(
            snapshot, unit_name, None if wanted is None else frozenset(one.key for one in wanted)
        )
        if as_json:
            print(to_json(rolls_json(unit_rolls, mask)))
        else:
            terminal_rolls.show_rolls(unit_rolls, mask)


def ledgers(
    config: Config = None,
    as_of: AsOf = None,
    notice: NoticeId = None,
    out: Annotated[Path, typer.Option("--out", help="写到哪个目录", metavar="目录")] = Path("ledgers"),
    reveal: Reveal = False,
) -> None:
    """可直接上报的台账:适龄、疑似、辍学三本和季度核查表(身份证号默认遮盖,--reveal 写完整号码)。"""
    from notify.reports.register_workbooks import (
        RegisterSources,  # slow to load, and only this command needs it
        build_register_workbooks,
    )

    with open_office(config, notice) as office:
        mask = audited_mask(office, reveal, "ledgers")
        snapshot = office.snapshot_at(parse_as_of(as_of, office.zone))
        judgements = Judgements(snapshot)
        sources = RegisterSources(
            assessment=assess(snapshot),
            rolls=snapshot.roll_rows,
            case_by_roll_record=map_rows_to_cases(judgements.students, judgements.enrolment),
            notice=office.notice,
            roster=office.roster,
            office=office.settings.office.name,
            number=mask.number,
        )
        try:
            out.mkdir(parents=True, exist_ok=True)
            for name, data in build_register_workbooks(sources).items():
                (out / name).write_bytes(data)
                print_line(f"已生成 {out / name}")
        except OSError as error:
            raise ConfigError(f"台账写不进 {out}({error.strerror}):请检查路径和权限") from error
