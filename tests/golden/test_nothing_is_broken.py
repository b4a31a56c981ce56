"""No identifier, number or name of the answers is split over lines at 80 columns; read from the golden files."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from rich.cells import cell_len

from tests.golden.counties import COUNTIES
from tests.golden.golden_files import HERE

pytestmark = pytest.mark.usefixtures("golden_files_stand")
_COLUMNS = 80
_BELOW_A_ROW = 4
"""The column where sentences stand that belong to the row above."""
_VALUES = frozenset(
    [
        "unit",
        "responsible_unit",
        "name",
        "id_number",
        "case_id",
        "file_id",
        "problem_id",
        "finding_id",
        "from",
        "form",
        "due",
        "number",
        "who",
    ]
)
"""The keys of JSON under which names, numbers and identifiers stand."""
ANSWERS = sorted(
    file.relative_to(HERE).as_posix()
    for pattern in ("*/tables/*.txt", "*/story.txt", "*/*/command.txt")
    for file in HERE.glob(pattern)
)


def values_of(answer: Any) -> Iterator[str]:
    match answer:
        case dict():
            for key, value in answer.items():
                if key in _VALUES and isinstance(value, str) and len(value) > 1:
                    yield value
                yield from values_of(value)
        case list():
            for value in answer:
                yield from values_of(value)


def cells_of(line: str) -> Iterator[tuple[int, str]]:
    """The cells of a line with the columns where they begin."""
    for cell in re.finditer(r"\S+(?: \S+)*", line):
        yield cell_len(line[: cell.start()]), cell[0]


def broken(text: str, values: set[str]) -> Iterator[str]:
    """What ends one line and goes on in the next, in the same column."""
    beginnings = {value[:end]: value for value in values for end in range(1, len(value))}
    lines = text.splitlines()
    for line, following in pairwise(lines):
        if line.startswith("$ ") or following.startswith("$ "):
            continue
        below = dict(cells_of(following))
        for column, cell in cells_of(line):
            rest = below.get(column, "")
            if (
                column == _BELOW_A_ROW
                and line.startswith(" ")
                and re.search(r"\d / \d", f"{cell} / {rest[:1]}")
            ):
                yield f"{cell} / {rest}"
            for end in range(1, min(len(cell), 20) + 1):
                for value in [beginnings.get(cell[-end:])]:
                    if value is not None and rest.startswith(value[end:]) and len(rest) > 0:
                        yield f"{value}: {cell} / {rest}"


@pytest.fixture(scope="module")
def values() -> dict[str, set[str]]:
    return {
        county: {
            value
            for file in (HERE / county / "json").glob("*.json")
            for value in values_of(json.loads(file.read_text("utf-8")))
        }
        for county in COUNTIES
    }


@pytest.mark.parametrize("name", ANSWERS)
def test_no_identifier_number_or_name_is_split_over_lines(name: str, values: dict[str, set[str]]):
    text = (HERE / name).read_text("utf-8")

    assert list(broken(text, values[name.partition("/")[0]])) == []


@pytest.mark.parametrize("name", ["help.txt", *(name for name in ANSWERS if "/tables/" in name)])
def test_no_line_is_wider_than_the_terminal(name: str):
    lines = (HERE / name).read_text("utf-8").splitlines()

    assert [line for line in lines if cell_len(line) > _COLUMNS and not line.startswith("$ ")] == []


def test_what_is_broken_is_found():
    assert list(broken("编号  9a30e474\n      7de0\n", {"9a30e4747de0"}))
    assert list(broken("    共有22\n    4人\n", set()))
    assert list(broken("请西沱镇\n小学补报\n", {"西沱镇小学"}))
