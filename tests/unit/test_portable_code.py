"""What differs from one system to another stands in one module."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("config", "ingest", "kongchuo", "ledger", "notify", "parsers", "store")
ONE_MODULE = ROOT / "config" / "installation" / "operating_system.py"
OF_ONE_SYSTEM = {"fcntl", "grp", "msvcrt", "pwd", "resource", "signal", "termios", "winreg"}
NOT_EVERYWHERE = {
    "fork",
    "getpgid",
    "getuid",
    "kill",
    "killpg",
    "name",
    "pread",
    "pwrite",
    "setpgid",
    "setsid",
    "sysconf",
    "uname",
}
_NO_PADDING = re.compile(r"%-[a-zA-Z]")


def files() -> list[Path]:
    return [file for room in ROOMS for file in (ROOT / room).rglob("*.py") if file != ONE_MODULE]


def uses(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names if name.name in OF_ONE_SYSTEM)
            case ast.ImportFrom(module=module) if module in OF_ONE_SYSTEM:
                yield str(module)
            case ast.Attribute(value=ast.Name(id="os"), attr=name) if name in NOT_EVERYWHERE:
                yield f"os.{name}"
            case ast.Attribute(value=ast.Name(id="sys"), attr="platform"):
                yield "sys.platform"


@pytest.mark.parametrize("file", files(), ids=lambda file: file.relative_to(ROOT).as_posix())
def test_no_other_module_asks_which_system_it_runs_on(file: Path):
    text = file.read_text("utf-8")

    assert [*uses(ast.parse(text))] == []
    assert _NO_PADDING.findall(text) == []  # strftime's %-d is unknown on Windows
