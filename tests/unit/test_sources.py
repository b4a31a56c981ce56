"""The program's sources: full-width marks that an editor turned into ASCII leave traces, and are refused.

A character class with one mark twice was once a half-width mark beside its full-width twin; so was a ``replace``
that does nothing. Text is cleaned where it enters, so patterns need neither, and mean digits by ``[0-9]``.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.program_sources import ROOT, sources

ROOMS = ("bench", "config", "ingest", "kongchuo", "ledger", "notify", "parsers", "store")
READING_ROOMS = ("config", "ingest", "parsers")
_CLASS = re.compile(r"(?<!\\)\[\^?\]?((?:\\.|[^\]\\])*)\]", re.DOTALL)
_CLASS_MEMBER = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)
_FULL_WIDTH = re.compile("[\uff01-\uff5e]")
_STRIPPING = {"strip", "lstrip", "rstrip"}


def faults(source: str) -> list[str]:
    """What is wrong with one module's text, each with its line."""
    tree = ast.parse(source)
    return [f"{line}: {fault}" for line, fault in _faults(tree)]


def _faults(tree: ast.AST) -> Iterator[tuple[int, str]]:
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    inside_f_strings = {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
    }
    for node in ast.walk(tree):
        if id(node) in docstrings or id(node) in inside_f_strings:
            continue
        if isinstance(node, ast.expr) and (text := _text_of(node)) is not None:
            if re.search(r"\\d", text):
                yield node.lineno, rf"\d instead of [0-9] in {text[:40]!r}"
            if mark := _doubled_mark(text):
                yield node.lineno, f"{mark!r} twice in a character class of {text[:40]!r}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if node.func.attr == "replace" and len(texts) == 2 and texts[0] == texts[1]:
                yield node.lineno, f"replace({texts[0]!r}, {texts[1]!r}) does nothing"
            if node.func.attr in _STRIPPING and texts and len(set(texts[0])) < len(texts[0]):
                yield node.lineno, f"a mark twice in {node.func.attr}({texts[0]!r})"
        elif isinstance(node, ast.Tuple | ast.Set | ast.List):
            items = [e.value for e in node.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
            if doubled := {i for i in items if not i.isalnum() and len(i) == 1 and items.count(i) > 1}:
                yield node.lineno, f"{doubled} twice in a list"


def _text_of(node: ast.AST) -> str | None:
    """A literal's text; of an f-string its fixed parts, with a blank for each value."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text_of(part) or " " for part in node.values)
    value = node.value if isinstance(node, ast.Constant) else None
    return value.decode("latin-1") if isinstance(value, bytes) else value if isinstance(value, str) else None


def _doubled_mark(text: str) -> str | None:
    for members in _CLASS.findall(text):
        if "\n" in members or re.fullmatch("[0-9.]+", members):  # TOML, an address
            continue
        marks = [
            m for m in _CLASS_MEMBER.findall(members) if not m[-1].isalnum() and m not in ("-", " ", chr(34))
        ]
        if doubled := next((mark for mark in marks if marks.count(mark) > 1), None):
            return str(doubled)
    return None


@pytest.mark.parametrize("path", sources(ROOMS), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_trace_of_a_lost_full_width_mark(path: Path):
    assert faults(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", sources(READING_ROOMS), ids=lambda path: str(path.relative_to(ROOT)))
def test_full_width_marks_are_written_by_escape_where_text_is_read(path: Path):
    assert _FULL_WIDTH.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "re.compile('单位[::]')",
        "re.compile(r'[((](?:盖章)[))]')",
        "pattern = f'[^{x},,]'",
        "text.replace(':', ':')",
        "text.strip('、, ,')",
        "text.endswith(('、', ',', ','))",
        r"re.compile(r'\d+')",
        r"re.compile('\\d+')",
        r"re.compile(rb'\d')",
    ],
)
def test_each_trace_is_seen(source: str):
    assert len(faults(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        r"re.compile(r'[(\[][^()\]]*[)\]]')",
        "text.replace(':', '-')",
        "'''A docstring with \\\\d and [::].'''",
    ],
)
def test_sound_patterns_pass(source: str):
    assert faults(source) == []
