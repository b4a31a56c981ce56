"""Prints answers as terminal tables in Chinese: in the width that there is, wide, or as tab-separated values."""

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from config.text.punctuation import set_punctuation
from kongchuo.output.layout.answer_screen import Loudness, TableForm, form_of_tables, loudness, screen_width
from kongchuo.output.layout.folding import fold
from kongchuo.output.layout.table_layout import Column, LaidOutTable, lay_out, lay_out_blocks, lay_out_wide
from kongchuo.output.own_commands import as_typed
from kongchuo.output.terminal_text import fit_for_cell, fit_for_terminal, fit_for_tsv


def print_line(text: str) -> None:
    """Prints a line in Chinese punctuation; with --tsv to stderr, with --quiet not at all."""
    if loudness() is Loudness.QUIET:
        return
    shown = fit_for_terminal(as_typed(set_punctuation(text)))
    if form_of_tables() is TableForm.TSV:
        print(shown, file=sys.stderr)
        return
    if sys.stdout.isatty():  # a terminal would break the line in the middle of a number
        shown = "\n".join(_fold_line(line) for line in shown.split("\n"))
    print(shown)


def _fold_line(line: str) -> str:
    """Returns a line folded for the terminal; following lines keep its indentation."""
    text = line.lstrip(" ")
    indent = " " * (len(line) - len(text))
    return "\n".join(indent + part for part in fold(text, max(screen_width() - len(indent), 1)))


def print_table(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[str]], empty_message: str
) -> None:
    """Prints a table in the chosen layout, or ``empty_message`` if it has no rows."""
    table_rows = list(rows)
    if form_of_tables() is TableForm.TSV:
        _print_values(columns, table_rows)
        return
    if not table_rows:
        print_line(empty_message)
        return
    columns = [replace(column, heading=set_punctuation(column.heading)) for column in columns]
    cells = [[fit_for_cell(as_typed(cell)) for cell in row] for row in table_rows]
    print_line(title)
    if form_of_tables() is TableForm.WIDE:
        _print_laid_out(lay_out_wide(columns, cells))
        return
    table = lay_out(columns, cells, screen_width())
    _print_laid_out(table)
    if table.left_out:
        print_line(f"另有{'、'.join(table.left_out)}没有列出:请加 --wide 看")


def print_blocks(title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Prints each row with all its values as lines; as a table with --tsv or --wide."""
    if form_of_tables() is not TableForm.FITTED:
        print_table(title, columns, rows, "")
        return
    columns = [replace(column, heading=set_punctuation(column.heading)) for column in columns]
    print_line(title)
    _print_laid_out(
        lay_out_blocks(
            columns, [[fit_for_cell(as_typed(cell)) for cell in row] for row in rows], screen_width()
        )
    )


def print_further_table(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[str]], empty_message: str = ""
) -> None:
    """Prints a table after the main one; left out with --tsv, which has one table."""
    table_rows = list(rows)
    if form_of_tables() is not TableForm.TSV and (table_rows or empty_message):
        print_line("")
        print_table(title, columns, table_rows, empty_message)


def _print_values(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    print("\t".join(set_punctuation(column.heading) for column in columns))
    for row in rows:
        print("\t".join(map(fit_for_tsv, row)))


def _print_laid_out(table: LaidOutTable) -> None:
    """Prints a table, with a bold heading on a terminal unless ``NO_COLOR`` is set."""
    if table.heading:
        # What units write is text, never markup: a file may well be called "[附件4].xlsx".
        screen = Console(highlight=False, markup=False, emoji=False)
        style = "" if os.environ.get("NO_COLOR") else "bold"
        screen.print(Text(table.heading, style=style), soft_wrap=True)
    print("\n".join(table.lines).rstrip("\n"))


def cell_text(value: Any) -> str:
    """Returns a value as text for a cell: yes and no in Chinese, visits by their dates."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case list():
            return "、".join(
                str(item.get("date") or item.get("result") or "") if isinstance(item, dict) else str(item)
                for item in value
            )
        case _:
            return str(value)


def format_minute(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


def format_day(value: date | None) -> str:
    return "" if value is None else value.isoformat()
