"""Runs what the READMEs and the program's own output tell a person to type, in an empty home."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROGRAM = Path(sys.executable).parent / "kongchuo"
SERVER = re.compile(r'host = "(?:imap|smtp)\.qq\.com"\nport = \d+\nsecurity = "tls"')
USAGE = 2
PLACEHOLDERS = {
    "第一步": "",
    "文件编号": "{file}",
    "个案编号 另一编号": "{case} {other}",
    "个案编号": "{case}",
    "问题编号": "{problem}",
    "名单.xlsx": "{list}",
    "文件名.zip": "backup.zip",
    "西沱镇小学": "{school}",
    "西沱镇": "{township}",
    "某校": "{school}",
    "set/load/diff": "diff",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty home with the program on the path, and a made-up county below it."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "bin").mkdir()
    (folder / "bin" / "kongchuo").symlink_to(PROGRAM)
    made = bash(folder, "kongchuo demo demo --schools 5")
    assert made.returncode == 0, made.stdout + made.stderr
    return folder


def bash(
    home: Path, script: str, *, on_path: bool = True, **variables: str
) -> "subprocess.CompletedProcess[str]":
    path = f"{home / 'bin'}:/usr/bin:/bin" if on_path else "/usr/bin:/bin"
    environment = {"HOME": str(home), "PATH": path, "LC_ALL": "C.UTF-8", "EDITOR": "true", **variables}
    return subprocess.run(
        ["bash", "-c", script], cwd=home, env=environment, capture_output=True, text=True, timeout=300, check=False
    )  # fmt: skip


def test_the_readme_s_block_sets_an_office_up(home: Path) -> None:
    """Every line, one after another in one shell; the mailbox is put on a closed port, so that nobody is asked."""
    readme = (ROOT / "README.md").read_text("utf-8")
    block = next(one for one in re.findall(r"```\n(.*?)```", readme, re.DOTALL) if "kongchuo init" in one)
    lines = [line.partition("  #")[0].strip() for line in block.splitlines()]
    closed = (
        r's/"(imap|smtp)\.qq\.com"/"127.0.0.1"/; s/^port = .*/port = 1/; s/^security = .*/security = "none"/'
    )
    script = []
    for line in lines:
        script += [
            f"{line.replace('kongchuo run', 'timeout -s TERM 20 kongchuo run')} </dev/null",
            f'echo "=$? {line}"',
        ]
        if "kongchuo init" in line:
            script.append(f"sed -Ei '{closed}' ~/office/kongchuo.toml")

    done = bash(home, "\n".join(script))

    ended = {line: int(status) for status, line in re.findall(r"^=(\d+) (.*)$", done.stdout, re.MULTILINE)}
    assert list(ended) == lines, done.stderr
    assert len(lines) >= 8
    assert ended["kongchuo doctor"] == 3, done.stdout  # the roster has no schools, and nothing is reached
    unreached = {"kongchuo doctor", "kongchuo poll"}
    assert {line for line, status in ended.items() if status not in (0, 124)} <= unreached, (
        done.stdout + done.stderr
    )
    assert ended["kongchuo poll"] == 3


def named_commands(text: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"`(kongchuo [^`]+)`", text)))


def test_every_command_of_the_chinese_readme_is_accepted(home: Path) -> None:
    office = {
        "KONGCHUO_CONFIG": str(home / "demo" / "kongchuo.toml"),
        "KONGCHUO_BACKUP_PASSWORD": "correct horse",
    }
    known = bash(
        home,
        "kongchuo files --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0][\"file_id\"])';"
        'kongchuo cases --json | python3 -c \'import json,sys; x=json.load(sys.stdin); print(x[0]["case_id"]); print(x[1]["case_id"])\';'
        "kongchuo problems --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0][\"unit\"])'",
        **office,
    ).stdout.split()
    units = (home / "demo" / "units.csv").read_text("utf-8-sig").splitlines()
    school = next(line.split(",")[0] for line in units if ",school,小学" in line)
    township = next(line.split(",")[0] for line in units if ",township," in line)
    problem = bash(home, "kongchuo problems", **office).stdout
    problem_id = re.search(r"\b[0-9a-f]{8,12}\b", problem)
    (home / "list.csv").write_text("姓名,身份证号\n甲一,500240201001011234\n", "utf-8")
    given = {
        "{file}": known[0], "{case}": known[1], "{other}": known[2], "{school}": school, "{township}": township,
        "{problem}": problem_id[0] if problem_id else "1", "{list}": "list.csv",
    }  # fmt: skip
    refused = {}
    commands = named_commands((ROOT / "README.zh-CN.md").read_text("utf-8"))
    for command in commands:
        typed = command
        for words, stand_in in PLACEHOLDERS.items():
            typed = typed.replace(words, given.get(stand_in, stand_in))
        if " run" in typed:
            typed = f"timeout -s TERM 20 {typed}"
        if re.search(r" (?:cases --case|case close|case merge) ", typed) and len(known) < 4:
            pytest.fail("the demo has too few cases")
        done = bash(home, f"{typed} </dev/null", **office)
        if (done.returncode == USAGE and "用法" in done.stderr) or "Traceback" in done.stderr:
            refused[typed] = done.stderr
    assert len(commands) > 25
    assert refused == {}


def test_every_command_that_is_printed_can_be_typed(home: Path) -> None:
    """Called by its path from another folder, with a configuration that only ``--config`` names."""
    config = home / "demo" / "kongchuo.toml"
    asked = (
        "status", "gaps", "cases --suspected", "records --form 附件3", "problems", "files", "crosscheck", "questions", "health",
        "doctor", "poll", "roll", "ledgers --out l", "forms --out f", "receipts", "remind", "decisions", "digest --out d", "verify",
        "answer 1 不懂", "files --disposition quarantined", "case note 0000 --why x", "assign 0000 --unit 无", "platform diff", "outbox",
        "withdraw 99 --why x", "explain 0000 --why x", "rerun --message 0000", "restore nothing.zip", "init", "remind --queue",
    )  # fmt: skip
    program = f"{PROGRAM} --config {config}"
    told = "".join(
        done.stdout + done.stderr
        for command in asked
        for done in [bash(home, f"{PROGRAM} {command} --config {config} </dev/null", on_path=False)]
    )

    bare = re.findall(r"(?<![\w/.-])kongchuo (?!run [已正是])[a-z].{0,30}", told)
    assert bare == []
    printed = {
        line.split("\n")[0].strip()
        for line in re.findall(rf"(?:{re.escape(program)}|{PROGRAM}) (?!--config)[ -~]+", told)
    }
    assert len(printed) >= 5, told
    refused = {}
    for line in printed:
        typed = f"timeout -s TERM 20 {line}" if line.endswith(" run") else line
        done = bash(home, f"{typed} --help </dev/null", on_path=False)
        if done.returncode != 0:
            refused[line] = done.stderr
    assert refused == {}


def test_an_office_in_a_checkout_is_kept_out_of_git(home: Path, tmp_path: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    done = bash(tmp_path, f"git init -q . && {PROGRAM} init office --yes && git status --porcelain")

    assert done.returncode == 0, done.stderr
    assert "在 git 仓库里" in done.stdout
    assert "office/" not in done.stdout.splitlines()[-1]
    assert os.listdir(tmp_path / "office")


def test_the_program_s_own_checkout_is_no_office(home: Path) -> None:
    done = bash(home, f"cd {ROOT} && {PROGRAM} init --yes")

    assert done.returncode == USAGE
    assert "程序自己的目录" in done.stderr
    assert not (ROOT / "kongchuo.toml").exists()
