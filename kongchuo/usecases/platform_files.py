"""Reads a table saved from the national platform: numbers by unit, children out of school, or both."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from config.errors import ConfigError
from config.notice import Notice
from kongchuo.usecases.lists.list_files import TableRow, read_children, read_tables, total_words
from kongchuo.usecases.lists.list_headings import FindKey, find_list_key
from ledger.lists.platform import COUNTS
from ledger.results import ListedChild
from parsers.forms.headings.heading_text import fold_heading

_COUNT_HEADINGS = {
    "enrolled": ("在读人数", "在读学生", "在读学生数", "在校人数", "在校学生数", "在校生数", "在校生", "在籍人数", "学生数", "学生总数"),
    "out": ("失学辍学人数", "失学、辍学", "失学、辍学人数", "辍学", "辍学人数", "辍学学生数", "失辍学", "失辍学人数"),
    "suspected": ("疑似辍学", "疑似人数", "疑似辍学人数", "疑似辍学学生数"),
    "returned": ("返校", "返校人数", "已返校人数", "劝返", "劝返人数", "复学", "复学人数"),
}  # fmt: skip
_MOST_PROBLEMS = 5
"""The most faults of a file that one message lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformFile:
    """The content of one file; ``remarks`` are doubts for a person, in Chinese."""

    numbers: dict[str, dict[str, int]]
    """By the roster's name of a unit, its numbers."""
    children: tuple[ListedChild, ...] | None
    """The children out of school; None if the file has no list of children."""
    remarks: tuple[str, ...]


def read_platform_file(file: Path, notice: Notice, resolve: Callable[[str], str | None]) -> PlatformFile:
    """Returns all tables of a file that have headings 姓名 and 身份证号, or a unit with a number.

    Args:
        resolve: returns the roster's name of a unit as a file writes it.

    Raises:
        ConfigError: it cannot be read, has no such table, or a unit or number in it is wrong; then nothing of it is used.
    """
    find_key = _find_key(notice)
    numbers: dict[str, dict[str, int]] = {}
    children: list[ListedChild] = []
    remarks: list[str] = []
    problems: list[str] = []
    has_list = False
    for table in read_tables(file, find_key, frozenset(COUNTS)):
        if table.lists_children:
            has_list = True
            children += [
                replace(child, unit=resolve(child.unit) or child.unit)
                for _, child in read_children(table, notice, remarks, "请在平台核对")
            ]
        else:
            _read_numbers(table.rows, numbers, problems, resolve, total_words(notice))
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


def _find_key(notice: Notice) -> FindKey:
    """Returns a function from a heading to its key: that of a count, or of a list of children."""
    counts = {
        fold_heading(word): key for key, words in _COUNT_HEADINGS.items() for word in (COUNTS[key], *words)
    }
    of_lists = find_list_key(notice)
    return lambda heading: of_lists(heading) or counts.get(fold_heading(heading))


def _read_numbers(
    rows: Sequence[TableRow],
    numbers: dict[str, dict[str, int]],
    problems: list[str],
    resolve: Callable[[str], str | None],
    totals: Collection[str],
) -> None:
    for row in rows:
        unit_text = row.text("unit")
        count_texts = {key: text for key in COUNTS if (text := row.text(key))}
        if not count_texts or fold_heading(unit_text) in totals:
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
    """Returns 12 for 12, 12.0 and 12人; None if the text is no count."""
    digits = text.removesuffix("人").removesuffix("名").removesuffix(".0").replace(",", "")
    return int(digits) if digits.isascii() and digits.isdigit() else None
