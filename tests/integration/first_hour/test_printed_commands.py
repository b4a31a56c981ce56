"""Runs what the READMEs and the program's own output tell a person to type, in an empty home."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kongchuo.cli import main
from kongchuo.output import own_commands

ROOT = Path(__file__).parents[3]
PROGRAM = Path(sys.executable).parent / "kongchuo"
USAGE = 2
Typed = Callable[[str], tuple[int, str, str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty home with the program on the path, and a made-up county below it."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "bin").mkdir()
    (folder / "bin" / "kongchuo").symlink_to(PROGRAM)
    # An administrator who has set up an office tries the demo: the office's password is none of its.
    made = bash(
        folder, "KONGCHUO_MAILBOX_PASSWORD=other KONGCHUO_OFFICE_NAME=other kongchuo demo demo --schools 5"
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return folder


def bash(home: Path, script: str) -> "subprocess.CompletedProcess[str]":
    path = f"{home / 'bin'}:/usr/bin:/bin"
    environment = {"HOME": str(home), "PATH": path, "LC_ALL": "C.UTF-8", "EDITOR": "true"}
    return subprocess.run(
        ["bash", "-c", script], cwd=home, env=environment, capture_output=True, text=True, timeout=300, check=False
    )  # fmt: skip


@pytest.fixture
def typed(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Types the arguments of a command, called by its path from the home: exit status, what it says, and its errors."""
    monkeypatch.chdir(home)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)  # the demo kept its key in this home
    monkeypatch.setenv("KONGCHUO_BACKUP_PASSWORD", "correct horse battery")
    monkeypatch.setattr(own_commands, "_program_on_path", lambda: None)

    def type_line(line: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", [str(PROGRAM), *shlex.split(line)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(str(ended.value.code or 0)), said.out, said.err

    return type_line


def test_the_readme_s_block_sets_an_office_up(home: Path) -> None:
    """Every line, one after another in one shell; the servers are put on a closed port, so that nobody is asked."""
    readme = (ROOT / "README.md").read_text("utf-8")
    block = next(one for one in re.findall(r"```\n(.*?)```", readme, re.DOTALL) if "kongchuo init" in one)
    lines = [line.partition("  #")[0].strip() for line in block.splitlines()]
    closed = (
        r's/"(imap|smtp)\.qq\.com"/"127.0.0.1"/; s/^port = .*/port = 1/; s/^security = .*/security = "none"/'
    )
    script = []
    for line in lines:
        run = line.replace("kongchuo run", "timeout -s TERM 20 kongchuo run")
        script += [f"{run} </dev/null", f'echo "=$?" {shlex.quote(line)}']
        if "kongchuo init" in line:
            script.append(f"sed -Ei '{closed}' ~/office/kongchuo.toml")

    done = bash(home, "\n".join(script))

    ended = {line: int(status) for status, line in re.findall(r"^=(\d+) (.*)$", done.stdout, re.MULTILINE)}
    assert list(ended) == lines, done.stderr
    unreached = {"kongchuo doctor": 3, "kongchuo poll": 3, "kongchuo run": 124}
    assert ended == dict.fromkeys(lines, 0) | unreached, done.stdout + done.stderr


NOT_RUN_HERE = {
    "make demo": "the fixture makes the same county with five schools",
    "make test": "runs this very test",
    "make install": "how this test came to have a program",
    "uv tool install --compile-bytecode --constraints requirements.lock '.[all]'": "wants a package registry",
    "pipx install '.[all]'": "wants a package registry",
    "docker build -f deploy/Dockerfile -t kongchuo .": "wants docker",
    "export KONGCHUO_MAILBOX_PASSWORD=授权码": "a line of the English block, with the value named",
    "export KONGCHUO_SMTP_PASSWORD=授权码": "a line of the English block, with the value named",
    "cd ~/office": "changes the folder and nothing else",
}
"""Commands of the READMEs that no test below runs, each with the reason."""
_COMMAND = re.compile(
    r"(?:make|uv|pipx|docker|git|pip|apt|sudo|export|cd|python|\.venv/bin/\S+|\$EDITOR) \S.*"
)


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_every_command_of_the_readmes_is_run_or_listed_with_the_reason(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    blocks = re.findall(r"```\n(.*?)```", text, re.DOTALL)
    set_up = next((block for block in blocks if "kongchuo init" in block), "")
    others = [line for block in blocks if block != set_up for line in block.splitlines() if line.strip()]
    quoted = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    named = [re.split(r" {2,}#", line)[0].strip() for line in others]
    named += [each for each in quoted if _COMMAND.fullmatch(each)]

    assert [command for command in named if command not in NOT_RUN_HERE] == []


def test_each_command_that_is_not_run_is_named_in_a_readme() -> None:
    both = "".join((ROOT / page).read_text("utf-8") for page in ("README.md", "README.zh-CN.md"))

    assert [command for command in NOT_RUN_HERE if command not in both] == []


def test_every_command_of_the_chinese_readme_is_accepted(
    home: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KONGCHUO_CONFIG", str(home / "demo" / "kongchuo.toml"))
    files, cases = (json.loads(typed(f"{name} --json")[1]) for name in ("files", "cases"))
    problem = re.search(r"\b[0-9a-f]{8,}\b", typed("problems --wide")[1])
    assert problem is not None
    schools = [unit["unit"] for unit in json.loads(typed("status --json")[1])["units"]]
    (home / "list.csv").write_text("姓名,身份证号\n甲一,500240201001011234\n", "utf-8")
    stands_for = {
        "文件编号": files[0]["file_id"],
        "个案编号 另一编号": f"{cases[0]['case_id']} {cases[1]['case_id']}",
        "个案编号": cases[0]["case_id"],
        "问题编号": problem[0],
        "名单.xlsx": "list.csv",
        "文件名.zip": "backup.zip",
        "西沱镇小学": schools[-1],
        "西沱镇": schools[0],
        "某校": schools[-1],
        "withdraw 编号": "withdraw 99",
        "waive 编号": "waive 0000",
        "notice check 文件": "notice check",
    }
    commands = list(
        dict.fromkeys(re.findall(r"`kongchuo ([^`]+)`", (ROOT / "README.zh-CN.md").read_text("utf-8")))
    )
    refused = {}
    for command in commands:
        line = command
        for words, stand_in in stands_for.items():
            line = line.replace(words, stand_in)
        if line == "run" or line.startswith("demo"):  # tried with the other README's block
            continue
        line = line.replace("~", str(home / "second")) if line.startswith("init") else line
        status, _, told = typed(line)
        if (status == USAGE and "用法" in told) or "程序出错" in told:
            refused[line] = told
    assert len(commands) > 25
    assert refused == {}


ASKED = (
    "status", "gaps", "cases --suspected", "records --form 附件3", "problems", "files", "crosscheck", "questions", "health",
    "doctor", "poll", "roll", "receipts", "remind", "decisions", "verify", "config show", "notice new --out n.toml",
    "answer 1 不懂", "case note 0000 --why x", "assign 0000 --unit 无", "outbox", "withdraw 99 --why x",
    "explain 0000 --why x", "rerun --message 0000", "restore nothing.zip", "remind --queue",
)  # fmt: skip
"""Answers, and mistakes whose sentence names a command."""


def test_every_command_that_is_printed_can_be_typed(home: Path, typed: Typed) -> None:
    """Called by its path from another folder, with a configuration that only ``--config`` names."""
    config = home / "demo" / "kongchuo.toml"
    program = f"{PROGRAM} --config {config}"
    told = ""
    for command in ASKED:
        _, said, error = typed(f"{command} --config {config}")
        told += said + error

    printed = {line.strip() for line in re.findall(rf"{re.escape(program)} ([ -~]+)", told)}
    bare = re.findall(r"(?<![\w/.-])kongchuo (?!run [已正是])[a-z].{0,30}", told)
    assert bare == []
    assert len(printed) >= 4, told
    refused = {line: typed(f"--config {config} {line} --help") for line in printed}
    assert {line: told for line, told in refused.items() if told[0] != 0} == {}


def test_an_office_in_a_checkout_is_kept_out_of_git(home: Path, tmp_path: Path) -> None:
    done = bash(
        home, f"cd {tmp_path} && git init -q . && kongchuo init office --yes && git status --porcelain"
    )

    assert done.returncode == 0, done.stderr
    assert "在 git 仓库里" in done.stdout
    assert done.stdout.splitlines()[-1].strip().endswith("doctor")
    assert "kongchuo.toml" in os.listdir(tmp_path / "office")


def test_the_program_s_own_checkout_is_no_office(home: Path) -> None:
    done = bash(home, f"cd {ROOT} && kongchuo init --yes")

    assert done.returncode == USAGE
    assert "程序自己的目录" in done.stderr
    assert not (ROOT / "kongchuo.toml").exists()
