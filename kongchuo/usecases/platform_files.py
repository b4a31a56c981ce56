"""Reads a table saved from the national platform: numbers by unit, children out of school, or both."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from config.errors import ConfigError
from config.identity_numbers import read_identity
from config.notice import Notice
from ledger.lists.platform import COUNTS, PlatformChild
from parsers.formats.clean_sheets import clean_workbook
from parsers.formats.csv import decode_text
from parsers.formats.sniff import sniff
from parsers.formats.workbook import Sheet, UnreadableWorkbook, Workbook, WorkbookTooLarge
from parsers.forms.headings.heading_text import fold_heading
from parsers.read_file import read_sheets
from parsers.records import FileKind

_UNIT_HEADINGS = ("单位", "单位名称", "报送单位", "学校(机构)名称", "学校机构名称", "乡镇", "乡镇(街道)")
_COUNT_HEADINGS = {
    "enrolled": ("在读人数", "在读学生", "在读学生数", "在校人数", "在校学生数", "在校生数", "在校生", "在籍人数", "学生数", "学生总数"),
    "out": ("失学辍学人数", "失学、辍学", "失学、辍学人数", "辍学", "辍学人数", "辍学学生数", "失辍学", "失辍学人数"),
    "suspected": ("疑似辍学", "疑似人数", "疑似辍学人数", "疑似辍学学生数"),
    "returned": ("返校", "返校人数", "已返校人数", "劝返", "劝返人数", "复学", "复学人数"),
}  # fmt: skip
_TOTAL_WORDS = ("合计", "总计", "小计", "全县", "累计")
_MOST_PROBLEMS = 5
"""So many faults of a file are told at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformFile:
    """What one file holds; ``remarks`` say what a person should look at, in Chinese."""

    numbers: dict[str, dict[str, int]]
    """By roster name."""
    children: tuple[PlatformChild, ...] | None
    """None where the file has no list of children."""
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    location: str
    """第3行, with the sheet's name where there are several."""
    cells: dict[str, object]


def read_platform_file(file: Path, notice: Notice, resolve: Callable[[str], str | None]) -> PlatformFile:
    """All tables of a file that have a heading 姓名 with 身份证号, or a unit with a number.

    Args:
        resolve: the roster's name of what a file calls a unit.

    Raises:
        ConfigError: it cannot be read, holds no such table, or a unit or number in it is wrong; then
            nothing of it is to be kept.
    """
    headings = _keys_by_heading(notice)
    numbers: dict[str, dict[str, int]] = {}
    children: list[PlatformChild] = []
    remarks: list[str] = []
    problems: list[str] = []
    has_list = False
    for keys, rows in _tables(file, headings):
        if {"name", "id_number"} <= keys:
            has_list = True
            _read_children(rows, children, remarks, resolve)
        else:
            _read_numbers(rows, numbers, problems, resolve)
    if problems:
        more = f"等{len(problems)}处" if len(problems) > _MOST_PROBLEMS else ""
        raise ConfigError(
            f"{file} 没有录入,请改好再录:{';'.join(problems[:_MOST_PROBLEMS])}{more}(单位写 units.csv 里的名称,或加为别名)"
        )
    if not has_list and not numbers:
        raise ConfigError(
            f"{file} 里没有能录入的表:名单要有“姓名”“身份证号”两列,数字要有“单位”和"
            f"{'、'.join(f'“{word}”' for word in COUNTS.values())}中的至少一列"
        )
    return PlatformFile(
        numbers=numbers, children=tuple(children) if has_list else None, remarks=tuple(remarks)
    )


def _keys_by_heading(notice: Notice) -> dict[str, str]:
    """From a folded heading to what it holds: the notice's own spellings, and those of counts."""
    headings = {"unit": list(_UNIT_HEADINGS)} | {
        key: [COUNTS[key], *words] for key, words in _COUNT_HEADINGS.items()
    }
    for key, field in (("unit", "school"), ("name", "name"), ("id_number", "id_number")):
        if spec := notice.fields.get(field):
            headings.setdefault(key, []).extend((spec.heading, *spec.synonyms))
    return {fold_heading(word): key for key, words in headings.items() for word in words}


