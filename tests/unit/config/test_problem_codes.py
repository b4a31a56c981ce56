"""The catalogue of codes: each listed once, each used, and none made that is not listed."""

from collections import Counter
from pathlib import Path

import pytest

from config.problem_codes import PROBLEM_CODES, Level, codes_of, problem_code, remedy_of
from config.records.record import Problem
from parsers.records import FileKind, ParsedFile

ROOT = Path(__file__).parents[3]
ROOMS = ("ingest", "ledger", "parsers", "store", "config")


def test_each_code_is_listed_once_with_a_title():
    counts = Counter(code.key for code in PROBLEM_CODES)

    assert set(counts.values()) == {1}
    assert all(code.title for code in PROBLEM_CODES)
    assert all(code.sentence for code in codes_of(Level.FILE, Level.TABLE, Level.ROW, Level.FORM))


def test_each_code_is_used():
    sources = "".join(
        path.read_text("utf-8")
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if path.name != "problem_codes.py"
    )

    assert [code.key for code in PROBLEM_CODES if f'"{code.key}"' not in sources] == []


def test_what_is_not_listed_cannot_be_made():
    with pytest.raises(KeyError):
        problem_code("forgotten")
    with pytest.raises(KeyError):
        Problem(code="forgotten", severity="warning", message="")
    with pytest.raises(KeyError):
        ParsedFile(kind=FileKind.XLSX, outcome="quarantined", reason_code="forgotten")


def test_a_table_that_cannot_count_blocks_and_a_question_to_the_county_does_not():
    assert problem_code("empty-form").blocks
    assert not problem_code("heading-guessed").blocks
    assert not problem_code("enrolled-twice").blocks


def test_a_code_of_an_old_store_has_no_remedy_and_stops_nothing():
    assert remedy_of("forgotten") == ""
    assert remedy_of(None) == ""
    assert remedy_of("encrypted")
