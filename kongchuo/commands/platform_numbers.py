"""Holds the commands platform set|load|diff: the national platform's numbers beside ours (三统一)."""

import re
from pathlib import Path
from typing import Annotated

import orjson
import typer

from config.errors import ConfigError
from config.text.os_reasons import reason_of
from config.text.text_folding import clean_text
from config.units.resolve_unit_names import UnitNames
from kongchuo.access.revealing import audited_mask, seen_children
from kongchuo.clock import parse_as_of
from kongchuo.commands.options import AsJson, AsOf, AsTsv, By, Config, RequiredUnit, Reveal, RevealWhy, Wide
from kongchuo.lookup import current_user, find_unit_name
from kongchuo.office import open_office
from kongchuo.output.answers_json import to_json
from kongchuo.output.layout.answer_screen import answer_screen, chosen_form
from kongchuo.output.rolls_json import platform_json
from kongchuo.output.tables import roll_tables
from kongchuo.output.terminal_tables import print_line
from kongchuo.usecases.platform_files import read_platform_file
from ledger.assessment import Assessment, assess
from ledger.lists.platform import (
    PLATFORM_CHILDREN,
    PLATFORM_NUMBERS,
    PlatformComparison,
    compare_numbers,
    listed_children,
    numbers_in_words,
    numbers_subject,
    typed_numbers,
)
from ledger.lists.platform_children import ChildDifference, compare_children
from ledger.lists.rolls import build_roll_lines
from ledger.snapshot import Snapshot

Month = Annotated[str, typer.Option("--month", help="哪个月,如 2023-10", metavar="月份")]
Count = Annotated[int | None, typer.Option(min=0, metavar="人数")]
_MOST_REMARKS = 10
"""The most remarks on a file that are printed."""


