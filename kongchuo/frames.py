"""Provides rows for analysis: as a pandas frame in a notebook, or as a file made from one.

In a notebook::

    with open_office(Path("kongchuo.toml")) as office:
        snapshot = office.snapshot_at(datetime.now(office.zone))
        frame = frame_of_rows(snapshot.current_rows("附件1"), office.notice.form("附件1"), OutputMask())

pandas takes a quarter of a second to import, so it is imported where it is used.
"""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from config.errors import ConfigError
from config.installation.extras import Extra, how_to_install
from config.notice import FormSpec
from config.text.os_reasons import reason_of
from config.text.output_mask import OutputMask
from kongchuo.output.answers_json import records_json
from store.stored_values import StoredRecord

if TYPE_CHECKING:
    import pandas


def frame_of_rows(
    rows: Iterable[StoredRecord], form: FormSpec, mask: OutputMask, unconfirmed: Collection[str] = ()
) -> "pandas.DataFrame":
    """Returns a frame with the columns of ``kongchuo records --json``; whole numbers stay whole where some are missing.

    Args:
        mask: whether identity numbers are shown; ``OutputMask()`` hides them.
        unconfirmed: ids of the submissions whose sender is not proven.
    """
    import pandas

    answer = records_json(rows, form, mask, unconfirmed)
    frame = pandas.DataFrame(answer, dtype=object) if answer else pandas.DataFrame(columns=[*form.fields])
    return frame.convert_dtypes()


def write_csv(frame: "pandas.DataFrame", file: Path) -> None:
    """Writes a frame as CSV in UTF-8 with a byte order mark, which spreadsheet programs need; lists are JSON.

    Raises:
        ConfigError: the file cannot be written.
    """
    _write(file, as_csv(frame))


def as_csv(frame: "pandas.DataFrame") -> bytes:
    """Returns the file that :func:`write_csv` writes."""
    return _with_flat_cells(frame).to_csv(index=False).encode("utf-8-sig")


def write_parquet(frame: "pandas.DataFrame", file: Path) -> None:
    """Writes a frame as a Parquet file for other programs; lists become JSON.

    Raises:
        ConfigError: the file cannot be written, or the library for such files is not installed.
    """
    _write(file, as_parquet(frame))


def as_parquet(frame: "pandas.DataFrame") -> bytes:
    """Returns the file that :func:`write_parquet` writes.

    Raises:
        ConfigError: the library for such files is not installed.
    """
    try:
        return _with_flat_cells(frame).to_parquet(engine="pyarrow", index=False)
    except ImportError as error:
        raise ConfigError(f"没有装写 parquet 的部件:{how_to_install(Extra.PARQUET)},或改用 --csv") from error


def _with_flat_cells(frame: "pandas.DataFrame") -> "pandas.DataFrame":
    """Returns the frame with text in every column that holds other things than numbers, dates and text alone."""
    mixed = frame.select_dtypes(include="object")
    return frame.assign(
        **{
            str(name): mixed[name].map(_as_text, na_action="ignore").astype("string")
            for name in mixed.columns
        }
    )


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except OSError as error:
        raise ConfigError(f"记录写不进 {file}({reason_of(error)}):请检查路径和权限") from error
