"""The tree of errors in ``config/errors.py`` lists every error that a person can meet, its base and its exit code."""

import ast
import importlib
import re
from collections.abc import Iterator

import config.errors
from config.errors import KongchuoError
from tests.builders.program_sources import ROOT, sources

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
    """Each error as its module writes it, whatever else was imported before."""
    yield KongchuoError.__name__, None, KongchuoError.exit_code
    for path in sources(ROOMS):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and any(
                ast.unparse(base).endswith("Error") for base in node.bases
            ):
                module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                kind = getattr(importlib.import_module(module), node.name)
                if issubclass(kind, KongchuoError):
                    yield kind.__name__, kind.__base__.__name__, kind.exit_code


def test_the_tree_lists_every_error_with_its_base_and_exit_code():
    assert sorted(listed_errors(), key=str) == sorted(defined_errors(), key=str)
