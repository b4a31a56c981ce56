"""Writes exported tables as files, and does not overwrite a file that was changed since."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from config.errors import ConfigError
from config.text.os_reasons import reason_of
from kongchuo import frames
from kongchuo.export.export_columns import ColumnType, TableSpec
from kongchuo.export.export_rows import Export
from kongchuo.export.typed_frames import frame_of_table
from notify.spreadsheet.sheet_tables import CellValue, SheetColumn

if TYPE_CHECKING:
    import pandas

MADE = ".kongchuo-export.json"
"""The name of the file that holds by file name the checksum of what was written last; a file with another checksum was changed since."""
WORKBOOK = "kongchuo.xlsx"
_MOST_ROWS = 1_048_575
"""The most rows that a sheet holds below its heading."""
_WIDTH = {ColumnType.DAY: 12.0, ColumnType.INSTANT: 17.0}
_USUAL_WIDTH = 14.0


class ExportFormat(StrEnum):
    """The file format of exported tables."""

    XLSX = "xlsx"
    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """The path of a written file, and of the changed file that it did not overwrite."""

    path: Path
    beside: Path | None = None


def write_export(export: Export, kind: ExportFormat, folder: Path) -> Iterator[WrittenTable]:
    """Writes every table, and one that describes their columns, as one workbook or as one file each.

    Raises:
        ConfigError: a file cannot be written, or there are more rows than a sheet holds.
    """
    written = WrittenFiles(folder)
    if kind is ExportFormat.XLSX:
        yield written.write(WORKBOOK, _as_workbook(export))
        return
    as_bytes: Callable[[pandas.DataFrame], bytes] = (
        frames.as_csv if kind is ExportFormat.CSV else frames.as_parquet
    )
    for table in (*export.tables, export.dictionary):
        yield written.write(
            f"{table.spec.name}.{kind.value}", as_bytes(frame_of_table(table, export.office.zone))
        )


class WrittenFiles:
    """The files written into a folder by exports; a file changed since is left, and the new one gets a number."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._checksums = self._read()

    def write(self, name: str, data: bytes) -> WrittenTable:
        """Writes a file.

        Raises:
            ConfigError: it cannot be written.
        """
        first = self._folder / name
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for number in count(1):
                path = first if number == 1 else first.with_stem(f"{first.stem} ({number})")
                if not path.exists() or self._is_unchanged(path):
                    self._checksums[path.name] = hashlib.sha256(data).hexdigest()
                    self._remember()
                    path.write_bytes(data)
                    return WrittenTable(path, first if number > 1 else None)
        except OSError as error:
            raise ConfigError(f"数据写不进 {self._folder}({reason_of(error)}):请检查路径和权限") from error
        raise AssertionError  # count() does not end

    def _is_unchanged(self, path: Path) -> bool:
        known = self._checksums.get(path.name)
        return known is not None and hashlib.sha256(path.read_bytes()).hexdigest() == known

    def _remember(self) -> None:
        text = json.dumps(self._checksums, ensure_ascii=False, indent=1, sort_keys=True)
        (self._folder / MADE).write_text(text + "\n", "utf-8")

    def _read(self) -> dict[str, str]:
        try:
            kept = json.loads((self._folder / MADE).read_text("utf-8"))
        except (OSError, ValueError):  # then every file that lies there is another's
            return {}
        return {str(name): str(checksum) for name, checksum in kept.items()} if isinstance(kept, dict) else {}


def _as_workbook(export: Export) -> bytes:
    """Returns a workbook with one sheet a table; instants are in office time, since cells have no time zone."""
    from openpyxl import Workbook

    from notify.spreadsheet.long_table import add_long_table
    from notify.spreadsheet.workbook_files import save_workbook

    workbook, long_tables = Workbook(write_only=False), []
    workbook.remove(workbook.worksheets[0])
    for table in (*export.tables, export.dictionary):
        frame = frame_of_table(table, export.office.zone)
        if len(frame) > _MOST_ROWS:
            raise ConfigError(
                f"{table.spec.name} 有{len(frame)}行,一个工作表放不下:请改用 --csv 或 --parquet"
            )
        columns = [
            SheetColumn(column.name, _WIDTH.get(column.type, _USUAL_WIDTH)) for column in table.spec.columns
        ]
        rows = _cell_rows(frame, table.spec, export.office.zone)
        long_tables.append(add_long_table(workbook.create_sheet(table.spec.name), columns, rows))
    office = export.office.settings.office.name
    as_of = export.as_of.astimezone(export.office.zone)
    return save_workbook(workbook, title=office, author=office, as_of=as_of, long_tables=long_tables)


def _cell_rows(frame: "pandas.DataFrame", spec: TableSpec, zone: ZoneInfo) -> list[tuple[CellValue, ...]]:
    columns: list[list[CellValue]] = []
    for column in spec.columns:
        series = frame[column.name]
        if column.type is ColumnType.INSTANT:
            series = series.dt.tz_convert(str(zone)).dt.tz_localize(None)
        values = series.astype("object").where(series.notna(), None).tolist()
        if column.type is ColumnType.DAY:
            values = [None if value is None else value.date() for value in values]
        columns.append(values)
    return list(zip(*columns, strict=True))
