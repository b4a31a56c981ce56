"""Reads the files of a corpus with the reader of the checkout whose interpreter runs this: one line of JSON a file.

Imports nothing but the reader, so that a checkout of long ago runs it as well::

    OTHER/.venv/bin/python -P readings.py CORPUS FIRST END
"""

import dataclasses
import gc
import json
import pickle
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.notice import Notice
from config.read_notice import load_notice
from config.units.resolve_unit_names import UnitNames
from config.units.roster import load_roster
from parsers.read_file import read_file
from parsers.reading_choices import ReadingChoices
from parsers.records import ParsedFile
from parsers.scan_readers import leave_scan

_OLD_NAMES = {"rows": "records"}
"""Former names of fields, so that old and new checkouts give the same description."""


def read_files(corpus: dict[str, Any], first: int, end: int) -> Iterator[ParsedFile | Exception]:
    """Yields the reader's result for each file, or the exception it raises."""
    offices = [_open_office(*office) for office in corpus["offices"]]
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # as in a reading process
    for office, name, subject, data, form in corpus["files"][first:end]:
        notice, names = offices[office]
        choices = ReadingChoices(decided_form=form, read_scan=leave_scan)
        try:
            yield read_file(data, name, subject, notice, names, choices)
        except Exception as error:  # noqa: BLE001  what one raises the other has to raise, too
            yield error


def _open_office(notice_file: str, roster: str) -> tuple[Notice, UnitNames]:
    notice = load_notice(Path(notice_file))
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write(roster)
        file.flush()
        return notice, UnitNames(load_roster(Path(file.name), notice.units.kinds), notice)


def describe(reading: ParsedFile | Exception) -> str:
    """Returns the reading as text with every field, in the order of the fields."""
    if isinstance(reading, Exception):
        return json.dumps([type(reading).__name__, str(reading)], ensure_ascii=False)
    return json.dumps(_plain(reading), ensure_ascii=False)


def _plain(value: Any) -> Any:
    if hasattr(value, "all_values"):  # rows as columns, which a checkout of long ago has one by one
        return [_plain(row) for row in value]
    if dataclasses.is_dataclass(value):
        return {
            _OLD_NAMES.get(one.name, one.name): _plain(getattr(value, one.name))
            for one in dataclasses.fields(value)
        }
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value


def main() -> None:
    corpus = pickle.loads(Path(sys.argv[1]).read_bytes())
    first, end = map(int, sys.argv[2:4])
    if sys.argv[4:] == ["--time"]:
        readings = read_files(corpus, first, end)
        next(readings)
        started = time.process_time()
        for _ in readings:
            pass
        print(time.process_time() - started)
        return
    for reading in read_files(corpus, first, end):
        print(describe(reading), flush=True)


if __name__ == "__main__":
    main()
