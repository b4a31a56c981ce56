"""Holds the commands roll, ledgers and forms: students in school, the registers as workbooks, prefilled forms for units."""

from pathlib import Path
from typing import Annotated

import typer

from config.errors import ConfigError
from config.text.os_reasons import reason_of
from kongchuo.access.revealing import audited_mask, children_on_forms
from kongchuo.clock import parse_as_of
from kongchuo.commands.options import (
    AsJson,
    AsOf,
    AsTsv,
    Config,
    FilesWhy,
    FormKey,
    NoticeId,
    PeriodKey,
    Reveal,
    RevealWhy,
    UnitName,
    Wide,
)
from kongchuo.lookup import find_form, find_periods, find_unit_name
from kongchuo.office import open_office
from kongchuo.output.answers_json import to_json
from kongchuo.output.kept_files import tell_written, write_beside
from kongchuo.output.layout.answer_screen import answer_screen, chosen_form
from kongchuo.output.rolls_json import rolls_json
from kongchuo.output.tables import roll_tables
from kongchuo.output.terminal_tables import print_line
from ledger.lists.rolls import build_rolls


def roll(
    config: Config = None,
    as_json: AsJson = False,
    tsv: AsTsv = False,
    wide: Wide = False,
    as_of: AsOf = None,
    notice: NoticeId = None,
    unit: UnitName = None,
    period: PeriodKey = None,
    reveal: Reveal = False,
    why: RevealWhy = None,
) -> None:
    """在读名册:各单位人数、比上次的增减,送教上门、随班就读、结对帮扶名单。"""
    form_of_answer = chosen_form(wide=wide, tsv=tsv, as_json=as_json)
    with open_office(config, notice) as office:
        unit_name = find_unit_name(office, unit) if unit else None
        snapshot = office.snapshot_at(parse_as_of(as_of, office.zone))
        wanted = find_periods(office, None, period, snapshot.today) if period is not None else None
        unit_rolls = build_rolls(
            snapshot, unit_name, None if wanted is None else frozenset(one.key for one in wanted)
        )
        mask = audited_mask(office, reveal, "roll", why, children_on_forms(snapshot, unit_name))
        if as_json:
            print(to_json(rolls_json(unit_rolls, mask)))
        else:
            with answer_screen(form_of_answer):
                roll_tables.show_rolls(unit_rolls, mask)


def ledgers(
    config: Config = None,
    as_of: AsOf = None,
    notice: NoticeId = None,
    out: Annotated[Path, typer.Option("--out", help="写到哪个目录", metavar="目录")] = Path("ledgers"),
    reveal: Reveal = False,
    why: RevealWhy = None,
) -> None:
    """可直接上报的台账:适龄、疑似、辍学三本、重点学生名单和季度核查表(身份证号默认遮盖,--reveal 写完整号码)。"""
    from kongchuo.usecases.register_files import compose_registers  # slow to load, and only needed here

    with open_office(config, notice) as office:
        when = parse_as_of(as_of, office.zone)
        mask = audited_mask(office, reveal, "ledgers", why, children_on_forms(office.snapshot_at(when)))
        workbooks = compose_registers(office, when, mask)
        try:
            for name, data in workbooks.items():
                tell_written(write_beside(out, name, data))
        except OSError as error:
            raise ConfigError(f"台账写不进 {out}({reason_of(error)}):请检查路径和权限") from error


def forms(
    config: Config = None,
    as_of: AsOf = None,
    notice: NoticeId = None,
    unit: UnitName = None,
    form: FormKey = None,
    out: Annotated[Path, typer.Option("--out", help="写到哪个目录", metavar="目录")] = Path("forms"),
    why: FilesWhy = None,
) -> None:
    """各单位自己的表:单位名和上次报的学生已填好(号码完整,会留下记录),有下拉选项和检查,填好直接发回。"""
    from kongchuo.usecases.form_files import as_file_name, write_form  # slow to load, and only needed here
    from notify.forms.unit_forms import build_unit_forms

    with open_office(config, notice) as office:
        only = None if form is None else {find_form(office, form).key}
        wanted = find_unit_name(office, unit) if unit else None
        snapshot = office.snapshot_at(parse_as_of(as_of, office.zone))
        if children := tuple(children_on_forms(snapshot, wanted)):
            audited_mask(office, True, "forms", why, children)  # a unit's own form holds its children whole
        written = 0
        for one in office.roster.units:
            if wanted not in (None, one.name):
                continue
            for file in build_unit_forms(snapshot, one, office=office.settings.office.name, only=only):
                try:
                    result = write_form(out / as_file_name(one.name), file)
                except OSError as error:
                    raise ConfigError(f"表写不进 {out}({reason_of(error)}):请检查路径和权限") from error
                written += 1
                if result.beside is not None:
                    print_line(f"{result.beside} 里有人改过,没有覆盖:新表写在 {result.path}")
                elif wanted is not None:
                    print_line(f"已生成 {result.path}")
        if not written:
            raise ConfigError("没有要生成的表:这个单位不报这张附件,或由上级单位代报(kongchuo status 可查)")
        if wanted is None:
            print_line(f"已生成{written}张表,在 {out}")
