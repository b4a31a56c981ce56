"""Every command's help, and that no command and no golden file is without its test."""

import re

import pytest

from tests.golden.counties import COUNTIES
from tests.golden.golden_files import HERE, KINDS, PURPOSES, QUESTIONS, Compare
from tests.golden.office import GoldenOffice

GROUPS = ("case", "paper", "platform", "outbox", "notice", "config", "key", "audit", "child")
OUTSIDE = (
    "config",
    "demo",
    "run",
    "verify",
    "backup",
    "restore",
    "rebuild",
    "key",
    "audit",
    "purge",
    "hold",
    "child",
    "notice",
    "clear",
    "answer",
    "correct",
    "note",
    "export",
)
"""They have tests of their own: they talk to servers or to the clock, change the store, or write tables that their own tests read back."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> GoldenOffice:
    """Without configuration: help needs none."""
    return GoldenOffice(COUNTIES["clean"], tmp_path_factory.mktemp("help"))


def commands_in(page: str) -> list[str]:
    """The names in a help page's lists of commands."""
    return re.findall(r"^  ([a-z]\w*)(?: |$)", page, re.MULTILINE)


def every_command(office: GoldenOffice) -> list[tuple[str, ...]]:
    top = commands_in(office.run("--help").said)
    inside = [(group, name) for group in GROUPS for name in commands_in(office.run(group, "--help").said)]
    return [*((name,) for name in top), *inside]


def test_help(office: GoldenOffice, compare: Compare):
    commands: list[tuple[str, ...]] = [(), *every_command(office)]
    compare("help.txt", "\n".join(office.run(*command, "--help").transcript for command in commands))


@pytest.mark.usefixtures("golden_files_stand")
def test_every_command_has_a_golden_file(office: GoldenOffice):
    told = "".join(file.read_text("utf-8") for file in HERE.glob("*/**/*.txt"))
    asked = {question[: 2 if question[0] in GROUPS else 1] for question in QUESTIONS.values()}
    left = [
        " ".join(command)
        for command in every_command(office)
        if command not in asked
        and command[0] not in OUTSIDE
        and f"$ kongchuo {' '.join(command)}" not in told
        and command != ("doctor",)  # as JSON only
    ]

    assert left == []


@pytest.mark.usefixtures("golden_files_stand")
@pytest.mark.parametrize("county", COUNTIES)
def test_no_golden_file_is_left_over(county: str):
    folder = HERE / county
    made = re.findall(r"ledgers/(\S+\.xlsx)", (folder / "ledgers" / "command.txt").read_text("utf-8"))
    forms = re.findall(r"forms/\S+/(\S+\.xlsx)", (folder / "forms" / "command.txt").read_text("utf-8"))
    wanted = {
        "story.txt",
        *(f"tables/{name}.txt" for name in (*QUESTIONS, "cases-each", "outbox")),
        *(f"json/{name}.json" for name in (*QUESTIONS, "outbox", "doctor")),
        *(
            f"digest/{name}"
            for name in ("command.txt", "head.txt", "digest.txt", "digest.html", "digest.xlsx.txt")
        ),
        *(
            f"bulletin/{kind}.{end}"
            for kind in KINDS
            for end in ("command.txt", "head.txt", "txt", "html", "docx.txt")
        ),
        *(f"units/{purpose}.{end}" for purpose in PURPOSES for end in ("txt", "html", "xlsx.txt")),
        *(f"ledgers/{name}.txt" for name in (*made, "三统一.xlsx")),
        "ledgers/command.txt",
        *(f"forms/{name}.txt" for name in forms),
        "forms/command.txt",
    }

    assert {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()} == wanted
