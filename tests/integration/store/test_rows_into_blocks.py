"""A store whose rows stood each by itself becomes one of blocks, and answers as before."""

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, insert, text

import store.migrations
from config.errors import StoreError
from store import Store
from store.safekeeping.faults import Slice

ARRIVAL = datetime(2023, 9, 24, 1)
LIST, NIL, FILE = "2d9f918e8f365a4f", "91c71d226adf98f9", "b7bfb2f4936ea4b3"
VALUES: tuple[dict[str, Any], ...] = (
    {"name": "甲一", "id_number": "500240201203040011", "since": None},
    {"name": "乙\x00二", "birth_date": "2012-03-05", "id_number": "123"},
    {"age": 11.5, "visits": [{"on": "2023-09-01"}], "name": "丙三"},
)


def _submission(key: str, form: str, **values: object) -> dict[str, object]:
    same = {
        "notice": "n",
        "unit": "甲镇",
        "nil": False,
        "records": 0,
        "errors": 0,
        "warnings": 0,
        "blocking": [],
    }
    return {**same, "id": key, "form": form, **values}


def _record(ordinal: int, sheet: str, row: int, student: str, problems: str | None) -> dict[str, object]:
    body = json.dumps(VALUES[ordinal], ensure_ascii=False, separators=(",", ":"))
    place = {"submission_id": LIST, "ordinal": ordinal, "sheet": sheet, "row": row}
    return {**place, "student_key": student, "body": body, "problems": problems}


def _problem(number: int, code: str, severity: str, **values: object) -> dict[str, object]:
    columns = ("ordinal", "row", "cell", "field", "value")
    same = {"id": number, "submission_id": LIST, "sheet": "附件3", "message": f"请核对{code}"}
    return {**dict.fromkeys(columns), **same, "code": code, "severity": severity, **values}


# As the program wrote it before, with its checksums; U+0000 as PostgreSQL keeps it outside of JSON.
ROWS: dict[str, list[dict[str, object]]] = {
    "message": [
        {
            "id": "m1", "sender": "a@example.org", "sender_name": "", "subject": "", "received_at": ARRIVAL,
            "processed": True, "error": None, "author": "a@example.org", "authentication": [],
            "arrival_basis": "server", "tries": 0, "passwords_due": False,
            "checksum": "fafbe9f3bb93d57d6acc3af5f7c9f0f770550d6328f96d131396570e587c100e",
        }
    ],
    "file": [
        {
            "id": FILE, "message_id": "m1", "position": 0, "path": ["附件3.xlsx"], "size": 3, "sha256": "c1",
            "kind": "xlsx", "outcome": "forms", "reason_code": None, "reason": None, "unit_hint": None,
            "form_hint": None, "weighed": [],
        }
    ],
    "submission": [
        _submission(
            LIST, "附件3", content="c1", records=3, errors=2, warnings=1, blocking=["rows-dropped"], period=None,
            checksum="aeefccfb9400ef68681f6b351dab2313bba1c3a50036827a956a122dffb822e8",
        ),
        _submission(
            NIL, "附件4", content="c1@2023-09", nil=True, period="2023-09",
            checksum="2fc9f5d88fcb4e6bb6ea6e36200f0df3eab91b957231d66817fea8188d138860",
        ),
    ],
    "claim": [{"file_id": FILE, "submission_id": key, "replaces": False} for key in (LIST, NIL)],
    "record": [
        _record(0, "附件3", 5, "500240201203040011", None),
        _record(1, "附件3", 6, "乙\ufffd二|2012-03-05", "id-length required-missing"),
        _record(2, "附件3 (2)", 5, "丙三|", None),
    ],
    "problem": [
        _problem(1, "rows-dropped", "error"),
        _problem(2, "id-length", "error", ordinal=1, row=6, cell="D6", field="id_number", value="123"),
        _problem(3, "required-missing", "warning", ordinal=1, row=6),
    ],
}  # fmt: skip


@pytest.fixture
def url(fresh_url: Callable[[], str]) -> str:
    """A store of the migration before."""
    url = fresh_url()
    engine = create_engine(url)
    with engine.begin() as connection:
        config = Config()
        (folder,) = store.migrations.__path__
        config.set_main_option("script_location", folder)
        config.attributes["connection"] = connection
        command.upgrade(config, "0014")
    tables = MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for table, rows in ROWS.items():
            connection.execute(insert(tables.tables[table]), rows)
    engine.dispose()
    return url


def damage(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def faults(opened: Store) -> list[str]:
    """What verification finds in the database; there is no archive here."""
    return [
        fault.place
        for fault in opened.safekeeping.verify(Slice())
        if "归档" not in fault.what and "日志" not in fault.what
    ]


def test_rows_and_problems_are_those_of_before(url: str, tmp_path: Path) -> None:
    opened = Store.open(url, tmp_path)
    both = opened.submissions.arrived("n", ARRIVAL.replace(tzinfo=UTC))

    records = opened.submissions.records(both)
    assert [list(record.values.items()) for record in records] == [list(row.items()) for row in VALUES]
    assert [(r.record_id, r.sheet, r.row, r.problems) for r in records] == [
        (f"{LIST}-0", "附件3", 5, ()),
        (f"{LIST}-1", "附件3", 6, ("id-length", "required-missing")),
        (f"{LIST}-2", "附件3 (2)", 5, ()),
    ]
    assert opened.submissions.row_keys([LIST, NIL]) == {
        LIST: ["500240201203040011", "乙\x00二|2012-03-05", "丙三|"]
    }
    problems = opened.submissions.problems(both)
    assert [(p.code, p.severity, p.row, p.cell, p.field, p.value, p.record_id) for p in problems] == [
        ("rows-dropped", "error", None, None, None, None, None),
        ("required-missing", "warning", 6, None, None, None, f"{LIST}-1"),
        ("id-length", "error", 6, "D6", "id_number", "123", f"{LIST}-1"),
    ]
    assert {p.message for p in problems} == {f"请核对{p.code}" for p in problems}
    assert problems[2].student == "乙\x00二|2012-03-05"
    assert faults(opened) == []
    opened.close()


def test_what_was_damaged_before_is_still_told(url: str, tmp_path: Path) -> None:
    damage(url, "UPDATE problem SET message = '' WHERE id = 2")

    opened = Store.open(url, tmp_path)

    assert faults(opened) == [f"报送 {LIST}"]
    opened.close()


def test_rows_that_cannot_be_read_stop_the_move(url: str, tmp_path: Path) -> None:
    damage(url, "UPDATE record SET body = '{' WHERE ordinal = 2")

    with pytest.raises(StoreError, match=f"{LIST}.*kongchuo rebuild"):
        Store.open(url, tmp_path)


def test_the_file_shrinks_by_what_is_no_longer_in_it(url: str, tmp_path: Path) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("PostgreSQL gives space back by itself")
    Store.open(url, tmp_path).close()

    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA freelist_count").scalar() == 0
    engine.dispose()


def test_a_reader_meanwhile_keeps_the_file_as_long_as_it_is_and_stops_nothing(
    url: str, tmp_path: Path
) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("PostgreSQL gives space back by itself")
    reader = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    reader.execute("PRAGMA journal_mode=WAL")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM file").fetchall()

    opened = Store.open(url, tmp_path)

    assert faults(opened) == []
    opened.close()
    reader.close()
