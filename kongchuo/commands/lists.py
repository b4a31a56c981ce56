"""roll, ledgers, platform: who is on the rolls, the ledgers to hand on, and the national platform's numbers."""

import re
from pathlib import Path
from typing import Annotated

import openpyxl
import orjson
import typer
from openpyxl.utils.exceptions import InvalidFileException

from config.errors import ConfigError
from kongchuo import tables
from kongchuo.as_json import document, platform_json, rolls_json
from kongchuo.clock import instant
from kongchuo.commands.lookup import masking, unit_named, who
from kongchuo.commands.options import AsJson, AsOf, Config, NoticeId, Reveal, UnitName
from kongchuo.tables import console
from kongchuo.wiring import Office, office
from ledger.judged import judge
from ledger.platform import (
    CHILDREN,
    COUNTS,
    NUMBERS,
    ChildDifference,
    Difference,
    PlatformChild,
    child_differences,
    differences,
    listed,
    subject,
    typed,
)  # fmt: skip
from ledger.rolls import rolls
from parsers.text_tables import read_text
from parsers.workbook import UnreadableWorkbook

Month = Annotated[str, typer.Option("--month", help="哪个月,如 2023-10", metavar="月份")]
Count = Annotated[int | None, typer.Option(min=0, metavar="人数")]


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
        found = rolls(place.book(instant(as_of, place.zone)), known)
        if as_json:
            print(document(rolls_json(found, shown)))
        else:
            tables.show_rolls(found, shown)


def ledgers(
    config: Config = None,
    as_of: AsOf = None,
    notice: NoticeId = None,
    out: Annotated[Path, typer.Option("--out", help="写到哪个目录", metavar="目录")] = Path("ledgers"),
    reveal: Reveal = False,
) -> None:
    """可直接上报的台账:适龄、疑似、辍学三本和季度核查表(身份证号默认遮盖,--reveal 写完整号码)。"""
    from notify.ledgers import Sources  # slow to load, and only this command needs it
    from notify.ledgers import ledgers as workbooks

    with office(config, notice) as place:
        shown = masking(place, reveal, "ledgers")
        book = place.book(instant(as_of, place.zone))
        sources = Sources(
            judged=judge(book),
            rolls=book.rolls,
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


def set_numbers(
    month: Month,
    unit: Annotated[str, typer.Option("--unit", help="报送单位,名册上的名称或别名", metavar="单位")],
    enrolled: Count = None,
    out: Count = None,
    suspected: Count = None,
    returned: Count = None,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """录入国家平台上一个单位一个月的数字;没写的项不改。"""
    given = {"enrolled": enrolled, "out": out, "suspected": suspected, "returned": returned}
    numbers = {key: value for key, value in given.items() if value is not None}
    if not numbers:
        raise ConfigError("没有写数字:请写 --enrolled --out --suspected --returned 中的至少一个")
    with office(config) as place:
        name = unit_named(place, unit)
        key = subject(_month(month), name)
        when = instant(as_of, place.zone)
        place.store.decide(NUMBERS, key, "国家平台数据", who(), when, orjson.dumps(numbers).decode())
    said = "、".join(f"{COUNTS[key]}{value}" for key, value in numbers.items())
    console().print(f"已录入{name}{month}:{said}")


def load(
    file: Annotated[Path, typer.Argument(help="平台导出的学生名单(.xlsx 或 .csv)", metavar="文件")],
    month: Month,
    config: Config = None,
    as_of: AsOf = None,
) -> None:
    """录入国家平台上失学辍学学生的名单(有“姓名”“身份证号”列,可有“学校”或“单位”列)。"""
    children = _children(file)
    with office(config) as place:
        detail = orjson.dumps(
            [{"name": c.name, "id_number": c.id_number, "unit": c.unit} for c in children]
        ).decode()
        place.store.decide(CHILDREN, _month(month), "国家平台名单", who(), instant(as_of, place.zone), detail)
    console().print(f"已录入{month}平台名单:{len(children)}名")


def diff(
    month: Month,
    config: Config = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
    reveal: Reveal = False,
) -> None:
    """三统一:平台数字与登记数字逐单位的差,录入了名单的还有逐人的差。"""
    with office(config) as place:
        shown = masking(place, reveal, "platform diff")
        numbers, children = _differences(place, _month(month), as_of)
        if as_json:
            print(document(platform_json(_month(month), numbers, children, shown)))
        else:
            tables.show_platform(month, numbers, children, shown)


def _differences(
    place: Office, month: str, as_of: AsOf
) -> tuple[tuple[Difference, ...], tuple[ChildDifference, ...] | None]:
    book = place.book(instant(as_of, place.zone))
    judged = judge(book)
    enrolled = {line.unit: line.total for line in rolls(book).lines}
    found = differences(typed(book.decisions, month), place.roster, enrolled, judged.cases, judged.suspected)
    theirs = listed(book.decisions, month)
    return found, None if theirs is None else child_differences(theirs, judged.cases)


def _month(text: str) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise ConfigError(f"--month 的“{text}”不是月份:请写成 2023-10 的样子")
    return text


def _children(file: Path) -> list[PlatformChild]:
    """The children that a file lists.

    Raises:
        ConfigError: it cannot be read, or has no columns 姓名 and 身份证号.
    """
    rows = _rows(file)
    for start, row in enumerate(rows):
        names = {str(cell or "").strip(): place for place, cell in enumerate(row)}
        if "姓名" in names and "身份证号" in names:
            school = names.get("单位", names.get("学校"))
            return [
                PlatformChild(
                    name=str(own[names["姓名"]] or "").strip(),
                    id_number=str(own[names["身份证号"]] or "").strip().upper(),
                    unit=str(own[school] or "").strip() if school is not None else "",
                )
                for own in rows[start + 1 :]
                if len(own) > names["身份证号"] and own[names["身份证号"]]
            ]
    raise ConfigError(f"{file} 里没有“姓名”“身份证号”两列:请检查表头")


def _rows(file: Path) -> list[list[object]]:
    try:
        if file.suffix.lower() == ".csv":
            return [list(row) for row in read_text(file.read_bytes()).sheets[0].rows]
        sheet = openpyxl.load_workbook(file, read_only=True, data_only=True).worksheets[0]
        return [list(row) for row in sheet.iter_rows(values_only=True)]
    except (OSError, InvalidFileException, KeyError, ValueError, UnreadableWorkbook) as error:
        raise ConfigError(f"{file} 读不出来:请另存为 .xlsx 或 .csv 再试") from error
