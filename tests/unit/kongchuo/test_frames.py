"""Rows as a frame, and as files of one, for whoever analyses them."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pandas
import pytest

from config.errors import ConfigError
from config.text.output_mask import OutputMask
from kongchuo.frames import frame_of_rows, write_csv, write_parquet
from store.stored_values import StoredRecord
from tests.builders.values.form_tables import NOTICE

FORM = NOTICE.form("附件1")
NUMBER = "500240201203040011"


def a_row(number: int, **values: object) -> StoredRecord:
    return StoredRecord(
        record_id=f"s-{number}",
        submission_id="s",
        unit="西沱镇",
        form="附件1",
        file_id="f",
        sheet="附件1",
        row=number,
        received_at=datetime(2023, 9, 20, tzinfo=UTC),
        values={"name": f"学生{number}", **values},
        problems=("id-missing",) if number == 2 else (),
    )


ROWS = (a_row(1, id_number=NUMBER, seq=7), a_row(2, extra={"备注": ["甲", "乙"]}))


def test_numbers_are_masked_unless_they_are_to_be_shown():
    masked = frame_of_rows(ROWS, FORM, OutputMask())
    shown = frame_of_rows(ROWS, FORM, OutputMask(reveal=True))

    assert NUMBER not in masked.to_string()
    assert shown["id_number"][0] == NUMBER
    assert list(masked.columns)[: len(FORM.fields)] == list(FORM.fields)


def test_whole_numbers_stay_whole_where_one_is_missing(tmp_path: Path):
    file = tmp_path / "rows.csv"

    write_csv(frame_of_rows(ROWS, FORM, OutputMask(), {"s"}), file)

    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    back = pandas.read_csv(file, dtype=str, keep_default_na=False)
    assert list(back["seq"]) == ["7", ""]
    assert list(back["problems"]) == ["[]", '["id-missing"]']
    assert list(back["extra"]) == ["{}", '{"备注":["甲","乙"]}']
    assert list(back["unconfirmed"]) == ["True", "True"]


def test_a_form_without_rows_is_a_file_with_headings(tmp_path: Path):
    write_csv(frame_of_rows((), FORM, OutputMask()), tmp_path / "rows.csv")

    assert list(pandas.read_csv(tmp_path / "rows.csv").columns) == list(FORM.fields)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path):
    with pytest.raises(ConfigError, match="写不进"):
        write_csv(frame_of_rows(ROWS, FORM, OutputMask()), tmp_path / "missing" / "rows.csv")


def test_without_pyarrow_the_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"kongchuo\[parquet\]"):
        write_parquet(frame_of_rows(ROWS, FORM, OutputMask()), tmp_path / "rows.parquet")
