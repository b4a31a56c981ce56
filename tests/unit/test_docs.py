"""The documents say what the program does."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from config.notice.sections.readings import Readings
from kongchuo.cli import app
from tests.pages.chinese_pages import PAGES, set_page_punctuation
from tests.pages.forms_page import PAGE as FORMS_PAGE
from tests.pages.forms_page import render_forms
from tests.pages.man_page import PAGE, render_man_page
from tests.pages.reference_page import render_reference

ROOT = Path(__file__).parents[2]
RULES_PAGE = ROOT / "docs" / "rules-of-the-notice.md"
WRITE_ANEW = "run `make reference` and look at the difference"


def test_every_command_setting_code_question_and_answer_stands_in_the_reference():
    assert (ROOT / "docs" / "reference.md").read_text("utf-8") == render_reference(), WRITE_ANEW


def test_the_manual_page_is_of_this_program():
    assert PAGE.read_text("utf-8") == render_man_page(), WRITE_ANEW


def test_the_forms_and_fields_are_those_of_the_first_notice():
    assert FORMS_PAGE.read_text("utf-8") == render_forms(), WRITE_ANEW


WRITTEN_PAGES = sorted(
    str(page.relative_to(ROOT)) for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
)


@pytest.mark.parametrize("page", WRITTEN_PAGES)
def test_links_lead_somewhere(page):
    targets = re.findall(r"\]\((?!https:)([^)#]+)\)", (ROOT / page).read_text("utf-8"))

    assert [target for target in targets if not (ROOT / page).parent.joinpath(target).exists()] == []


HOW_TO_PAGES = (
    "CONTRIBUTING.md",
    *(page for page in WRITTEN_PAGES if page.startswith("docs/how-to/")),
)


def test_the_page_on_releases_is_among_those_that_are_followed():
    assert "docs/how-to/release.md" in HOW_TO_PAGES


@pytest.mark.parametrize("page", HOW_TO_PAGES)
def test_every_file_that_a_page_of_how_to_names_exists(page):
    """A page names files from the top of the tree; KIND stands for a folder that is added."""
    rooms = "config|ingest|kongchuo|ledger|notify|parsers|store|bench|tests|docs"
    named = re.findall(rf"(?<![\w/])((?:{rooms})/[\w./-]*\w/?|\.ci/run)", (ROOT / page).read_text("utf-8"))

    assert [path for path in named if not (ROOT / path.partition("KIND")[0]).exists()] == []


@pytest.mark.parametrize("page", HOW_TO_PAGES)
def test_every_target_of_make_that_a_page_of_how_to_names_exists(page):
    named = re.findall(r"`make ((?:[a-z]+ ?)+)`", (ROOT / page).read_text("utf-8"))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))

    assert {target for line in named for target in line.split()} - targets == set()


def test_a_release_finds_what_its_page_names():
    page = (ROOT / "docs" / "how-to" / "release.md").read_text("utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    maker = (ROOT / "tests" / "integration" / "upgrade" / "make_old_office.py").read_text("utf-8")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]

    assert "`_MODULES`" in page
    assert "\n_MODULES = {" in maker
    assert "*Unreleased*" in page
    assert "\n## Unreleased\n" in changes
    assert re.search(rf"^## {re.escape(version)} \(\d{{4}}-\d\d-\d\d\)$", changes, re.MULTILINE)
    assert f"kongchuo {version}" in PAGE.read_text("utf-8")


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_every_command_of_the_readme_exists(page):
    named = set(re.findall(r"kongchuo ([a-z]+)\b", (ROOT / page).read_text("utf-8")))
    known = set(re.findall(r"`kongchuo ([a-z]+)`", render_reference()))

    assert named <= known


def test_every_command_of_the_contract_exists():
    text = (ROOT / "docs" / "contract.md").read_text("utf-8")
    known = set(re.findall(r"`kongchuo ([a-z]+)`", render_reference()))

    assert set(re.findall(r"`kongchuo ([a-z]+)`", text)) <= known


def test_the_contract_names_every_option_and_no_other():
    named = set(re.findall(r"--[a-z][a-z-]*", (ROOT / "docs" / "contract.md").read_text("utf-8")))
    options = set(_options(typer.main.get_command(app))) - {"--help"}

    assert options - named == set(), "docs/contract.md (Command line) does not say what these mean"
    assert named - options == set(), "docs/contract.md names options that no command has"


def test_the_contract_names_every_command_and_no_other():
    text = (ROOT / "docs" / "contract.md").read_text("utf-8")
    table = text.partition("| for | commands |")[2].partition("\n\n")[0]

    named = set(re.findall(r"`([a-z ]+)`", table))

    assert named == set(_commands(typer.main.get_command(app))), "docs/contract.md (Command line)"


def _commands(command: Any, above: str = "") -> Iterator[str]:
    """Returns the commands that do something, as one types them: ``poll``, ``case close``, ``audit`` and ``audit verify``."""
    below = getattr(command, "commands", {})
    if not below or getattr(command, "invoke_without_command", False):
        yield above.strip()
    for name, inner in below.items():
        yield from _commands(inner, f"{above}{name} ")


def _options(command: Any) -> Iterator[str]:
    """Returns the long options of a command and of all commands below it."""
    for parameter in command.params:
        yield from (option for option in parameter.opts if option.startswith("--"))
    for below in getattr(command, "commands", {}).values():
        yield from _options(below)


@pytest.mark.parametrize("answer", ["files", "status", "gaps", "cases", "problems", "crosscheck"])
def test_every_key_of_the_contract_is_answered(answer):
    text = (ROOT / "docs" / "contract.md").read_text("utf-8")
    promised = [_keys(json.loads(block)) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
    golden = json.loads((ROOT / "tests" / "golden" / "busy" / "json" / f"{answer}.json").read_text("utf-8"))
    examples = {"files": 1, "status": 2, "gaps": 3, "cases": 4, "problems": 5, "crosscheck": 6}

    assert promised[examples[answer]] <= _keys(golden)


def _keys(value):
    """Every key of a JSON document, each with the keys above it."""
    if isinstance(value, list):
        return set().union(*map(_keys, value))
    if isinstance(value, dict):
        return {(key,) for key in value} | {
            (key, *path) for key, inner in value.items() for path in _keys(inner)
        }
    return set()


def test_the_contract_says_that_a_table_in_a_body_is_a_file():
    assert "正文表格.html" in (ROOT / "docs" / "contract.md").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_pages_in_chinese_are_set_in_its_punctuation(page):
    text = (ROOT / page).read_text("utf-8")

    assert text == set_page_punctuation(text)


def test_code_and_links_of_a_page_keep_their_marks():
    page = "见[文档](docs/a.md),运行`kongchuo run`:即可\n\n```\n文件:a\n```\n完(了)"

    assert set_page_punctuation(page) == (
        "见[文档](docs/a.md)\uff0c运行`kongchuo run`\uff1a即可\n\n```\n文件:a\n```\n完\uff08了\uff09"
    )


@pytest.mark.parametrize("kind", ["judged in", "tested by"])
def test_every_function_and_test_that_the_rules_page_names_exists(kind):
    mark = ":" if kind == "judged in" else "::"
    named = re.findall(rf"`([\w/]+\.py){mark}(\w+)`", RULES_PAGE.read_text("utf-8"))

    assert len(named) > 20
    assert [f"{path}{mark}{name}" for path, name in named if name not in _functions(ROOT / path)] == []


def test_every_point_of_the_command_line_names_a_test_that_exists():
    text = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    named = re.findall(r"`([\w/]+\.py)::(\w+)` \|$", text, re.MULTILINE)

    assert len(named) == 17
    assert [f"{path}::{name}" for path, name in named if name not in _functions(ROOT / path)] == []


def _functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_rule_stands_on_the_rules_page():
    text = RULES_PAGE.read_text("utf-8")

    assert [rule for rule in (f"R{number:02}" for number in range(1, 36)) if rule not in text] == []


@pytest.mark.parametrize("name", sorted(Readings.model_fields))
def test_every_reading_stands_on_the_rules_page_and_in_the_notice(name):
    tables = tomllib.loads((ROOT / "config" / "notices" / "2023-autumn.toml").read_text("utf-8"))

    assert f"`readings.{name}`" in RULES_PAGE.read_text("utf-8")
    assert tables["readings"][name] == Readings.model_fields[name].default


def test_no_package_host_is_named():
    assert "http" not in (ROOT / "requirements.lock").read_text("utf-8")


def test_the_template_is_a_good_configuration(tmp_path):
    text = (ROOT / "kongchuo" / "templates" / "kongchuo.toml").read_text("utf-8")

    assert tomllib.loads(text)["notice"]["roster"] == "units.csv"
