"""The page on writing another county's notice: all that it shows is read as it says."""

import re
from pathlib import Path
from typing import get_args

import pytest

from config.notice import CheckName, Meaning, Notice
from config.notice.notice_doubts import doubts_about
from config.notice.sections.form_specs import Role
from config.read_notice import load_notice
from config.units.roster import load_roster
from parsers.checks.checks_in_words import doubts_about_checks

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "another-county.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def load(folder: Path, text: str) -> Notice:
    file = folder / "2024-qingxi.toml"
    file.write_text(text, "utf-8")
    return load_notice(file)


def test_the_blocks_together_are_a_notice_without_doubts(tmp_path: Path):
    notice = load(tmp_path, "\n".join(blocks("toml")))

    assert doubts_about(notice) == doubts_about_checks(notice) == ()
    assert [form.key for form in notice.forms] == ["附件1", "附件2", "附件3", "附件12", "残联名单", "月报"]
    assert {"疑似辍学", "劝学中", "在籍不在校"} == set(notice.persuasion.statuses)


def test_every_form_of_it_is_owed_by_a_unit_of_its_roster(tmp_path: Path):
    notice = load(tmp_path, "\n".join(blocks("toml")))
    file = tmp_path / "units.csv"
    (text,) = blocks("csv")
    file.write_text(text, "utf-8")
    roster = load_roster(file, notice.units.kinds)

    assert [
        form.key
        for form in notice.forms
        if not any(form.is_owed_by(unit.name, unit.kind, unit.stage) for unit in roster.units)
    ] == []


def _first_cells(heading: str) -> list[str]:
    """What stands in the first column of the table below a heading."""
    (section,) = re.findall(rf"^\| {heading} \|.*?\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return [cell for line in section.splitlines()[1:] for cell in re.findall("`([^`]+)`", line.split("|")[1])]


@pytest.mark.parametrize("due", _first_cells("written"))
def test_every_due_is_read(tmp_path: Path, due: str):
    text = "\n".join(blocks("toml")).replace('due = "每月25日"', f"due = {due}")
    form = load(tmp_path, text).form("附件2")

    assert form.due is not None or form.repeats


def test_the_checks_are_all_there_are():
    assert _first_cells("check") == list(get_args(CheckName))


def test_the_roles_and_meanings_are_all_there_are():
    assert set(_first_cells("`role`")) == set(get_args(Role))
    assert set(_first_cells("meaning")) <= set(get_args(Meaning))
