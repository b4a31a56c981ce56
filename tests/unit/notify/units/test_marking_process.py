"""A workbook that cannot be marked within bounds costs nothing but its marks."""

import os
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import openpyxl
import pytest

from notify.units.marking_process import MOST_BYTES, WorkbookMarker
from store.stored_values import StoredProblem
from tests.builders.files.clerk_files import dropout_row, register4, xlsx
from tests.builders.values.sample_digests import a_problem

DAY = datetime(2023, 9, 24, tzinfo=UTC)
GOOD = xlsx(register4(dropout_row()))


def _raises(
    data: bytes, problems: Sequence[StoredProblem], as_of: datetime, names: dict[str, str]
) -> bytes | None:
    if data == b"PK bad":
        raise LookupError("no such style")
    return data


def _sleeps(
    data: bytes, problems: Sequence[StoredProblem], as_of: datetime, names: dict[str, str]
) -> bytes | None:
    if data == b"PK slow":
        time.sleep(600)
    return data


def _swells(
    data: bytes, problems: Sequence[StoredProblem], as_of: datetime, names: dict[str, str]
) -> bytes | None:
    return bytes(1 << 30) if data == b"PK bad" else data


def _dies(
    data: bytes, problems: Sequence[StoredProblem], as_of: datetime, names: dict[str, str]
) -> bytes | None:
    if data == b"PK bad":
        os._exit(9)
    return data


@pytest.fixture
def in_earnest() -> Iterator[WorkbookMarker]:
    with WorkbookMarker() as marker:
        yield marker


def test_a_workbook_is_marked_in_another_process(in_earnest: WorkbookMarker) -> None:
    back = in_earnest.mark_workbook(GOOD, [a_problem(sheet="Sheet1", row=5, cell="D5")], DAY)

    assert back is not None
    assert back != GOOD


def test_one_that_takes_too_long_is_given_up_and_the_next_is_marked() -> None:
    with WorkbookMarker(seconds=0.5, task=_sleeps) as marker:
        assert marker.mark_workbook(b"PK slow", [], DAY) is None
        assert marker.mark_workbook(b"PK quick", [], DAY) == b"PK quick"


@pytest.mark.parametrize("task", [_swells, _dies, _raises])
def test_one_that_swells_or_kills_its_process_or_cannot_be_saved_is_given_up(task: object) -> None:
    with WorkbookMarker(megabytes=256, task=task) as marker:  # type: ignore[arg-type]
        assert marker.mark_workbook(b"PK bad", [], DAY) is None
        assert marker.mark_workbook(b"PK good", [], DAY) == b"PK good"


def test_what_is_no_workbook_or_too_large_to_mail_starts_no_process() -> None:
    with WorkbookMarker(task=_dies) as marker:
        assert marker.mark_workbook(b"\xd0\xcf\x11\xe0 an old workbook", [], DAY) is None
        assert marker.mark_workbook(b"PK" + bytes(MOST_BYTES), [], DAY) is None


def test_a_sheet_formatted_down_to_its_last_row_stays_within_bounds() -> None:
    def down_to_the_end(workbook: openpyxl.Workbook) -> None:
        workbook.worksheets[0].cell(1_048_576, 2).value = "完"

    data = xlsx(register4(dropout_row()), then=down_to_the_end)

    with WorkbookMarker() as marker:
        assert marker.mark_workbook(data, [a_problem(sheet="Sheet1", row=5, cell="D5")], DAY) is not None
