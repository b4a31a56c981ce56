"""The documents say what the program does."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.builders.reference_page import render_reference

ROOT = Path(__file__).parents[2]


def test_every_command_setting_and_problem_code_stands_in_the_reference():
    assert (ROOT / "docs" / "reference.md").read_text("utf-8") == render_reference()


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", "ARCHITECTURE.md"])
def test_links_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text("utf-8"))

    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_every_command_of_the_readme_exists(page):
    named = set(re.findall(r"kongchuo ([a-z]+)\b", (ROOT / page).read_text("utf-8")))
    known = set(re.findall(r"`kongchuo ([a-z]+)`", render_reference()))

    assert named <= known


def test_no_package_host_is_named():
    assert "http" not in (ROOT / "requirements.lock").read_text("utf-8")


def test_the_template_is_a_good_configuration(tmp_path):
    text = (ROOT / "kongchuo" / "templates" / "kongchuo.toml").read_text("utf-8")

    assert tomllib.loads(text)["notice"]["roster"] == "units.csv"
