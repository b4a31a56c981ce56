"""roll, ledgers: who is on the rolls, and the ledgers to hand on."""

from pathlib import Path
from typing import Annotated

import typer

from config.errors import ConfigError
from kongchuo.clock import instant
from kongchuo.commands.lookup import masking, unit_named
from kongchuo.commands.options import AsJson, AsOf, Config, NoticeId, Reveal, UnitName
from kongchuo.office import office
from kongchuo.output import terminal_lists
from kongchuo.output.answers_json import document
from kongchuo.output.lists_json import rolls_json
from kongchuo.output.terminal_tables import console
from ledger.assessment import assess
from ledger.lists.rolls import build_rolls, map_rows_to_cases


def roll(
    config: Config = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
    notice: NoticeId = None,
    unit: UnitName = None,
    reveal: Reveal = False,
) -> None:
    """在读名册:各单位人数、比上次的增减,送教上门、随班就读、结对帮扶名单。"""
    with office(config, notice) as place:
        shown = masking(place, reveal, "roll")
        known = unit_named(place, unit) if unit else None
        found = build_rolls(place.book(instant(as_of, place.zone)), known)
        if as_json:
            print(document(rolls_json(found, shown)))
        else:
            terminal_lists.show_rolls(found, shown)


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
    )
    from notify.reports.register_workbooks import build_register_workbooks as workbooks

    with office(config, notice) as place:
        shown = masking(place, reveal, "ledgers")
        book = place.book(instant(as_of, place.zone))
        sources = RegisterSources(
            assessment=assess(book),
            rolls=book.rolls,
            case_by_roll_record=map_rows_to_cases(book),
            notice=place.notice,
            roster=place.roster,
            office=place.settings.office.name,
            number=shown.number,
        )
        try:
            out.mkdir(parents=True, exist_ok=True)
            for name, data in workbooks(sources).items():
                (out / name).write_bytes(data)
                console().print(f"已生成 {out / name}")
        except OSError as error:
            raise ConfigError(f"台账写不进 {out}({error.strerror}):请检查路径和权限") from error