def _tables(file: Path, headings: dict[str, str]) -> Iterator[tuple[frozenset[str], list[_Row]]]:
    """Of each sheet the table below its first row of known headings."""
    sheets = _sheets(file)
    for sheet in sheets:
        where = f"“{sheet.name}”" if len(sheets) > 1 else ""
        for start, row in enumerate(sheet.rows):
            columns: dict[str, int] = {}
            for column, cell in enumerate(row):
                if (key := headings.get(fold_heading(_cell_text(cell)))) is not None:
                    columns.setdefault(key, column)
            if {"name", "id_number"} <= columns.keys() or ("unit" in columns and columns.keys() & COUNTS):
                yield (
                    frozenset(columns),
                    [
                        _Row(
                            f"{where}第{sheet.first_row + number}行",
                            {key: cells[column] for key, column in columns.items() if column < len(cells)},
                        )
                        for number, cells in enumerate(sheet.rows[start + 1 :], start + 1)
                    ],
                )
                break


def _sheets(file: Path) -> tuple[Sheet, ...]:
    try:
        data = file.read_bytes()
        if file.suffix.lower() == ".csv" and sniff(data) is FileKind.TEXT:  # two columns are a table here
            rows = list(csv.reader(StringIO(decode_text(data), newline="")))
            sheet = Sheet(name="", hidden=False, rows=rows, first_row=1, first_col=1, merged=())
            return clean_workbook(Workbook(sheets=(sheet,))).sheets
        return read_sheets(data).sheets
    except OSError as error:
        raise ConfigError(f"{file} 打不开({error.strerror}):请检查路径") from error
    except (UnreadableWorkbook, WorkbookTooLarge, csv.Error) as error:
        raise ConfigError(f"{file} 读不出表格:请另存为 .xlsx 或 .csv 再试") from error


def _read_children(
    rows: Sequence[_Row],
    children: list[PlatformChild],
    remarks: list[str],
    resolve: Callable[[str], str | None],
) -> None:
    for row in rows:
        name = _cell_text(row.cells.get("name")).replace(" ", "")
        id_cell = row.cells.get("id_number")
        identity = read_identity(id_cell) if _cell_text(id_cell) else None
        if not name and identity is None:
            continue  # a blank row
        if identity is None and (name in _TOTAL_WORDS or name.startswith(("填表", "制表", "审核"))):
            continue
        if identity is None or identity.number is None:
            remarks.append(f"{row.location}{name}没有身份证号,只能按姓名对照")
        elif identity.fault is not None:
            remarks.append(f"{row.location}{name}的身份证号有误,请在平台核对")
        unit = _cell_text(row.cells.get("unit"))
        children.append(
            PlatformChild(
                name=name, id_number=(identity.number or "") if identity else "", unit=resolve(unit) or unit
            )
        )


def _read_numbers(
    rows: Sequence[_Row],
    numbers: dict[str, dict[str, int]],
    problems: list[str],
    resolve: Callable[[str], str | None],
) -> None:
    for row in rows:
        unit_text = _cell_text(row.cells.get("unit"))
        count_texts = {key: text for key in COUNTS if (text := _cell_text(row.cells.get(key)))}
        if not count_texts or fold_heading(unit_text) in _TOTAL_WORDS:
            continue
        unit = resolve(unit_text) if unit_text else None
        if unit is None:
            problems.append(f"{row.location}的单位“{unit_text}”不在名册")
            continue
        if unit in numbers:
            problems.append(f"{row.location}的“{unit}”写了两次")
        numbers[unit] = {}
        for key, text in count_texts.items():
            count = _parse_count(text)
            if count is None:
                problems.append(f"{row.location}{unit}的{COUNTS[key]}“{text}”不是人数")
            else:
                numbers[unit][key] = count


def _parse_count(text: str) -> int | None:
    """12, 12.0 and 12人 are twelve; anything else is no count."""
    digits = text.removesuffix("人").removesuffix("名").removesuffix(".0").replace(",", "")
    return int(digits) if digits.isascii() and digits.isdigit() else None


def _cell_text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()