def set_numbers(
    month: Month,
    unit: RequiredUnit,
    enrolled: Count = None,
    out: Annotated[int | None, typer.Option("--out", "--out-of-school", min=0, metavar="人数")] = None,
    suspected: Count = None,
    returned: Count = None,
    why: Annotated[str, typer.Option("--why", help="依据、说明", metavar="理由")] = "国家平台数据",
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """录入国家平台上一个单位一个月的数字:在读、失学辍学、疑似、已返校;没写的项不改。"""
    given = {"enrolled": enrolled, "out": out, "suspected": suspected, "returned": returned}
    numbers = {key: value for key, value in given.items() if value is not None}
    if not numbers:
        raise ConfigError("没有写数字:请写 --enrolled --out --suspected --returned 中的至少一个")
    with open_office(config) as office:
        unit_name = find_unit_name(office, unit)
        key = numbers_subject(_parse_month(month), unit_name)
        when = parse_as_of(as_of, office.zone)
        office.store.decisions.record(
            PLATFORM_NUMBERS, key, why, by or current_user(), when, orjson.dumps(numbers).decode()
        )
    print_line(f"已录入{unit_name}{month}:{numbers_in_words(numbers)}")


def load(
    file: Annotated[Path, typer.Argument(help="平台导出的表(.xlsx .xls .csv)", metavar="文件")],
    month: Month,
    why: Annotated[
        str | None, typer.Option("--why", help="依据、说明(不写即记文件名)", metavar="理由")
    ] = None,
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """从文件录入:各单位数字(“单位”“在读”“失学辍学”…列)、失学辍学学生名单(“姓名”“身份证号”列),或两者。"""
    with open_office(config) as office:
        names = UnitNames(office.roster, office.notice)

        def resolve(text: str) -> str | None:
            unit = office.roster.get(text) or names.resolve(text)
            return unit.name if unit else None

        key, when, user = _parse_month(month), parse_as_of(as_of, office.zone), by or current_user()
        platform_file = read_platform_file(file, office.notice, resolve)
        for unit, numbers in platform_file.numbers.items():
            office.store.decisions.record(
                PLATFORM_NUMBERS,
                numbers_subject(key, unit),
                why or f"国家平台数据\uff08{file.name}\uff09",
                user,
                when,
                orjson.dumps(numbers).decode(),
            )
        if platform_file.children is not None:
            children = [
                {"name": child.name, "id_number": child.id_number, "unit": child.unit}
                for child in platform_file.children
            ]
            office.store.decisions.record(
                PLATFORM_CHILDREN,
                key,
                why or f"国家平台名单\uff08{file.name}\uff09",
                user,
                when,
                orjson.dumps(children).decode(),
            )
    loaded = [f"{len(platform_file.numbers)}个单位的数字"] if platform_file.numbers else []
    loaded += [f"名单{len(platform_file.children)}名"] if platform_file.children is not None else []
    print_line(f"已录入{month}平台{'、'.join(loaded)}")
    for remark in platform_file.remarks[:_MOST_REMARKS]:
        print_line(f"请注意:{remark}")
    if len(platform_file.remarks) > _MOST_REMARKS:
        print_line(f"还有{len(platform_file.remarks) - _MOST_REMARKS}处与上面同类,未列出")


def diff(
    month: Month,
    config: Config = None,
    as_json: AsJson = False,
    tsv: AsTsv = False,
    wide: Wide = False,
    as_of: AsOf = None,
    out: Annotated[Path | None, typer.Option("--out", help="另存为工作簿(.xlsx)", metavar="文件")] = None,
    reveal: Reveal = False,
    why: RevealWhy = None,
) -> None:
    """三统一:平台数字与登记数字逐单位的差,录入了名单的还有逐人的差。"""
    form_of_answer = chosen_form(wide=wide, tsv=tsv, as_json=as_json)
    with open_office(config) as office:
        snapshot = office.snapshot_at(parse_as_of(as_of, office.zone))
        assessment = assess(snapshot)
        numbers = _compare_counts(snapshot, assessment, _parse_month(month))
        children = _compare_children(snapshot, assessment, _parse_month(month))
        mask = audited_mask(office, reveal, "platform diff", why, seen_children(children or ()))
        if out is not None:
            from notify.reports.platform_comparison import (
                build_comparison_workbook,  # slow to load, and only this needs it
            )

            data = build_comparison_workbook(
                month,
                numbers.differences,
                children,
                mask=mask,
                office=office.settings.office.name,
                as_of=snapshot.as_of,
            )
            try:
                out.write_bytes(data)
            except OSError as error:
                raise ConfigError(f"比对表写不进 {out}({reason_of(error)}):请检查路径和权限") from error
        if as_json:
            print(to_json(platform_json(month, numbers, children, mask)))
            return
        with answer_screen(form_of_answer):
            roll_tables.show_platform(month, numbers, children, mask)
            if out is not None:
                print_line(f"已生成 {out}")


def _compare_counts(snapshot: Snapshot, assessment: Assessment, month: str) -> PlatformComparison:
    enrolled: dict[str, int] = {}
    for line in build_roll_lines(snapshot):
        enrolled[line.unit] = enrolled.get(line.unit, 0) + line.total
    return compare_numbers(
        typed_numbers(snapshot.decisions, month),
        snapshot.roster,
        enrolled,
        assessment.cases,
        assessment.suspected,
        snapshot.notice.persuasion.statuses,
    )


def _compare_children(
    snapshot: Snapshot, assessment: Assessment, month: str
) -> tuple[ChildDifference, ...] | None:
    platform_children = listed_children(snapshot.decisions, month)
    if platform_children is None:
        return None
    return compare_children(
        platform_children,
        assessment.cases,
        assessment.suspected,
        snapshot.rolls.rows,
        snapshot.notice,
    )


def _parse_month(text: str) -> str:
    month = clean_text(text).strip()
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month):
        raise ConfigError(f"--month 的“{text}”不是月份:请写成 2023-10 的样子")
    return month
