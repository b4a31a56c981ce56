import io
import json
import sys

import pytest

from kongchuo.output.answers_json import to_json
from kongchuo.output.layout.table_layout import Column
from kongchuo.output.terminal_tables import print_line, print_table
from kongchuo.output.terminal_text import LONGEST_SHOWN, fit_for_cell, fit_for_terminal

HOSTILE = [
    "\x1b]0;title\x07",
    "\x1b[2J",
    "\x9b31m",
    "a\u202exslx.exe",
    "b\u2066c\u2069",
    "d\rE",
    "\x00",
    "\u061c",
    "\u2028",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_a_terminal_would_obey_is_printed(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = io.StringIO()
    monkeypatch.setattr(sys, "stdout", printed)

    print_line(f"文件{text}收到")
    print_table(f"文件{text}", [Column("名")], [[text]], "")
    print(to_json({"name": text}))

    obeyed = {
        c
        for c in printed.getvalue()
        if c != "\n" and (not c.isprintable() or c in "\u202e\u2066\u2069\u061c")
    }
    assert obeyed - set("\u3000") == set()


@pytest.mark.parametrize("text", HOSTILE)
def test_json_keeps_the_value(text: str) -> None:
    assert json.loads(to_json({"name": text})) == {"schema_version": 1, "name": text}


def test_a_name_without_end_is_cut_and_keeps_its_extension() -> None:
    shown = fit_for_cell("长" * 4000 + ".xlsx")

    assert (len(shown), shown[-5:], "…" in shown) == (LONGEST_SHOWN, ".xlsx", True)
    assert fit_for_cell("附件4.xlsx") == "附件4.xlsx"


def test_lines_stay_lines_outside_cells() -> None:
    assert fit_for_terminal("一\n二\t三") == "一\n二\t三"
    assert fit_for_cell("一\n二\t三") == "一 二 三"
