"""The tree of errors in ``config/errors.py`` lists every error that a person can meet, its base and its exit code."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import config.errors
from config.errors import KongchuoError

ROOT = Path(__file__).parents[3]
ROOMS = ("config", "parsers", "store", "ledger", "ingest", "notify", "kongchuo")
_LINE = re.compile(r"    (?P<branch>[│├└─ ]*)(?P<name>\w+Error) +exit (?P<code>\d)")


def listed_errors() -> Iterator[tuple[str, str | None, int]]:
    """Each line of the tree: the class, its base in the tree, its exit code."""
    bases: list[str] = []
    for line in (config.errors.__doc__ or "").splitlines():
        if found := _LINE.match(line):
            depth = len(found["branch"]) // 4
            del bases[depth:]
            yield found["name"], bases[-1] if bases else None, int(found["code"])
            bases.append(found["name"])


def defined_errors() -> Iterator[tuple[str, str | None, int]]:
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        if re.search(r"^class \w+\(\w+Error\):", path.read_text("utf-8"), re.MULTILINE):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    yield KongchuoError.__name__, None, KongchuoError.exit_code
    bases: list[type[KongchuoError]] = [KongchuoError]
    while bases:
        base = bases.pop()
        for kind in base.__subclasses__():
            if kind.__module__.partition(".")[0] in ROOMS:
                yield kind.__name__, base.__name__, kind.exit_code
                bases.append(kind)


def test_the_tree_lists_every_error_with_its_base_and_exit_code():
    assert sorted(listed_errors(), key=str) == sorted(defined_errors(), key=str)
